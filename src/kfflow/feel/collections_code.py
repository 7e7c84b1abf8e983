"""Closures for lists, contexts, paths, filters, and the loops `for`, `some` and `every`."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from kfflow.feel.compiler import Compilation, compile_node, compiles, entered
from kfflow.feel.nodes import ContextNode, Filter, For, FunctionNode, ListNode, Name, Node, Path, Quantified, Steps
from kfflow.feel.numbers import is_whole
from kfflow.feel.properties import MEMBERS
from kfflow.feel.runtime import MISSING, Code, Env, Run
from kfflow.feel.steps import count_between
from kfflow.feel.values import Range, enter


@compiles(ListNode)
def _list(compilation: Compilation, node: ListNode) -> Code:
    items = [compile_node(compilation, i) for i in node.items]
    return lambda env: env.run.built([i(env) for i in items])


@compiles(ContextNode)
def _context(compilation: Compilation, node: ContextNode) -> Code:
    known: set[str] = set()
    entries: list[tuple[str, Code]] = []
    every_key = frozenset(key for key, _ in node.entries)
    compilation.locals.append(frozenset())
    for key, value in node.entries:
        compilation.locals[-1] = every_key if isinstance(value, FunctionNode) else frozenset(known)
        entries.append((key, compile_node(compilation, value)))
        known.add(key)
    compilation.locals.pop()
    is_ambiguous = len(known) != len(entries)
    if is_ambiguous:
        compilation.fault("a context has two entries of one name", node.at)

    def context(env: Env) -> object:
        if is_ambiguous:
            env.run.problem("a context has two entries of one name", node.at)
            return None
        made: dict[str, object] = {}
        inner = Env(made, env, env.run)
        for key, value in entries:
            made[key] = value(inner)
        return env.run.built(made)

    return context


@compiles(Path)
def _path(compilation: Compilation, node: Path) -> Code:
    steps, root, at = [node.name], node.value, node.at
    while isinstance(root, Path):
        steps.append(root.name)
        root = root.value
    steps.reverse()
    if isinstance(root, Name) and not compilation.locals and root.name not in compilation.builtins:
        compilation.nodes += 1
        compilation.uses(root.name)
        return _path_of_variable(root.name, tuple(steps), at)
    value = compile_node(compilation, root)

    def path(env: Env) -> object:
        found = value(env)
        for step in steps:
            found = member(env.run, found, step, at)
        return found

    return path


def _path_of_variable(name: str, steps: tuple[str, ...], at: int) -> Code:
    """Walk the caller's own data, so that only the value at the end is converted."""

    def path(env: Env) -> object:
        found: object = env.vars.get(name, MISSING)
        for index, step in enumerate(steps):  # noqa: B007 - where the walk stopped is used below
            if type(found) is not dict:
                break
            found = found.get(step, MISSING)
            if found is MISSING:
                env.run.problem("there is no {}", at, step)
                return None
        else:
            return found if env.run.trusted else enter(found)
        if index == 0:
            found = entered(env, name, found, at, is_builtin=False)
        elif not env.run.trusted:
            found = enter(found)
        for step in steps[index:]:
            found = member(env.run, found, step, at)
        return found

    return path


