"""List functions (DMN 1.5 §10.3.4.4). Positions count from 1, from the end when negative."""

import functools
from collections.abc import Callable, Iterable
from decimal import Decimal, DecimalException

from kfflow.feel import invocation, logic
from kfflow.feel.builtins import numeric
from kfflow.feel.builtins.registry import builtin
from kfflow.feel.numbers import NUMBERS, ONE, is_whole
from kfflow.feel.runtime import MISSING, Run
from kfflow.feel.values import BuiltinFunction, Function

_Aggregate = Callable[[Run, list[object]], object]


def _aggregate(name: str) -> Callable[[_Aggregate], _Aggregate]:
    """Register a function of one list that also takes its items as separate arguments."""

    def register(call: _Aggregate) -> _Aggregate:
        builtin(name, "list:list")(call)
        builtin(name, "items:any", many=True)(lambda run, *items: call(run, list(items)))
        return call

    return register


@builtin("list contains", "list:list, element:any")
def list_contains(_: Run, items: list[object], element: object) -> object:
    return any(logic.equal(i, element) is True for i in items)


@builtin("count", "list:list")
def count(_: Run, items: list[object]) -> object:
    return Decimal(len(items))


@builtin("is empty", "list:any")
def is_empty(_: Run, items: object) -> object:
    return len(items) == 0 if isinstance(items, (list, dict, str)) else MISSING


def _extreme(items: list[object], *, largest: bool) -> object:
    if not items:
        return MISSING
    best = items[0]
    for item in items[1:]:
        smaller = logic.before(item, best)
        if smaller is None:
            return MISSING
        if smaller is not largest and logic.equal(item, best) is not True:
            best = item
    return best if logic.before(best, best) is not None else MISSING


@_aggregate("min")
def minimum(_: Run, items: list[object]) -> object:
    return _extreme(items, largest=False)


@_aggregate("max")
def maximum(_: Run, items: list[object]) -> object:
    return _extreme(items, largest=True)


def _numbers(items: Iterable[object]) -> list[Decimal] | None:
    found = list(items)
    numbers = [i for i in found if isinstance(i, Decimal)]
    return numbers if numbers and len(numbers) == len(found) else None


def _numeric(call: Callable[[list[Decimal]], object]) -> _Aggregate:
    def aggregate(_: Run, items: list[object]) -> object:
        numbers = _numbers(items)
        if numbers is None:
            return MISSING
        try:
            value = call(numbers)
        except DecimalException:
            return MISSING
        return MISSING if value is None else value

    return aggregate


def _median(numbers: list[Decimal]) -> Decimal:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


_aggregate("sum")(_numeric(numeric.total))
_aggregate("mean")(_numeric(lambda n: NUMBERS.divide(numeric.total(n), Decimal(len(n)))))
_aggregate("product")(_numeric(lambda n: functools.reduce(NUMBERS.multiply, n, ONE)))
_aggregate("median")(_numeric(_median))
_aggregate("stddev")(_numeric(numeric.spread))


@_aggregate("mode")
def mode(_: Run, items: list[object]) -> object:
    numbers = _numbers(items) if items else []
    if numbers is None:
        return MISSING
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    return sorted(n for n, c in counts.items() if c == max(counts.values())) if counts else []


def _decided(items: list[object], decisive: bool) -> object:  # noqa: FBT001 - private, named at both calls
    if any(i is decisive for i in items):
        return decisive
    return not decisive if all(isinstance(i, bool) for i in items) else None


@_aggregate("all")
@_aggregate("and")
def all_true(_: Run, items: list[object]) -> object:
    return _decided(items, decisive=False)


@_aggregate("any")
@_aggregate("or")
def any_true(_: Run, items: list[object]) -> object:
    return _decided(items, decisive=True)


def _slice_start(items: list[object], start: Decimal) -> int | None:
    """Give the 0-based index for a position, None when there is no such position."""
    if not 1 <= abs(start) < len(items) + 1:
        return None
    return int(start) - 1 if start > 0 else len(items) + int(start)


@builtin("sublist", "list:list, start position:number, length:number?")
def sublist(_: Run, items: list[object], start: Decimal, length: Decimal | None = None) -> object:
    first = _slice_start(items, start)
    if first is None or (length is not None and length < 1):
        return MISSING
    return items[first:] if length is None else items[first : first + int(min(length, Decimal(len(items))))]


