"""Item definitions to FEEL types (DMN 1.5 §7.3.2)."""

from collections.abc import Callable, Iterable, Mapping

from kfflow.engine.dmn.model import ItemDefinition
from kfflow.engine.dmn.scope import find_type, without_prefix
from kfflow.feel.errors import BudgetExceeded, FeelSyntaxError
from kfflow.feel.expressions import UnaryTests, build_unary_tests
from kfflow.feel.runtime import Run
from kfflow.feel.types import ANY, ContextType, FunctionType, ListType, RestrictedType, Type


def build_types(items: Iterable[ItemDefinition], imported: Mapping[str, Type]) -> dict[str, Type]:
    """Resolve all item definitions by name; a definition that refers to itself admits anything there."""
    by_name = {i.name: i for i in items}
    types: dict[str, Type] = dict(imported)
    open_names: set[str] = set()

    def resolve(reference: str) -> Type:
        type_ref = without_prefix(reference)
        if type_ref in by_name and type_ref not in types:
            if type_ref in open_names:
                return ANY
            open_names.add(type_ref)
            types[type_ref] = _build(by_name[type_ref], resolve)
            open_names.discard(type_ref)
        return find_type(types, type_ref) or ANY

    for name in by_name:
        resolve(name)
    return types


def _build(item: ItemDefinition, resolve: Callable[[str], Type]) -> Type:
    of = _restricted(_content(item, resolve), item.allowed)
    return _restricted(ListType(of) if item.is_list else of, item.constraint)


def _content(item: ItemDefinition, resolve: Callable[[str], Type]) -> Type:
    if item.function is not None:
        parameters, result = item.function
        return FunctionType(tuple(resolve(p) for p in parameters), resolve(result))
    if item.components:
        return ContextType(tuple((c.name, _build(c, resolve)) for c in item.components))
    return resolve(item.type_ref)


def _restricted(of: Type, text: str) -> Type:
    if not text:
        return of
    try:
        tests = build_unary_tests(text, ())
    except FeelSyntaxError:
        return of
    return RestrictedType(of, lambda value: _allows(tests, value), text)


def _allows(tests: UnaryTests, value: object) -> bool:
    if value is None:
        return True
    try:
        return tests.run(value, {}, Run(trusted=True)) is True
    except BudgetExceeded:
        return False


def member_names(items: Iterable[ItemDefinition]) -> frozenset[str]:
    """Give the names of all components at any depth."""
    found: set[str] = set()
    pending = list(items)
    while pending:
        item = pending.pop()
        found.update(c.name for c in item.components)
        pending.extend(item.components)
    return frozenset(found)
