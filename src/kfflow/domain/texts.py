"""What has changed between two versions of a text of lines, such as a letter template: each place in one sentence."""

import difflib
from collections.abc import Iterator, Sequence

from kfflow.domain.diagrams import Change, ChangeKind

LONGEST_SHOWN = 120


def difference(former: str, latter: str) -> list[Change]:
    """Give the changed places in order; `element_id` is the number of the line that the place begins at."""
    old, new = former.splitlines(), latter.splitlines()
    return list(_changes(old, new))


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    matched = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matched.get_opcodes():
        was, now = _shown(old[a:b]), _shown(new[c:d])
        at = str(c + 1)
        match kind:
            case "insert":
                da, en = f"Linje {at}: »{now}« er ny.", f"Line {at}: “{now}” is new."
                yield Change(ChangeKind.ADDED, at, da, en)
            case "delete":
                da, en = f"Linje {a + 1}: »{was}« er fjernet.", f"Line {a + 1}: “{was}” is removed."
                yield Change(ChangeKind.REMOVED, at, da, en)
            case "replace":
                da = f"Linje {at}: ændret fra »{was}« til »{now}«."
                yield Change(ChangeKind.CHANGED, at, da, f"Line {at}: changed from “{was}” to “{now}”.")


def _shown(lines: Sequence[str]) -> str:
    text = " ⏎ ".join(line.strip() for line in lines)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