@builtin("append", "list:list, item:any", many=True)
def append(run: Run, items: list[object], *more: object) -> object:
    run.grow(len(items) + len(more))
    return [*items, *more]


@builtin("concatenate", "list:list", many=True)
def concatenate(run: Run, *lists: list[object]) -> object:
    run.grow(sum(map(len, lists)))
    return [i for items in lists for i in items]


@builtin("insert before", "list:list, position:number, newItem:any")
def insert_before(run: Run, items: list[object], position: Decimal, item: object) -> object:
    index = _slice_start(items, position)
    if index is None:
        return MISSING
    run.grow(len(items) + 1)
    return [*items[:index], item, *items[index:]]


@builtin("remove", "list:list, position:number")
def remove(run: Run, items: list[object], position: Decimal) -> object:
    index = _slice_start(items, position)
    if index is None:
        return MISSING
    run.grow(len(items))
    return items[:index] + items[index + 1 :]


@builtin("list replace", "list:list, position:number, newItem:any")
def list_replace(run: Run, items: list[object], position: Decimal, item: object) -> object:
    index = _slice_start(items, position)
    if index is None:
        return MISSING
    run.grow(len(items))
    return [*items[:index], item, *items[index + 1 :]]


@builtin("list replace", "list:list, match:function, newItem:any")
def list_replace_matching(run: Run, items: list[object], match: Function | BuiltinFunction, item: object) -> object:
    run.grow(len(items))
    replaced = []
    for existing in items:
        verdict = invocation.call(run, match, [existing, item])
        if not isinstance(verdict, bool):
            return MISSING
        replaced.append(item if verdict else existing)
    return replaced


@builtin("reverse", "list:list")
def reverse(run: Run, items: list[object]) -> object:
    run.grow(len(items))
    return items[::-1]


@builtin("index of", "list:list, match:any")
def index_of(_: Run, items: list[object], match: object) -> object:
    return [Decimal(n) for n, i in enumerate(items, 1) if logic.equal(i, match) is True]


def _unique(run: Run, items: Iterable[object]) -> list[object]:
    kept: list[object] = []
    for item in items:
        run.charge(len(kept) // 8)
        if not any(logic.equal(item, k) is True for k in kept):
            kept.append(item)
    run.grow(len(kept))
    return kept


@builtin("union", "list:list", many=True)
def union(run: Run, *lists: list[object]) -> object:
    return _unique(run, (i for items in lists for i in items))


@builtin("distinct values", "list:list")
def distinct_values(run: Run, items: list[object]) -> object:
    return _unique(run, items)


@builtin("duplicate values", "list:list")
def duplicate_values(run: Run, items: list[object]) -> object:
    run.charge(len(items) * len(items) // 8)
    return _unique(run, [i for i in items if sum(logic.equal(i, other) is True for other in items) > 1])


@builtin("flatten", "list:list")
def flatten(run: Run, items: list[object]) -> object:
    flat: list[object] = []
    pending = items[::-1]
    while pending:
        run.charge(1)
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item[::-1])
        else:
            flat.append(item)
    run.grow(len(flat))
    return flat


@builtin("sort", "list:list, precedes:function?")
def sort(run: Run, items: list[object], precedes: Function | BuiltinFunction | None = None) -> object:
    def order(left: object, right: object) -> int:
        for first, second, verdict in ((left, right, -1), (right, left, 1)):
            is_first = (
                logic.before(first, second) if precedes is None else invocation.call(run, precedes, [first, second])
            )
            if not isinstance(is_first, bool):
                raise _NoOrder
            if is_first:
                return verdict
        return 0

    run.grow(len(items))
    run.charge(len(items) * len(items).bit_length() // 8)
    try:
        return sorted(items, key=functools.cmp_to_key(order))
    except _NoOrder:
        return MISSING


class _NoOrder(Exception):
    """Two items cannot be put in order."""


@builtin("partition", "list:list, size:number")
def partition(run: Run, items: list[object], size: Decimal) -> object:
    if size < 1 or not is_whole(size):
        return MISSING
    run.grow(len(items))
    width = int(size)
    return [items[n : n + width] for n in range(0, len(items), width)]
