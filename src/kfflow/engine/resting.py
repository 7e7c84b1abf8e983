"""Instances of a parallel multi-instance activity that a command does not touch: lines of its snapshot, unread.

Completing one of three hundred concerns no other. So where each instance is a single token that waits on a frame of
its own, each is a line `[id, state, waiting, via, memo, [frame, …]]` behind the document, and only the line of the
token that the command names is read; the others go back as they came. Whoever asks for the tokens or frames inside
such an activity gets all of them. A frame in a line is `[local, changed, before, absent]`, the second an inner one.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from kfflow.engine.merge import MISSING
from kfflow.engine.spiff.loops import MultiInstance
from kfflow.engine.spiff.token import Token, number_of
from kfflow.engine.variables import Frame

Row = list[Any]
Document = dict[str, Any]


class Group:
    """The instances at rest of one activity: the lines before and after that of the instance touched."""

    def __init__(self, scope: Token, before: bytes, after: bytes = b"") -> None:
        self.scope, self.before, self.after = scope, before, after
        self.count = before.count(b"\n") + after.count(b"\n")

    def wake(self) -> None:
        """Make tokens and frames of all lines, each in the place it had."""
        scope = self.scope
        assert scope.inner is not None
        scope.inner.rouse = None
        scope.execution.resting.pop(scope.id, None)
        awake, scope.inner.branches = scope.inner.branches, []
        self._restore(self.before)
        scope.inner.branches += awake
        self._restore(self.after)
        scope.execution.put_in_order(scope)

    def _restore(self, lines: bytes) -> None:
        for line in lines.splitlines():
            restore(self.scope, line)


def lay(scope: Token, lines: bytes, touched: str | None) -> None:
    """Let the instances of an activity rest, but for the one that is touched."""
    assert scope.inner is not None
    before, line, after = _split(lines, touched)
    if line:
        restore(scope, line)
    group = Group(scope, before, after)
    if group.count:
        scope.execution.resting[scope.id] = group
        scope.inner.rouse = group.wake


def _split(lines: bytes, touched: str | None) -> tuple[bytes, bytes, bytes]:
    """Give what stands before a token's line, the line, and what stands after it; JSON has no line breaks inside."""
    mark = b'["%b",' % (touched or "").encode()
    begin = 0 if lines.startswith(mark) else lines.find(b"\n" + mark) + 1
    if not lines.startswith(mark, begin):
        return lines, b"", b""
    end = lines.index(b"\n", begin) + 1
    return lines[:begin], lines[begin:end], lines[end:]


def restore(scope: Token, line: bytes) -> None:
    """Put an instance back as the youngest of its activity."""
    identity, state, waiting, via, memo, (own, *inner) = orjson.loads(line)
    execution, body, around = scope.execution, scope.task_spec, scope.inner
    assert isinstance(body, MultiInstance)
    assert around is not None
    frame = _frame(around, own, is_branch=True)
    around.branches.append(frame)
    token = Token(execution, execution.spec.element(body.inner), scope, identity, frame)
    token.restore(state, waiting, via, memo)
    frame.holder = token
    token.inner = _frame(frame, inner[0]) if inner else None


def _frame(around: Frame, row: Row, *, is_branch: bool = False) -> Frame:
    local, changed, before, absent = row
    frame = Frame(around, local, is_branch=is_branch)
    frame.restore(changed, before, absent)
    return frame


def lines_of(scope: Token) -> bytes | None:
    """Give the instances of an activity as lines; None when one of them is more than a token that waits."""
    awake = [child for child in scope.children if not child.is_listener]
    if not all(_may_rest(scope, child) for child in awake):
        return None
    lines = b"".join(_line(child) for child in awake)
    group = scope.execution.resting.get(scope.id)
    return lines if group is None else group.before + lines + group.after


def _may_rest(scope: Token, token: Token) -> bool:
    body, frame, inner = scope.task_spec, token.frame, token.inner
    return (
        isinstance(body, MultiInstance)
        and token.task_spec.name == body.inner
        and token.waiting not in {None, "condition"}
        and not token.children
        and _is_alone(frame, scope.inner)
        and frame.holder is token
        and (inner is None or (inner is not frame and _is_alone(inner, frame) and inner.holder is None))
    )


def _is_alone(frame: Frame, around: Frame | None) -> bool:
    return frame.parent is around and not frame.branches


def _line(token: Token) -> bytes:
    frames = [frame_row(frame) for frame in (token.frame, token.inner) if frame is not None]
    row = [token.id, token.state, token.waiting, token.via, token.memo, frames]
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def frame_row(frame: Frame) -> Row:
    """Give what is stored of a frame itself."""
    before = {k: v for k, v in frame.before.items() if v is not MISSING}
    absent = [k for k, v in frame.before.items() if v is MISSING]
    return [frame.local, frame.changed, before, absent]


def rejoin(document: Document, lines: bytes) -> None:
    """Put the lines back into the rows of a document, in the order that the tokens and frames have in memory."""
    inside: dict[int, list[tuple[int, str, Row]]] = {}
    for scope, body, size in document.pop("r"):
        read = [orjson.loads(line) for line in lines[:size].splitlines()]
        inside[document["t"][scope][5]] = [(scope, body, line) for line in read]
        lines = lines[size:]
    if inside:
        moved, added = _rejoin_frames(document, inside)
        _rejoin_tokens(document, moved, added)


def _rejoin_frames(
    document: Document, inside: dict[int, list[tuple[int, str, Row]]]
) -> tuple[dict[int, int], list[Row]]:
    """Give to where frames have moved, and the tokens of the lines, whose frames are among them now."""
    frames: list[Row] = []
    moved, added = {-1: -1}, []
    for place, (parent, *row) in enumerate(document["f"]):
        moved[place] = len(frames)
        frames.append([moved[parent], *row])
        for scope, body, (identity, state, waiting, via, memo, (own, *inner)) in inside.get(place, ()):
            frame = len(frames)
            frames += [[moved[place], 1, *own], *([frame, 0, *row] for row in inner)]
            added.append([identity, body, scope, state, frame, frame + 1 if inner else -1, waiting, via, 0, memo])
    document["f"] = frames
    return moved, added


def _rejoin_tokens(document: Document, moved: dict[int, int], added: Iterable[Row]) -> None:
    tokens = [[*row[:4], moved[row[4]], moved[row[5]], *row[6:]] for row in document["t"]]
    tokens += added
    order = sorted(range(len(tokens)), key=lambda place: number_of(tokens[place][0]))
    places = {-1: -1} | {before: after for after, before in enumerate(order)}
    document["t"] = [[*tokens[place][:2], places[tokens[place][2]], *tokens[place][3:]] for place in order]
