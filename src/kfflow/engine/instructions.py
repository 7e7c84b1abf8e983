"""What a modification is told to do: which elements to activate, move or terminate, and with which variables."""

from dataclasses import dataclass
from enum import StrEnum

from kfflow.engine.outcome import Variables


class Nearness(StrEnum):
    """In which of several running scopes an element is activated when none is named.

    ONLY: in the one that runs; several are refused. INFERRED: in the innermost scope around the source of the move.
    SOURCE_PARENT: in the very scope that the source runs in.
    """

    ONLY = "ONLY"
    INFERRED = "INFERRED"
    SOURCE_PARENT = "SOURCE_PARENT"


@dataclass(frozen=True, slots=True)
class VariablesAt:
    """Variables of the process, or local to `scope`: the element activated, or a scope that it is drawn in."""

    values: Variables
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Activate:
    """Put a token on an element; `ancestor` is the token of the scope to do it in, its inner scopes are made anew."""

    element_id: str
    variables: tuple[VariablesAt, ...] = ()
    ancestor: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One token, or all tokens at an element (of a multi-instance activity: the whole)."""

    token: str | None = None
    element_id: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """End the tokens of the source, and activate an element for each; within the scope the branch keeps its data."""

    source: Source
    element_id: str
    variables: tuple[VariablesAt, ...] = ()
    ancestor: str | None = None
    nearness: Nearness = Nearness.INFERRED


@dataclass(frozen=True, slots=True)
class Terminate:
    """End tokens; a scope that is left empty ends with them, and so does the instance."""

    source: Source


Instruction = Activate | Move | Terminate


def in_words(instruction: Instruction) -> dict[str, object]:
    """Give an instruction for the history: ids, and names of variables without their values."""
    match instruction:
        case Terminate(source):
            return {"terminate": source.token or source.element_id}
        case Move(source, element_id):
            told: dict[str, object] = {"move": source.token or source.element_id, "to": element_id}
        case Activate(element_id):
            told = {"activate": element_id}
    if instruction.ancestor is not None:
        told["within"] = instruction.ancestor
    if names := sorted({name for given in instruction.variables for name in given.values}):
        told["names"] = names
    return told
