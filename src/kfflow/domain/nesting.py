"""How deep JSON from outside may be nested: what is deeper can be read, but not always stored.

orjson writes 254 levels. A case's variables are stored within those of the instance, so that far fewer come in.
"""

DEEPEST = 100
TOO_DEEP = (f"Indlejret dybere end {DEEPEST} niveauer.", f"Nested deeper than {DEEPEST} levels.")
"""What somebody is told who sent more, in Danish and English."""


def is_too_deep(value: object) -> bool:
    """Tell whether lists and objects lie more than `DEEPEST` levels within each other."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for one in level for inner in _within(one)]
        if not level:
            return False
    return True


def _within(value: object) -> list[object]:
    """Give what lies in a list or an object, an empty one as if something did."""
    if isinstance(value, dict):
        return list(value.values()) or [None]
    return value or [None] if isinstance(value, list) else []
