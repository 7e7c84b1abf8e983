"""Variables of a running case: one frame a branch, so that parallel branches do not see each other's half-done work.

A frame holds what its branch wrote since it began (`changed`) and the names that belong to its scope alone
(`local`). Where branches meet or end, frames fold into the frame they began from: a three-way merge. A frame is
either held by one token or split into `branches`; a scope's inner frame hangs on the token of the scope.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kfflow.engine.merge import MISSING, merge3


@dataclass(frozen=True, slots=True)
class Merged:
    """One variable after a merge; `is_conflict` when both sides had changed the same thing differently."""

    name: str
    value: object
    is_conflict: bool


class Holder(Protocol):
    """A token, seen from its frame: the frame it runs on and the inner frame of its scope.

    `memo` has `forked` while the fork that its frame is of began with it: whoever else is in that began beside it.
    """

    frame: "Frame"
    inner: "Frame | None"
    memo: dict[str, object]


class Frame:
    """What one branch or scope knows beyond the frame around it."""

    __slots__ = ("before", "branches", "changed", "holder", "is_branch", "local", "parent", "rouse")

    def __init__(
        self, parent: "Frame | None", local: Mapping[str, object] | None = None, *, is_branch: bool = False
    ) -> None:
        self.parent = parent
        self.local: dict[str, object] = dict(local or {})
        self.changed: dict[str, object] = {}
        self.before: dict[str, object] = {}
        self.branches: list[Frame] = []
        self.holder: Holder | None = None
        self.is_branch = is_branch
        self.rouse: Callable[[], None] | None = None  # completes `branches` when some of them rest

    def restore(self, changed: dict[str, object], before: Mapping[str, object], absent: Iterable[str]) -> None:
        """Take what was stored of it; `absent` are the names that were unknown before."""
        self.changed = changed
        self.before = {**before, **dict.fromkeys(absent, MISSING)}

    def find(self, name: str) -> object:
        """Give the value of a name, MISSING when nothing here or around has it."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.local:
                return frame.local[name]
            if name in frame.changed:
                return frame.changed[name]
            frame = frame.parent
        return MISSING

    def write(self, name: str, value: object) -> None:
        """Write a variable of the process; a name that is local to a scope around, within this branch, stays there."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.local:
                frame.local[name] = value
                return
            frame = None if frame.is_branch else frame.parent
        self.changed[name] = value

    def is_local(self, name: str) -> bool:
        """Tell whether a name belongs to a scope and never leaves it."""
        return any(name in frame.local for frame in self.chain())

    def view(self) -> dict[str, object]:
        """Give all variables that this frame sees, inner names over outer ones."""
        chain = list(self.chain())
        seen: dict[str, object] = {}
        for frame in reversed(chain):
            seen |= frame.changed
            seen |= frame.local
        return seen

    def overview(self) -> dict[str, object]:
        """Give all variables including what branches not yet joined wrote, later branches over earlier ones."""
        seen = self.view()
        for frame in self.inside():
            seen |= frame.changed
        return seen

    def inside(self) -> Iterator["Frame"]:
        """Give the frames of branches and scopes that run within this one."""
        pending = self.directly_inside()
        while pending:
            frame = pending.pop()
            yield frame
            pending += frame.directly_inside()

    def directly_inside(self) -> list["Frame"]:
        """Give the branches and then the frame of a scope, last first."""
        if self.rouse is not None:
            self.rouse()
        inner = None if self.holder is None else self.holder.inner
        found = [*self.branches] if inner is None or inner is self else [*self.branches, inner]
        found.reverse()
        return found

    def chain(self) -> Iterator["Frame"]:
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent

    def branch(self) -> "Frame":
        """Begin a branch that is isolated from whoever runs on this frame."""
        if self.holder is not None:
            holder, self.holder = self.holder, None
            move(holder, self.new_branch())
        return self.new_branch()

    def beside(self) -> "Frame":
        """Begin a branch beside whoever runs on this one, and began the fork that this one is of.

        While neither this branch nor that fork has changed since, both begin with the same: it is one more branch of
        the fork, so that many reminders of one task are no branches within branches.
        """
        around = self.parent
        is_untouched = not (self.changed or self.local or self.branches) and self.rouse is None
        if self.is_branch and around is not None and is_untouched and not around.before:
            return around.new_branch()
        return self.branch()

    def new_branch(self) -> "Frame":
        """Add a branch to a fork."""
        frame = Frame(self, is_branch=True)
        self.branches.append(frame)
        return frame


def move(holder: Holder, frame: Frame) -> None:
    """Let a token go on with another frame; the frame of its scope follows."""
    holder.frame = frame
    holder.memo.pop("forked", None)
    frame.holder = holder
    if holder.inner is not None:
        holder.inner.parent = frame


def fold(frame: Frame, into: Frame) -> list[Merged]:
    """Merge what a frame changed into the frame around it."""
    merges = [_fold_name(name, mine, into) for name, mine in frame.changed.items()]
    if not into.branches and into.rouse is None:
        into.before.clear()
    frame.changed = {}
    return merges


def _fold_name(name: str, mine: object, into: Frame) -> Merged:
    current = into.find(name)
    base = into.before.setdefault(name, current)
    merged, clash = merge3(base, current, mine)
    if name in into.local:
        into.local[name] = merged
    else:
        into.changed[name] = merged
    return Merged(name, merged, clash)


def end_branch(frame: Frame) -> list[Merged]:
    """End a branch: fold it, and let the last one left go on as the frame itself."""
    frame.holder = None
    merges: list[Merged] = []
    while frame.is_branch and frame.parent is not None:
        parent = frame.parent
        parent.branches.remove(frame)
        merges += fold(frame, parent)
        if not _is_over(parent):
            return merges + _collapse(parent)
        frame = parent
    return merges


def _is_over(frame: Frame) -> bool:
    """Tell whether nobody runs on a branch any more."""
    return frame.is_branch and frame.holder is None and frame.rouse is None and not frame.branches


def _collapse(frame: Frame) -> list[Merged]:
    """Let a frame with a single branch be that branch."""
    if frame.rouse is not None or len(frame.branches) != 1 or frame.branches[0].local:
        return []
    only = frame.branches.pop()
    if only.rouse is not None:
        only.rouse()
    merges = fold(only, frame)
    frame.branches, frame.before = only.branches, only.before
    for branch in frame.branches:
        branch.parent = frame
    if only.holder is not None:
        move(only.holder, frame)
    return merges


def absorb(survivor: Frame, other: Frame) -> list[Merged]:
    """Let a branch learn what another knows that began elsewhere, before the other ends (unstructured joins)."""
    around = list(survivor.chain())
    merges: list[Merged] = []
    frame: Frame | None = other if other.parent not in around else None
    while frame is not None and frame not in around:
        for name, mine in frame.changed.items():
            base = frame.parent.find(name) if frame.parent is not None else MISSING
            merged, clash = merge3(base, survivor.find(name), mine)
            survivor.changed[name] = merged
            merges.append(Merged(name, merged, clash))
        frame = frame.parent
    return merges
