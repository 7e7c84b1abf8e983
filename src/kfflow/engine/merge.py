"""Three-way merge of JSON-like values: what two branches made of one value."""

from typing import Final

MISSING: Final = object()


def merge3(base: object, current: object, mine: object) -> tuple[object, bool]:
    """Merge what a branch made of `base` (`mine`) into what others made of it (`current`).

    Gives the merged value and whether both changed the same thing differently; `mine` wins then.
    Objects merge by key; lists to which both sides only appended get both additions.
    """
    if same(mine, base) or same(mine, current):
        return current, False
    if same(current, base):
        return mine, False
    if isinstance(current, dict) and isinstance(mine, dict):
        return _merge_objects(base if isinstance(base, dict) else {}, current, mine)
    if isinstance(base, list) and isinstance(current, list) and isinstance(mine, list):
        return _merge_lists(base, current, mine)
    return mine, True


def _merge_objects(base: dict[str, object], current: dict[str, object], mine: dict[str, object]) -> tuple[object, bool]:
    merged: dict[str, object] = {}
    conflict = False
    for key in [*current, *(k for k in mine if k not in current)]:
        value, clash = merge3(base.get(key, MISSING), current.get(key, MISSING), mine.get(key, MISSING))
        conflict = conflict or clash
        if value is not MISSING:
            merged[key] = value
    return merged, conflict


def _merge_lists(base: list[object], current: list[object], mine: list[object]) -> tuple[object, bool]:
    size = len(base)
    if same(current[:size], base) and same(mine[:size], base):
        return [*current, *mine[size:]], False
    return mine, True


def same(left: object, right: object) -> bool:
    """Tell whether two JSON values are equal, true and 1 being different."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
