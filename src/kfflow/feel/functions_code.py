"""Closures for invocations, function definitions, `instance of`, and the types these name."""

from collections.abc import Sequence

from kfflow.feel import invocation, signatures
from kfflow.feel.builtins.registry import call_builtin, call_builtin_named
from kfflow.feel.compiler import Compilation, compile_node, compiles
from kfflow.feel.nodes import (
    Call,
    ContextTypeNode,
    FunctionNode,
    FunctionTypeNode,
    GenericType,
    InstanceOf,
    Name,
    NamedCall,
    NamedType,
    Node,
)
from kfflow.feel.runtime import MISSING, Code, Env, Run
from kfflow.feel.types import (
    ANY,
    BUILTIN_TYPES,
    ContextType,
    FunctionType,
    ListType,
    RangeType,
    Type,
    is_instance,
)
from kfflow.feel.values import BuiltinFunction, Function


def _builtin_name(compilation: Compilation, node: Node) -> str | None:
    """Give the name of the built-in that is called, None when a variable may hide it."""
    if not isinstance(node, Name) or node.name not in compilation.builtins:
        return None
    return None if node.name in compilation.declared or compilation.is_local(node.name) else node.name


@compiles(Call)
def _call(compilation: Compilation, node: Call) -> Code:
    name = _builtin_name(compilation, node.function)
    at = node.at
    if name == "is defined" and len(node.arguments) == 1:
        return _is_defined(compilation, node.arguments[0])
    arguments = [compile_node(compilation, a) for a in node.arguments]
    if name is not None:
        signatures.check(compilation, name, node)
        place = node.function.at
        return lambda env: call_builtin(env.run, name, [a(env) for a in arguments], place)
    signatures.check_known(compilation, node.function)
    function = _called(compilation, node.function)
    return lambda env: invocation.call(env.run, function(env), [a(env) for a in arguments], at)


@compiles(NamedCall)
def _named_call(compilation: Compilation, node: NamedCall) -> Code:
    name = _builtin_name(compilation, node.function)
    at = node.at
    arguments = [(n, compile_node(compilation, a)) for n, a in node.arguments]
    if name is not None:
        signatures.check_named(compilation, name, node)
        place = node.function.at
        return lambda env: call_builtin_named(env.run, name, {n: a(env) for n, a in arguments}, place)
    signatures.check_known(compilation, node.function)
    function = _called(compilation, node.function)
    return lambda env: invocation.call_named(env.run, function(env), {n: a(env) for n, a in arguments}, at)


def _called(compilation: Compilation, node: Node) -> Code:
    """Compile what is called; a variable such as `date` hides the built-in of its name only when it is a function."""
    function = compile_node(compilation, node)
    if not isinstance(node, Name) or node.name not in compilation.builtins:
        return function
    built_in = BuiltinFunction(node.name)

    def called(env: Env) -> object:
        found = function(env)
        return found if isinstance(found, (Function, BuiltinFunction)) else built_in

    return called


def _is_defined(compilation: Compilation, node: Node) -> Code:
    value = compile_node(compilation, node)
    if not isinstance(node, Name):
        return lambda env: value(env) is not None

    def is_defined(env: Env | None) -> object:
        while env is not None:
            if env.vars.get(node.name, MISSING) is not MISSING:
                return True
            env = env.outer
        return False

    return is_defined


@compiles(FunctionNode)
def _function(compilation: Compilation, node: FunctionNode) -> Code:
    names = tuple(n for n, _ in node.parameters)
    types = tuple(compile_type(compilation, t) if t else None for _, t in node.parameters)
    before = compilation.nodes
    compilation.locals.append(frozenset(names))
    body = compile_node(compilation, node.body)
    compilation.locals.pop()
    weight, external = compilation.nodes - before, node.external
    if external:
        compilation.fault("external functions are not available", node.at)

    def function(env: Env) -> object:
        def called(run: Run, arguments: Sequence[object]) -> object:
            run.charge(weight)
            if external:
                run.problem("external functions are not available", node.at)
                return None
            return body(Env(dict(zip(names, arguments, strict=True)), env, run))

        return Function("", names, types, None, called)

    return function


@compiles(InstanceOf)
def _instance_of(compilation: Compilation, node: InstanceOf) -> Code:
    value, wanted = compile_node(compilation, node.value), compile_type(compilation, node.type)
    if wanted is None:
        return lambda env: env.run.problem("there is no such type", node.at)

    def instance_of(env: Env) -> object:
        found = value(env)
        env.run.charge_for(found)
        return is_instance(found, wanted)

    return instance_of


def compile_type(compilation: Compilation, node: Node) -> Type | None:
    """Resolve a written type; None when a name in it is no type."""
    match node:
        case NamedType(at, name):
            found = compilation.types.get(name) or BUILTIN_TYPES.get(name)
            if found is None:
                compilation.fault("there is no type {}", at, name)
            return found
        case GenericType(_, name, of):
            inner = compile_type(compilation, of)
            return None if inner is None else ListType(inner) if name == "list" else RangeType(inner)
        case ContextTypeNode(_, fields):
            return ContextType(tuple((n, compile_type(compilation, t) or ANY) for n, t in fields))
        case FunctionTypeNode(_, parameters, result):
            given = tuple(compile_type(compilation, p) or ANY for p in parameters)
            return FunctionType(given, compile_type(compilation, result) or ANY)
    return None
