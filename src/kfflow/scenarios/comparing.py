"""Whether what came out is what was expected, and how to say so when it is not."""

from typing import Any


class Differs(Exception):
    """What happened is not what the scenario expects; says so in both languages."""

    def __init__(self, danish: str, english: str) -> None:
        super().__init__(english)
        self.danish = danish
        self.english = english


def require(holds: bool, danish: str, english: str) -> None:  # noqa: FBT001 - reads as `require(a == b, …)`
    if not holds:
        raise Differs(danish, english)


def matches(expected: object, actual: object) -> bool:
    """Compare maps by the keys that are expected, lists item by item, all else exactly."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return False
        return all(name in actual and matches(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(matches(e, a) for e, a in zip(expected, actual, strict=True))
        )
    return bool(expected == actual) and isinstance(expected, bool) == isinstance(actual, bool)


def told(value: object, like: object = None) -> str:
    """Give a value as a person reads it; of a map only what is asked for in `like`, another map."""
    if isinstance(value, dict):
        names = [name for name in value if name in like] if isinstance(like, dict) else list(value)
        return ", ".join(f"{name} {told(value[name])}" for name in names) or "–"
    if isinstance(value, list):
        return "; ".join(map(told, value)) or "–"
    return "–" if value is None else str(value)


def first_out_of_order(expected: list[str], actual: list[str]) -> str | None:
    """Give the first expected element that does not follow in the actual path; None when all do, in order."""
    remaining = iter(actual)
    return next((element for element in expected if element not in remaining), None)


def filled(value: object, number: str) -> object:
    """Put the case number where the scenario says `${sagsnummer}`."""
    if isinstance(value, str):
        return value.replace("${sagsnummer}", number)
    if isinstance(value, dict):
        return filled_map(value, number)
    if isinstance(value, list):
        return [filled(item, number) for item in value]
    return value


def filled_map(values: dict[str, Any], number: str) -> dict[str, Any]:
    return {name: filled(item, number) for name, item in values.items()}