def member(run: Run, value: object, name: str, at: int) -> object:
    """Give an entry of a context, a property of a temporal value or range, or these of each item of a list."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        run.problem("there is no {}", at, name)
        return None
    if isinstance(value, list):
        run.charge(len(value))
        run.grow(len(value))
        return [member(run, v, name, at) for v in value]
    reader = MEMBERS.get((type(value), name))
    if reader is None:
        run.problem("there is no {}", at, name)
        return None
    return reader(value)


@compiles(Filter)
def _filter(compilation: Compilation, node: Filter) -> Code:
    value, at = compile_node(compilation, node.value), node.at
    before = compilation.nodes
    compilation.locals.append(frozenset({"item"}))
    compilation.filters += 1
    condition = compile_node(compilation, node.condition)
    compilation.filters -= 1
    compilation.locals.pop()
    weight = compilation.nodes - before

    def filtered(env: Env) -> object:
        found = value(env)
        items = found if isinstance(found, list) else [] if found is None else [found]
        return _filtered(env, items, condition, weight, at)

    return filtered


def _filtered(env: Env, items: list[object], condition: Code, weight: int, at: int) -> object:
    run, kept = env.run, []
    if not items:
        index = condition(Env({"item": None}, env, run))
        return _item_at(run, items, index, at) if isinstance(index, Decimal) else []
    for item in items:
        run.charge(weight)
        verdict = condition(_item_scope(env, item))
        if verdict is True:
            kept.append(item)
        elif isinstance(verdict, Decimal):
            return _item_at(run, items, verdict, at)
        elif verdict is not False and verdict is not None:
            run.problem("the match of a filter is not true or false", at)
    run.grow(len(kept))
    return kept


def _item_scope(env: Env, item: object) -> Env:
    if isinstance(item, dict):
        env.run.charge(len(item) // 4)
        return Env({"item": item, **item}, env, env.run)
    return Env({"item": item}, env, env.run)


def _item_at(run: Run, items: list[object], index: Decimal, at: int) -> object:
    if is_whole(index) and 1 <= abs(index) <= len(items):
        return items[int(index) - 1] if index > 0 else items[int(index)]
    run.problem("there is no item of this number", at)
    return None


_Source = Callable[[Env], Iterable[object] | None]


def _iterators(compilation: Compilation, iterators: tuple[tuple[str, Node], ...]) -> list[tuple[str, _Source]]:
    """Compile the sources; each iterator sees those before it. Leaves one local scope open for the body."""
    compilation.locals.append(frozenset())
    compiled: list[tuple[str, _Source]] = []
    for name, source in iterators:
        compiled.append((name, _source(compilation, source)))
        compilation.locals[-1] |= {name}
    return compiled


def _source(compilation: Compilation, node: Node) -> _Source:
    if isinstance(node, Steps):
        low, high = compile_node(compilation, node.low), compile_node(compilation, node.high)
        return lambda env: _counted(env.run, low(env), high(env), node.at)
    value, at = compile_node(compilation, node), node.at

    def source(env: Env) -> Iterable[object] | None:
        found = value(env)
        if isinstance(found, list):
            return found
        if isinstance(found, Range):
            return _range_items(env.run, found, at)
        if found is None:
            env.run.problem("there is nothing to iterate over", at)
            return None
        return [found]

    return source


def _counted(run: Run, low: object, high: object, at: int) -> Iterable[object] | None:
    steps = count_between(low, high)
    if steps is None:
        run.problem("a loop counts between whole numbers or dates", at)
    return steps


def _range_items(run: Run, interval: Range, at: int) -> Iterable[object] | None:
    steps = None if interval.operator else count_between(interval.low, interval.high, interval)
    if steps is None:
        run.problem("this range cannot be iterated over", at)
    return steps


def _turns(env: Env, iterators: list[tuple[str, _Source]]) -> Iterator[Env | None]:
    """Yield one scope for each combination of items; None once when a source is no list."""
    (name, source), *rest = iterators
    items = source(env)
    if items is None:
        yield None
        return
    for item in items:
        env.run.charge(1)
        inner = Env({name: item}, env, env.run)
        if rest:
            yield from _turns(inner, rest)
        else:
            yield inner


@compiles(For)
def _for(compilation: Compilation, node: For) -> Code:
    iterators = _iterators(compilation, node.iterators)
    compilation.locals[-1] |= {"partial"}
    before, outer_uses = compilation.nodes, compilation.uses_partial
    compilation.uses_partial = False
    body = compile_node(compilation, node.body)
    compilation.locals.pop()
    weight, copies = compilation.nodes - before, compilation.uses_partial
    compilation.uses_partial = outer_uses

    def loop(env: Env) -> object:
        results: list[object] = []
        so_far: dict[str, object] = {"partial": []}
        for turn in _turns(Env(so_far, env, env.run), iterators):
            if turn is None:
                return None
            env.run.charge(weight)
            if copies:
                env.run.charge(len(results))
                so_far["partial"] = list(results)
            results.append(body(turn))
        env.run.grow(len(results))
        return env.run.built(results)

    return loop


@compiles(Quantified)
def _quantified(compilation: Compilation, node: Quantified) -> Code:
    iterators = _iterators(compilation, node.iterators)
    before = compilation.nodes
    condition = compile_node(compilation, node.condition)
    compilation.locals.pop()
    weight, decisive = compilation.nodes - before, not node.every

    def quantified(env: Env) -> object:
        verdict: bool | None = not decisive
        for turn in _turns(env, iterators):
            if turn is None:
                return None
            env.run.charge(weight)
            value = condition(turn)
            if value is decisive:
                return decisive
            verdict = verdict if isinstance(value, bool) else None
        return verdict

    return quantified
