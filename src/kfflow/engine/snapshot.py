"""What is stored of a running instance: its tokens and variables, by element id, and nothing else.

Version 2, JSON: `v` version, `n` token counter, `f` frames `[parent, branch?, local, changed, before, absent]`,
`t` tokens `[id, spec, parent, state, frame, inner, waiting, via, listens, memo]`, `r` what rests in lines behind the
document, `[token of the activity, spec, bytes]` (engine/resting.py). Parents come before children; references are
positions. Version 1 has no `r`; an unknown version is refused (docs/adr/0002).
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from kfflow.engine.outcome import Environment
from kfflow.engine.resting import Row, frame_row, lay, lines_of, rejoin
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.loops import MultiInstance
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.token import Token, number_of
from kfflow.engine.variables import Frame
from kfflow.errors import EngineFailure

SNAPSHOT_VERSION = 2

Place = tuple[str, str]
"""An element id and its type: the body of a multi-instance activity has the id of what it repeats."""


def dump(execution: Execution) -> bytes:
    """Write an instance down."""
    resting = _at_rest(execution)
    left_out = {id(child) for scope, _ in resting for child in scope.children if not child.is_listener}
    tokens = [token for token in execution.tasks.values() if id(token) not in left_out]
    frames = list(_frames(execution.task_tree.frame, {id(scope.inner) for scope, _ in resting}))
    position = {id(frame): index for index, frame in enumerate(frames)}
    places = {token.id: index for index, token in enumerate(tokens)}
    document = {
        "v": SNAPSHOT_VERSION,
        "n": execution.counter,
        "f": [_frame_row(frame, position) for frame in frames],
        "t": [_token_row(token, position, places) for token in tokens],
        "r": [[places[scope.id], scope.task_spec.inner, len(lines)] for scope, lines in resting],
    }
    return b"\n".join([orjson.dumps(document), b"".join(lines for _, lines in resting)])


def _at_rest(execution: Execution) -> list[tuple[Token, bytes]]:
    """Give the activities whose instances rest, with their lines; others have their tokens woken."""
    found = []
    for scope in [token for token in execution.tasks.values() if isinstance(token.task_spec, MultiInstance)]:
        lines = lines_of(scope)
        if lines is None:
            execution.rouse(scope.id)
        elif lines:
            found.append((scope, lines))
    return found


def load(spec: ProcessSpec, snapshot: bytes, env: Environment, *, touched: str | None = None) -> Execution:
    """Bring an instance back, of instances at rest only the token touched, or without one all of them.

    Raises EngineFailure when the snapshot does not fit the definition.
    """
    document, lines = _parts(snapshot)
    execution = Execution(spec, env)
    execution.counter = document["n"]
    frames = _load_frames(document["f"])
    tokens: list[Token] = []
    for row in document["t"]:
        tokens.append(_load_token(execution, row, tokens, frames))
    execution.task_tree = tokens[0]
    for scope, body, size in document["r"]:
        _element(spec, body)
        lay(tokens[scope], lines[:size], touched)
        lines = lines[size:]
    if touched is None:
        execution.rouse()
    return execution


def read(snapshot: bytes) -> dict[str, Any]:
    """Parse a snapshot and check its version; gives all tokens and frames as rows, as version 1 had them."""
    document, lines = _parts(snapshot)
    rejoin(document, lines)
    return document


def _parts(snapshot: bytes) -> tuple[dict[str, Any], bytes]:
    head, _, lines = snapshot.partition(b"\n")
    document: dict[str, Any] = orjson.loads(head)
    version = document.get("v")
    if version not in {1, SNAPSHOT_VERSION}:
        raise EngineFailure(
            f"Sagens tilstand er gemt i et ukendt format ({version!r}).",
            f"The state of the case is stored in an unknown format ({version!r}).",
            kind="UNKNOWN_SNAPSHOT_VERSION",
        )
    document.setdefault("r", [])
    return document, lines


def _frames(root: Frame, resting: Collection[int]) -> Iterator[Frame]:
    """Give the frames of a tree but those within frames whose branches rest."""
    pending = [root]
    while pending:
        frame = pending.pop()
        yield frame
        inner = None if frame.holder is None else frame.holder.inner
        if inner is not None and inner is not frame:
            pending.append(inner)
        if id(frame) not in resting:
            pending += reversed(frame.branches)


def _frame_row(frame: Frame, position: dict[int, int]) -> Row:
    parent = -1 if frame.parent is None else position[id(frame.parent)]
    return [parent, int(frame.is_branch), *frame_row(frame)]


def _token_row(token: Token, position: dict[int, int], places: dict[str, int]) -> list[object]:
    parent = -1 if token.parent is None else places[token.parent.id]
    frame = -1 if token.is_listener else position[id(token.frame)]
    inner = -1 if token.inner is None else position[id(token.inner)]
    return [
        token.id, token.task_spec.name, parent, token.state, frame, inner,
        token.waiting, token.via, int(token.is_listener), token.memo,
    ]  # fmt: skip


def _load_frames(rows: list[Row]) -> list[Frame]:
    frames: list[Frame] = []
    for parent, is_branch, local, changed, before, absent in rows:
        around = frames[parent] if parent >= 0 else None
        frame = Frame(around, local, is_branch=bool(is_branch))
        frame.restore(changed, before, absent)
        if around is not None and is_branch:
            around.branches.append(frame)
        frames.append(frame)
    return frames


def _load_token(execution: Execution, row: Row, tokens: list[Token], frames: list[Frame]) -> Token:
    identity, name, parent, state, frame, inner, waiting, via, listens, memo = row
    spec = _element(execution.spec, name)
    around = tokens[parent] if parent >= 0 else None
    own = frames[frame] if frame >= 0 else around.frame if around is not None else frames[0]
    token = Token(execution, spec, around, identity, own)
    token.restore(state, waiting, via, memo)
    token.inner = frames[inner] if inner >= 0 else None
    token.is_listener = bool(listens)
    if frame > 0 or (frame == 0 and around is not None):
        own.holder = token
    return token


def _element(spec: ProcessSpec, name: str) -> ElementSpec:
    found = spec.find(name)
    if found is None:
        raise EngineFailure(
            f"Diagrammet har ikke længere elementet {name}, som sagen står ved.",
            f"The diagram no longer has the element {name} where the case is.",
            element_id=name,
            kind="UNKNOWN_ELEMENT",
        )
    return found


def read_variables(snapshot: bytes) -> dict[str, object]:
    """Give the variables of the process, with what branches not yet joined wrote."""
    document = read(snapshot)
    frames = _load_frames(document["f"])
    rows = document["f"]
    seen: dict[str, object] = dict(frames[0].changed)
    for row, frame in zip(rows[1:], frames[1:], strict=True):
        names = _local_around(frame)
        seen |= {name: value for name, value in row[3].items() if name not in names}
    return seen


def _local_around(frame: Frame) -> set[str]:
    return {name for around in frame.chain() for name in around.local}


def awaits_condition(snapshot: bytes) -> bool:
    """Tell whether something in the instance waits for a condition to become true: variables alone wake it."""
    return any(row[6] == "condition" for row in read(snapshot)["t"])


def waiting(snapshot: bytes) -> tuple[tuple[str, str, str], ...]:
    """Give what the instance waits for: token, element id, WaitingKind."""
    return tuple(
        (row[0], str(row[1]).removesuffix("#"), row[6])
        for row in read(snapshot)["t"]
        if row[6] not in (None, "condition")
    )


def active(spec: ProcessSpec, snapshot: bytes) -> Counter[Place]:
    """Count the elements that have begun and not ended; a token that waits at a join has not begun it."""
    found: Counter[Place] = Counter()
    for _, name, parent, _, _, _, _, _, listens, memo in read(snapshot)["t"]:
        element = spec.element(name)
        if parent >= 0 and not listens and element.has_begun(memo):
            found[element.element_id, element.element_type] += 1
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """One token as it stands: where, in the scope of which token, and what it waits for (a WaitingKind, or None).

    `holds` tells whether other tokens can run inside it; a listener only waits on behalf of its scope.
    """

    token: str
    element_id: str
    scope: str | None
    waiting: str | None
    holds: bool
    is_listener: bool

    @property
    def number(self) -> int:
        """Give what tells the token from all others of its instance."""
        return number_of(self.token)


def standing(snapshot: bytes) -> tuple[Standing, ...]:
    """Give all tokens of an instance; the first is the process itself, scopes come before what is in them."""
    rows = read(snapshot)["t"]
    return tuple(
        Standing(
            token=row[0],
            element_id=_element_of(row),
            scope=rows[row[2]][0] if row[2] >= 0 else None,
            waiting=None if row[6] == "condition" else row[6],
            holds=row[5] >= 0,
            is_listener=bool(row[8]),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A token and the variables that it sees; `spec` is the name of its spec, `waiting` as in Standing."""

    spec: str
    waiting: str | None
    is_listener: bool
    variables: dict[str, object]


def seen(snapshot: bytes) -> tuple[Seen, ...]:
    """Give the tokens of an instance but that of the process, with what each knows and other branches have written."""
    document = read(snapshot)
    frames, rows, everything = _load_frames(document["f"]), document["t"], read_variables(snapshot)
    found = []
    for _, name, parent, _, frame, _, waiting, _, listens, _ in rows:
        if parent >= 0:
            around = rows[parent]
            place = frame if frame >= 0 else max(around[4], around[5])
            variables = {**everything, **frames[place].view()}
            found.append(Seen(name, waiting, bool(listens), variables))
    return tuple(found)


def _element_of(row: list[Any]) -> str:
    is_process = row[2] < 0
    return str(row[0]).rpartition(":")[0] if is_process else str(row[1]).removesuffix("#")
