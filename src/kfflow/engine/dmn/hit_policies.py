"""Hit policies and aggregation: what a table is worth when several rules fire (DMN 1.5 §8.2.8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kfflow.engine.dmn.model import HitPolicy
from kfflow.feel import logic
from kfflow.feel.builtins.registry import call_builtin
from kfflow.feel.values import Range

if TYPE_CHECKING:
    from kfflow.engine.dmn.scope import Evaluation
    from kfflow.engine.dmn.tables import CompiledRule, CompiledTable


@dataclass(frozen=True, slots=True)
class Decided:
    """The value of a table and the rules it rests on."""

    value: object
    hits: "Sequence[tuple[CompiledRule, Mapping[str, object]]]"


def decide(  # noqa: PLR0911 - one return a policy
    table: "CompiledTable",
    hits: "Sequence[tuple[CompiledRule, Mapping[str, object]]]",
    orders: Sequence[object],
    evaluation: "Evaluation",
) -> Decided:
    """Apply the hit policy to one or more hits; `orders` are the lists of allowed outputs, by column."""
    match table.policy:
        case HitPolicy.FIRST:
            return Decided(table.value_of(hits[0][1]), hits[:1])
        case HitPolicy.UNIQUE:
            return _unique(table, hits, evaluation)
        case HitPolicy.ANY:
            return _any(table, hits, evaluation)
        case HitPolicy.PRIORITY:
            best = _by_priority(table, hits, orders)[:1]
            return Decided(table.value_of(best[0][1]), best)
        case HitPolicy.OUTPUT_ORDER:
            ordered = _by_priority(table, hits, orders)
            return Decided([table.value_of(row) for _, row in ordered], ordered)
        case HitPolicy.COLLECT if table.aggregation:
            values = [table.value_of(row) for _, row in hits]
            return Decided(aggregate(table.aggregation, values, evaluation), hits)
    return Decided([table.value_of(row) for _, row in hits], hits)


def _numbers(hits: "Sequence[tuple[CompiledRule, Mapping[str, object]]]") -> str:
    return ", ".join(str(rule.index) for rule, _ in hits)


def _unique(
    table: "CompiledTable", hits: "Sequence[tuple[CompiledRule, Mapping[str, object]]]", evaluation: "Evaluation"
) -> Decided:
    if len(hits) == 1:
        return Decided(table.value_of(hits[0][1]), hits)
    evaluation.problem("the table is UNIQUE, but the rules {} all match", 0, _numbers(hits))
    return Decided(None, hits)


def _any(
    table: "CompiledTable", hits: "Sequence[tuple[CompiledRule, Mapping[str, object]]]", evaluation: "Evaluation"
) -> Decided:
    first = table.value_of(hits[0][1])
    if all(logic.equal(first, table.value_of(row)) is True for _, row in hits):
        return Decided(first, hits)
    evaluation.problem("the table is ANY, but the rules {} match with different results", 0, _numbers(hits))
    return Decided(None, hits)


def _by_priority(
    table: "CompiledTable", hits: "Sequence[tuple[CompiledRule, Mapping[str, object]]]", orders: Sequence[object]
) -> "list[tuple[CompiledRule, Mapping[str, object]]]":
    """Sort stably by the place of each output among the allowed ones, the first column first."""

    def places(hit: "tuple[CompiledRule, Mapping[str, object]]") -> list[int]:
        return [_place(hit[1].get(c.name), o) for c, o in zip(table.outputs, orders, strict=True)]

    return sorted(hits, key=places)


def _place(value: object, order: object) -> int:
    allowed = order if isinstance(order, list) else []
    for index, item in enumerate(allowed):
        same = logic.within(value, item) if isinstance(item, Range) else logic.equal(value, item)
        if same is True:
            return index
    return len(allowed)


_AGGREGATES = {"SUM": "sum", "MIN": "min", "MAX": "max"}


def aggregate(aggregation: str, values: list[object], evaluation: "Evaluation") -> object:
    """Aggregate the collected outputs; nothing collected is null, or zero for COUNT."""
    if aggregation == "COUNT":
        return Decimal(len(values))
    if not values:
        return None
    return call_builtin(evaluation, _AGGREGATES.get(aggregation, "sum"), [values])
