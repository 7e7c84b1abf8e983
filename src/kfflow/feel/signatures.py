"""What can be told of a call before anything runs: unknown functions, wrong numbers and names of arguments.

Such a call is null whatever the variables hold, so it is a fault of the text and reported when it is compiled.
"""

import re

from kfflow.feel.builtins.registry import BUILTINS, Overload, call_builtin
from kfflow.feel.compiler import Compilation
from kfflow.feel.nodes import Call, Literal, Name, NamedCall, Node
from kfflow.feel.regex_syntax import PatternError, compile_pattern
from kfflow.feel.runtime import Run

_CONVERT = frozenset({"date", "time", "date and time", "duration", "number"})
_WEEKS = re.compile(r"(-?)P(\d{1,6})W")
_TAKES_PATTERN = frozenset({"matches", "replace", "split", "extract"})
_NEVER = "random number"


def check(compilation: Compilation, name: str, node: Call) -> None:
    """Report a call of a built-in that no overload can take, or whose literal arguments have no value."""
    if not any(o.accepts_count(len(node.arguments)) for o in BUILTINS[name]):
        compilation.fault("{}() takes {}", node.function.at, name, signature(name))
    elif name == _NEVER:
        compilation.fault("random number() is not available: the same case must give the same answer", node.at)
    elif name in _CONVERT and all(isinstance(argument, Literal) for argument in node.arguments):
        _check_conversion(compilation, name, node)
    elif name in _TAKES_PATTERN:
        _check_pattern(compilation, node.arguments[1])


def _check_conversion(compilation: Compilation, name: str, node: Call) -> None:
    """Report a conversion of literals that gives nothing; weeks, which ISO 8601 has and FEEL has not, by name."""
    values = [argument.value for argument in node.arguments if isinstance(argument, Literal)]
    if None in values or call_builtin(Run(), name, values) is not None:
        return
    text = str(values[0])
    if name == "duration" and (weeks := _WEEKS.fullmatch(text)):
        days = f"{weeks[1]}P{int(weeks[2]) * 7}D"
        compilation.fault("there are no weeks in FEEL: write {} for {}", node.function.at, days, text)
    else:
        compilation.fault("{}() has no value for these arguments", node.function.at, name)


def _check_pattern(compilation: Compilation, pattern: Node) -> None:
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        return
    try:
        compile_pattern(pattern.value, "")
    except PatternError:
        compilation.fault("'{}' is no regular expression", pattern.at, pattern.value[:40])


def check_named(compilation: Compilation, name: str, node: NamedCall) -> None:
    """Report a call of a built-in with names that no overload has, or without one that it needs."""
    given = {n for n, _ in node.arguments}
    if not any(_takes_names(o, given) for o in BUILTINS[name]):
        compilation.fault("{}() takes {}", node.function.at, name, signature(name))


def _takes_names(overload: Overload, given: set[str]) -> bool:
    required = {p.name for p in overload.parameters if not p.optional}
    return required <= given <= {p.name for p in overload.parameters}


def check_known(compilation: Compilation, function: Node) -> None:
    """Report the call of a name that nobody defines; inside a filter it may be an entry of the items."""
    if not isinstance(function, Name) or compilation.filters:
        return
    name = function.name
    if name not in compilation.builtins and name not in compilation.declared and not compilation.is_local(name):
        compilation.fault("there is no function {}", function.at, name)


def signature(name: str) -> str:
    """Write the parameters of a built-in as people know them: `(string, start position[, length])`."""
    return " / ".join(dict.fromkeys(_written(o) for o in BUILTINS[name]))


def _written(overload: Overload) -> str:
    required = [p.name for p in overload.parameters if not p.optional]
    optional = "".join(f"[, {p.name}]" for p in overload.parameters if p.optional)
    return f"({', '.join(required)}{optional}{', …' if overload.many else ''})"
