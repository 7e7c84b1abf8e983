"""Modifying a process instance, in the words of Camunda 8, and the tokens that a modification can name."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from kfflow import engine
from kfflow.api import problems
from kfflow.api.batch_operations import CreatedBatch, Selection, created
from kfflow.api.operations import Call, Operations
from kfflow.api.process_instances import found as found_instances
from kfflow.api.shapes import Answer, Body, Key, Name, Nothing, Variables
from kfflow.engine.instructions import Activate, Instruction, Move, Nearness, Source, Terminate, VariablesAt
from kfflow.errors import FieldProblem
from kfflow.service import batches, modifications
from kfflow.service.batch_operations import MODIFY, Moves
from kfflow.service.context import Context

operations = Operations("Process instances")

MOST_INSTRUCTIONS = 1000
ElementInstanceKey = Annotated[str, Field(pattern="^(-1|[0-9]{1,19})$")]
ANY_SCOPE = "-1"
"""How Camunda says that the one running scope is meant."""


class VariableInstruction(Body):
    """Variables of the whole instance, or local to the scope of an element."""

    variables: Variables
    scope_id: Annotated[str, Field(max_length=255)] = ""


class ActivateInstruction(Body):
    element_id: Name
    variable_instructions: list[VariableInstruction] = Field(default_factory=list)
    ancestor_element_instance_key: ElementInstanceKey = ANY_SCOPE


class SourceInstruction(Body):
    """The token with the key, or all tokens of the element."""

    source_type: Literal["byId", "byKey"]
    source_element_id: Name | None = None
    source_element_instance_key: ElementInstanceKey | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        wanted = self.source_element_id if self.source_type == "byId" else self.source_element_instance_key
        if wanted is None or None not in (self.source_element_id, self.source_element_instance_key):
            raise PydanticCustomError("one_source", "byId takes sourceElementId, byKey takes sourceElementInstanceKey")
        return self


class AncestorInstruction(Body):
    """In which running scope: the one named, the innermost around the source, or that of the source."""

    ancestor_scope_type: Literal["direct", "inferred", "sourceParent"] = "direct"
    ancestor_element_instance_key: ElementInstanceKey = ANY_SCOPE


class MoveInstruction(Body):
    source_element_instruction: SourceInstruction
    target_element_id: Name
    ancestor_scope_instruction: AncestorInstruction = Field(default_factory=AncestorInstruction)
    variable_instructions: list[VariableInstruction] = Field(default_factory=list)


class TerminateInstruction(Body):
    """One token by its key, or all of an element."""

    element_id: Name | None = None
    element_instance_key: ElementInstanceKey | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.element_id is None) == (self.element_instance_key is None):
            raise PydanticCustomError("one_element", "give either elementId or elementInstanceKey")
        return self


class Modification(Body):
    operation_reference: int | None = None
    activate_instructions: list[ActivateInstruction] = Field(default_factory=list, max_length=MOST_INSTRUCTIONS)
    move_instructions: list[MoveInstruction] = Field(default_factory=list, max_length=MOST_INSTRUCTIONS)
    terminate_instructions: list[TerminateInstruction] = Field(default_factory=list, max_length=MOST_INSTRUCTIONS)


class MoveOfMany(Body):
    """End all tokens of an element, and activate another for each, in the scope of its source."""

    source_element_id: Name
    target_element_id: Name


Moving = Annotated[list[MoveOfMany], Field(min_length=1, max_length=MOST_INSTRUCTIONS)]
ModificationOfMany: type[Any] = create_model("ModificationOfMany", __base__=Selection, move_instructions=(Moving, ...))


class ElementInstance(Answer):
    """A token: where it stands, in which scope, and what it waits for; `isScope` when others can run inside it."""

    element_instance_key: Key
    element_id: str
    scope_key: Key | None
    token: str
    waits_for: str | None
    is_scope: bool


class ElementInstances(Answer):
    items: list[ElementInstance]


@operations.post(
    "/process-instances/{processInstanceKey}/modification", "Move, add and end tokens of an instance", Modification
)
def modify(ctx: Context, call: Call[Modification]) -> None:
    reading = _Reading(ctx, call.key)
    instructions: list[Instruction] = [
        *(reading.activation(given) for given in call.body.activate_instructions),
        *(reading.move(given) for given in call.body.move_instructions),
        *(reading.termination(given) for given in call.body.terminate_instructions),
    ]
    modifications.modify(ctx, call.key, instructions, reason=ctx.reason)


@operations.post("/process-instances/modification", "Move tokens of many instances", ModificationOfMany, CreatedBatch)
def modify_many(ctx: Context, call: Call[Any]) -> CreatedBatch:
    moves = Moves([[move.source_element_id, move.target_element_id] for move in call.body.move_instructions])
    return created(batches.create(ctx, MODIFY, found_instances.narrowed(call.body.filter), arguments=moves))


@operations.get(
    "/kf/process-instances/{processInstanceKey}/element-instances",
    "List the tokens of an instance, with the keys that a modification takes",
    ElementInstances,
)
def tokens(ctx: Context, call: Call[Nothing]) -> ElementInstances:
    standing = modifications.tokens(ctx, call.key)
    keys = modifications.keys(ctx, call.key)
    return ElementInstances(items=[_shown(one, keys) for one in standing if not one.is_listener])


def _shown(one: engine.Standing, keys: dict[str, int]) -> ElementInstance:
    return ElementInstance(
        element_instance_key=keys[one.token],
        element_id=one.element_id,
        scope_key=keys[one.scope] if one.scope else None,
        token=one.token,
        waits_for=one.waiting,
        is_scope=one.holds,
    )


class _Reading:
    """Turns a body into the engine's instructions; a key that names nothing is refused."""

    def __init__(self, ctx: Context, instance_key: int) -> None:
        self.ctx, self.instance_key = ctx, instance_key

    def activation(self, given: ActivateInstruction) -> Activate:
        ancestor = self._ancestor(given.ancestor_element_instance_key)
        return Activate(given.element_id, _variables(given.variable_instructions), ancestor)

    def move(self, given: MoveInstruction) -> Move:
        source, scope = given.source_element_instruction, given.ancestor_scope_instruction
        return Move(
            self._source(source.source_element_id, source.source_element_instance_key),
            given.target_element_id,
            _variables(given.variable_instructions),
            self._ancestor(scope.ancestor_element_instance_key) if scope.ancestor_scope_type == "direct" else None,
            _NEARNESS[scope.ancestor_scope_type],
        )

    def termination(self, given: TerminateInstruction) -> Terminate:
        return Terminate(self._source(given.element_id, given.element_instance_key))

    def _source(self, element_id: str | None, key: str | None) -> Source:
        return Source(element_id=element_id) if key is None else Source(self._token(key))

    def _ancestor(self, key: str) -> str | None:
        return None if key == ANY_SCOPE else self._token(key)

    def _token(self, key: str) -> str:
        token = modifications.find_token(self.ctx, self.instance_key, int(key))
        if token is None:
            da, en = f"Ingen åben elementinstans {key}.", f"There is no open element instance {key}."
            raise problems.invalid_fields([FieldProblem("elementInstanceKey", da, en, "TOKEN_GONE")])
        return token


_NEARNESS = {
    "direct": Nearness.ONLY,
    "inferred": Nearness.INFERRED,
    "sourceParent": Nearness.SOURCE_PARENT,
}


def _variables(given: list[VariableInstruction]) -> tuple[VariablesAt, ...]:
    return tuple(VariablesAt(one.variables, one.scope_id or None) for one in given)
