"""What is stored of a running instance: its tokens and variables, by element id, and nothing else.

Version 3, JSON: `v` version, `n` token counter, `f` frames `[parent, branch?, local, changed, before, absent]`,
`t` tokens `[id, spec, parent, state, frame, inner, waiting, via, listens, memo]`, `r` what rests in lines behind the
document: `[token of the scope, frame, [bytes, …]]` (engine/resting.py). Parents come before children; references are
positions. Version 1 has no `r`, in version 2 a line is one token; an unknown version is refused (docs/adr/0002).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from kfflow.engine.outcome import Environment
from kfflow.engine.rejoining import lift, rejoin, runs_of
from kfflow.engine.resting import Laid, laid, lay
from kfflow.engine.rows import frame_rows, load_frames, load_tokens, token_rows
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.token import number_of
from kfflow.engine.variables import Frame
from kfflow.errors import EngineFailure

SNAPSHOT_VERSION = 3
_LINES_OF_ONE_TOKEN = 2

Place = tuple[str, str]
"""An element id and its type: the body of a multi-instance activity has the id of what it repeats."""


def dump(execution: Execution) -> bytes:
    """Write an instance down."""
    frames, resting, left_out = list[Frame](), list[Laid](), set[str]()
    for frame, rests in _frames(execution.task_tree.frame, left_out):
        frames.append(frame)
        resting += [rests] if rests is not None else []
    tokens = [token for token in execution.tasks.values() if token.id not in left_out]
    position = {id(frame): index for index, frame in enumerate(frames)}
    places = {token.id: index for index, token in enumerate(tokens)} if resting else {}
    stored = [(places[one.scope.id], position[id(one.frame)], one.runs()) for one in resting]
    document = {
        "v": SNAPSHOT_VERSION,
        "n": execution.counter,
        "f": frame_rows(frames, position),
        "t": token_rows(tokens, position),
        "r": [[scope, frame, [len(run) for run in runs]] for scope, frame, runs in stored],
    }
    return b"\n".join([orjson.dumps(document), b"".join(run for _, _, runs in stored for run in runs)])


def _frames(root: Frame, left_out: set[str]) -> Iterator[tuple[Frame, Laid | None]]:
    """Give the frames that have rows, each with what rests of its branches; tokens at rest are added to `left_out`."""
    pending = [root]
    while pending:
        frame = pending.pop()
        rests = laid(frame, left_out) if frame.branches or frame.rouse is not None else None
        yield frame, rests
        inner = None if frame.holder is None else frame.holder.inner
        if inner is not None and inner is not frame:
            pending.append(inner)
        pending += reversed(frame.branches if rests is None else rests.awake())


def load(spec: ProcessSpec, snapshot: bytes, env: Environment, *, touched: str | None = None) -> Execution:
    """Bring an instance back, of what rests only the branch with the token touched, or without one everything.

    Raises EngineFailure when the snapshot does not fit the definition.
    """
    document, lines = _parts(snapshot)
    execution = Execution(spec, env)
    execution.counter = document["n"]
    frames = load_frames(document["f"])
    tokens = load_tokens(execution, document["t"], frames)
    execution.task_tree = tokens[0]
    for scope, frame, sizes in document["r"]:
        runs, lines = runs_of(lines, sizes)
        lay(tokens[scope], frames[frame], runs, touched)
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
    if version not in range(1, SNAPSHOT_VERSION + 1):
        raise EngineFailure(
            f"Sagens tilstand er gemt i et ukendt format ({version!r}).",
            f"The state of the case is stored in an unknown format ({version!r}).",
            kind="UNKNOWN_SNAPSHOT_VERSION",
        )
    document.setdefault("r", [])
    return document, lift(document, lines) if version == _LINES_OF_ONE_TOKEN else lines


def read_variables(snapshot: bytes) -> dict[str, object]:
    """Give the variables of the process, with what branches not yet joined wrote."""
    document = read(snapshot)
    frames = load_frames(document["f"])
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
    frames, rows, everything = load_frames(document["f"]), document["t"], read_variables(snapshot)
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
