"""A snapshot as rows alone: branches at rest put back among the rows, and lines of older versions lifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from kfflow.engine.rows import Row
from kfflow.engine.spiff.token import number_of

Document = dict[str, Any]


def lift(document: Document, lines: bytes) -> bytes:
    """Bring what rests from version 2, where a line is `[id, state, waiting, via, memo, [frame, inner frame]]`."""
    lifted, rest = [], document["r"]
    document["r"] = []
    for scope, body, size in rest:
        run = b"".join(_lifted(body, line) for line in lines[:size].splitlines())
        lines = lines[size:]
        lifted.append(run)
        document["r"].append([scope, document["t"][scope][5], [len(run)]])
    return b"".join(lifted)


def _lifted(body: str, line: bytes) -> bytes:
    identity, state, waiting, via, memo, (own, *inner) = orjson.loads(line)
    token: Row = [identity, body, -1, state, 0, 1 if inner else -1, waiting, via, 0, memo]
    frames = [[-1, 1, *own], *([0, 0, *row] for row in inner)]
    return orjson.dumps([[identity], [token], frames], option=orjson.OPT_APPEND_NEWLINE)


def runs_of(lines: bytes, sizes: Sequence[int]) -> tuple[list[bytes], bytes]:
    """Give so many bytes each of what stands behind a document, and the rest."""
    found = []
    for size in sizes:
        found.append(lines[:size])
        lines = lines[size:]
    return found, lines


class _Place:
    """A frame's row, what is inside it in its order, and where it comes to stand."""

    def __init__(self, row: Row) -> None:
        self.row, self.inside, self.number = row, list[_Place](), -1


_NOWHERE = _Place([])


@dataclass(frozen=True, slots=True)
class _Standing:
    """A token's row, its frames, and the position of its parent among all tokens."""

    row: Row
    own: _Place
    inner: _Place
    parent: int


def rejoin(document: Document, lines: bytes) -> None:
    """Put the lines back into the rows of a document, in the order that the tokens and frames have in memory."""
    rest = document.pop("r")
    if not rest:
        return
    frames = [_Place(row) for row in document["f"]]
    for place in frames[1:]:
        frames[place.row[0]].inside.append(place)
    tokens = [_standing(row, frames, row[2]) for row in document["t"]]
    for scope, frame, sizes in rest:
        runs, lines = runs_of(lines, sizes)
        _put_back(frames[frame], runs, scope, tokens)
    document["f"] = _numbered(frames[0])
    document["t"] = _ordered(tokens)


def _standing(row: Row, frames: Sequence[_Place], parent: int) -> _Standing:
    own, inner = (_NOWHERE if position < 0 else frames[position] for position in row[4:6])
    return _Standing(row, own, inner, parent)


def _put_back(frame: _Place, runs: Sequence[bytes], scope: int, tokens: list[_Standing]) -> None:
    """Put lines among the branches of a frame that are awake: a run before each, one after the last."""
    awake, frame.inside = [*frame.inside, None], []
    for run, after in zip(runs, awake, strict=True):
        for line in run.splitlines():
            _, rows, frames = orjson.loads(line)
            made = [_Place(row) for row in frames]
            for place in made[1:]:
                made[place.row[0]].inside.append(place)
            frame.inside.append(made[0])
            first = len(tokens)
            tokens += [_standing(row, made, scope if row[2] < 0 else first + row[2]) for row in rows]
        if after is not None:
            frame.inside.append(after)


def _numbered(root: _Place) -> list[Row]:
    """Number the frames as they stand in memory, and give their rows."""
    rows: list[Row] = []
    pending = [(root, -1)]
    while pending:
        place, parent = pending.pop()
        place.number = len(rows)
        rows.append([parent, *place.row[1:]])
        pending += [(inner, place.number) for inner in reversed(place.inside)]
    return rows


def _ordered(tokens: Sequence[_Standing]) -> list[Row]:
    """Give the rows of tokens, older ones first."""
    order = sorted(range(len(tokens)), key=lambda place: number_of(tokens[place].row[0]))
    places = {-1: -1} | {before: after for after, before in enumerate(order)}
    return [
        [*one.row[:2], places[one.parent], one.row[3], one.own.number, one.inner.number, *one.row[6:]]
        for one in (tokens[place] for place in order)
    ]
