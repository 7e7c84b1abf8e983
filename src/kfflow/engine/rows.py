"""Tokens and frames as rows of a snapshot, and rows as tokens and frames (format: engine/snapshot.py).

A row refers to others by their position in its own list; -1 is whatever is around the list.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kfflow.engine.merge import MISSING
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.token import Token
from kfflow.engine.variables import Frame
from kfflow.errors import EngineFailure

Row = list[Any]


def frame_rows(frames: Iterable[Frame], position: Mapping[int, int]) -> list[Row]:
    """Write frames down; `position` is the place of each frame of the list, by its identity."""
    return [
        [-1 if frame.parent is None else position.get(id(frame.parent), -1), int(frame.is_branch), *_stored(frame)]
        for frame in frames
    ]


def _stored(frame: Frame) -> Row:
    before = {k: v for k, v in frame.before.items() if v is not MISSING}
    absent = [k for k, v in frame.before.items() if v is MISSING]
    return [frame.local, frame.changed, before, absent]


def token_rows(tokens: Sequence[Token], position: Mapping[int, int]) -> list[Row]:
    """Write tokens down, with the places of their frames."""
    places = {token.id: index for index, token in enumerate(tokens)}
    return [
        [
            token.id,
            token.task_spec.name,
            -1 if token.parent is None else places.get(token.parent.id, -1),
            token.state,
            -1 if token.is_listener else position[id(token.frame)],
            -1 if token.inner is None else position[id(token.inner)],
            token.waiting,
            token.via,
            int(token.is_listener),
            token.memo,
        ]
        for token in tokens
    ]


def load_frames(rows: Iterable[Row], outer: Frame | None = None) -> list[Frame]:
    """Make frames; those without a parent in the list are within `outer`, which is not told of them."""
    frames: list[Frame] = []
    for parent, is_branch, local, changed, before, absent in rows:
        around = frames[parent] if parent >= 0 else outer
        frame = Frame(around, local, is_branch=bool(is_branch))
        frame.restore(changed, before, absent)
        if parent >= 0 and is_branch:
            frames[parent].branches.append(frame)
        frames.append(frame)
    return frames


def load_tokens(
    execution: Execution, rows: Iterable[Row], frames: list[Frame], scope: Token | None = None
) -> list[Token]:
    """Make tokens, each on its frame; those without a parent in the list are within `scope`."""
    tokens: list[Token] = []
    for identity, name, parent, state, frame, inner, waiting, via, listens, memo in rows:
        around = tokens[parent] if parent >= 0 else scope
        own = frames[frame] if frame >= 0 else around.frame if around is not None else frames[0]
        token = Token(execution, element_named(execution.spec, name), around, identity, own)
        token.restore(state, waiting, via, memo)
        token.inner = frames[inner] if inner >= 0 else None
        token.is_listener = bool(listens)
        if frame >= 0 and around is not None:
            own.holder = token
        tokens.append(token)
    return tokens


def element_named(spec: ProcessSpec, name: str) -> ElementSpec:
    """Give the element that a token stands on; raises EngineFailure when the diagram no longer has it."""
    found = spec.find(name)
    if found is None:
        raise EngineFailure(
            f"Diagrammet har ikke længere elementet {name}, som sagen står ved.",
            f"The diagram no longer has the element {name} where the case is.",
            element_id=name,
            kind="UNKNOWN_ELEMENT",
        )
    return found
