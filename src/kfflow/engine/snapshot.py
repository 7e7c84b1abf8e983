"""What is stored of a running instance: its tokens and variables, by element id, and nothing else.

Version 1, JSON: `v` version, `n` token counter, `f` frames `[parent, branch?, local, changed, before, absent]`,
`t` tokens `[id, spec, parent, state, frame, inner, waiting, via, listens, memo]`. Parents come before children;
references are positions. An unknown version is refused (docs/adr/0002).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from kfflow.engine.merge import MISSING
from kfflow.engine.outcome import Environment
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.token import Token
from kfflow.engine.variables import Frame
from kfflow.errors import EngineFailure

SNAPSHOT_VERSION = 1

Place = tuple[str, str]
"""An element id and its type: the body of a multi-instance activity has the id of what it repeats."""


def dump(execution: Execution) -> bytes:
    """Write an instance down."""
    frames = list(_frames(execution.task_tree.frame))
    position = {id(frame): index for index, frame in enumerate(frames)}
    places = {identity: index for index, identity in enumerate(execution.tasks)}
    document = {
        "v": SNAPSHOT_VERSION,
        "n": execution.counter,
        "f": [_frame_row(frame, position) for frame in frames],
        "t": [_token_row(token, position, places) for token in execution.tasks.values()],
    }
    return orjson.dumps(document)


def load(spec: ProcessSpec, snapshot: bytes, env: Environment) -> Execution:
    """Bring an instance back; raises EngineFailure when the snapshot does not fit the definition."""
    document = read(snapshot)
    execution = Execution(spec, env)
    execution.counter = document["n"]
    frames = _load_frames(document["f"])
    tokens: list[Token] = []
    for row in document["t"]:
        tokens.append(_load_token(execution, row, tokens, frames))
    execution.task_tree = tokens[0]
    return execution


def read(snapshot: bytes) -> dict[str, Any]:
    """Parse a snapshot and check its version."""
    document: dict[str, Any] = orjson.loads(snapshot)
    if document.get("v") != SNAPSHOT_VERSION:
        raise EngineFailure(
            f"Sagens tilstand er gemt i et ukendt format ({document.get('v')!r}).",
            f"The state of the case is stored in an unknown format ({document.get('v')!r}).",
            kind="UNKNOWN_SNAPSHOT_VERSION",
        )
    return document


def _frames(frame: Frame) -> Iterator[Frame]:
    yield frame
    for branch in frame.branches:
        yield from _frames(branch)
    holder = frame.holder
    if holder is not None and holder.inner is not None and holder.inner is not frame:
        yield from _frames(holder.inner)


def _frame_row(frame: Frame, position: dict[int, int]) -> list[object]:
    parent = -1 if frame.parent is None else position[id(frame.parent)]
    before = {k: v for k, v in frame.before.items() if v is not MISSING}
    absent = [k for k, v in frame.before.items() if v is MISSING]
    return [parent, int(frame.is_branch), frame.local, frame.changed, before, absent]


def _token_row(token: Token, position: dict[int, int], places: dict[str, int]) -> list[object]:
    parent = -1 if token.parent is None else places[token.parent.id]
    frame = -1 if token.is_listener else position[id(token.frame)]
    inner = -1 if token.inner is None else position[id(token.inner)]
    return [
        token.id, token.task_spec.name, parent, token.state, frame, inner,
        token.waiting, token.via, int(token.is_listener), token.memo,
    ]  # fmt: skip


def _load_frames(rows: list[list[Any]]) -> list[Frame]:
    frames: list[Frame] = []
    for parent, is_branch, local, changed, before, absent in rows:
        around = frames[parent] if parent >= 0 else None
        frame = Frame(around, local, is_branch=bool(is_branch))
        frame.changed = changed
        frame.before = before | dict.fromkeys(absent, MISSING)
        if around is not None and is_branch:
            around.branches.append(frame)
        frames.append(frame)
    return frames


def _load_token(execution: Execution, row: list[Any], tokens: list[Token], frames: list[Frame]) -> Token:
    identity, name, parent, state, frame, inner, waiting, via, listens, memo = row
    spec = execution.spec.find(name)
    if spec is None:
        raise EngineFailure(
            f"Diagrammet har ikke længere elementet {name}, som sagen står ved.",
            f"The diagram no longer has the element {name} where the case is.",
            element_id=name,
            kind="UNKNOWN_ELEMENT",
        )
    around = tokens[parent] if parent >= 0 else None
    own = frames[frame] if frame >= 0 else around.frame if around is not None else frames[0]
    token = Token(execution, spec, around, identity, own)
    token._state = state  # noqa: SLF001 - the state as it was, without SpiffWorkflow's notifications
    token.inner = frames[inner] if inner >= 0 else None
    token.waiting, token.via, token.is_listener = waiting, via, bool(listens)
    token.internal_data = memo
    if frame > 0 or (frame == 0 and around is not None):
        own.holder = token
    return token


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
        return int(self.token.rpartition(":")[2])


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


def _element_of(row: list[Any]) -> str:
    is_process = row[2] < 0
    return str(row[0]).rpartition(":")[0] if is_process else str(row[1]).removesuffix("#")
