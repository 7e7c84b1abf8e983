"""Branches that a command does not touch: lines of its snapshot, unread.

Completing one of three hundred concerns no other. So where many branches of one frame each have a token that waits,
with all that is inside it, each is a line `[ids, tokens, frames]` behind the document, and only the line that holds
the token that the command names is read; the others go back as they came. Whoever asks for the tokens of the scope or
the branches of the frame gets all of them. Rows in a line are those of engine/rows.py, `ids` the ids of its tokens.

What rests follows from the state alone, so that a snapshot restored and written is the same. At rest are instances of
a multi-instance activity, and other branches where at least eight may; none that waits for a condition or for other
tokens, that is split, that is large, or in which others may rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from kfflow.engine.rows import frame_rows, load_frames, load_tokens, token_rows
from kfflow.engine.spiff.gateways import JoiningGateway
from kfflow.engine.spiff.loops import MultiInstance
from kfflow.engine.spiff.token import Token, number_of
from kfflow.engine.variables import Frame

LEAST, MOST_TOKENS = 8, 50
"""How many branches of a frame rest at least (of instances of a multi-instance activity: any), and how large one is."""

Order = list[bytes | Frame]


class Group:
    """The branches at rest of one frame: `order` has them as runs of lines, with branches that are awake between."""

    def __init__(self, scope: Token, frame: Frame, order: Order) -> None:
        self.scope, self.frame, self.order = scope, frame, order
        self.count = sum(part.count(b"\n") for part in order if isinstance(part, bytes))

    def wake(self) -> None:
        """Make tokens and frames of all lines, each in the place it had."""
        frame, execution = self.frame, self.scope.execution
        frame.rouse = None
        execution.resting[self.scope.id].remove(self)
        found: list[Frame] = []
        for part in self.parts():
            found += [part] if isinstance(part, Frame) else [restore(self.scope, frame, x) for x in part.splitlines()]
        frame.branches = found
        execution.put_in_order(self.scope)

    def parts(self) -> Order:
        """Give the order as it is now: without branches that have ended, with those that have begun since."""
        left: Order = [part for part in self.order if isinstance(part, bytes) or part in self.frame.branches]
        return left + [branch for branch in self.frame.branches if branch not in self.order]


def group_of(frame: Frame) -> Group | None:
    """Give what rests of a frame."""
    group = getattr(frame.rouse, "__self__", None)
    return group if isinstance(group, Group) else None


def lay(scope: Token, frame: Frame, runs: Sequence[bytes], touched: str | None) -> None:
    """Let branches rest but the one with the token that is touched; branches that are awake stand between the runs."""
    order: Order = []
    for run, awake in zip(runs, [*frame.branches, None], strict=True):
        before, line, after = _split(run, touched)
        order += [before, restore(scope, frame, line), after] if line else [run]
        order += [awake] if awake is not None else []
    frame.branches = [part for part in order if isinstance(part, Frame)]
    scope.execution.put_in_order(scope)
    group = Group(scope, frame, order)
    if group.count:
        scope.execution.resting.setdefault(scope.id, []).append(group)
        frame.rouse = group.wake


def _split(lines: bytes, touched: str | None) -> tuple[bytes, bytes, bytes]:
    """Give what stands before the line that has a token among its ids, the line, and what stands after it."""
    mark = b'"%b"' % (touched or "").encode()
    found = lines.find(mark)
    while found >= 0:
        begin, end = lines.rfind(b"\n", 0, found) + 1, lines.index(b"\n", found) + 1
        if found < lines.index(b"]", begin):
            return lines[:begin], lines[begin:end], lines[end:]
        found = lines.find(mark, found + 1)
    return lines, b"", b""


def restore(scope: Token, frame: Frame, line: bytes) -> Frame:
    """Make a branch of its line; whoever calls puts it among the branches."""
    _, tokens, frames = orjson.loads(line)
    made = load_frames(frames, frame)
    load_tokens(scope.execution, tokens, made, scope)
    return made[0]


@dataclass(frozen=True, slots=True)
class Laid:
    """The branches of one frame as they are stored: lines, and branches that stay awake between them."""

    scope: Token
    frame: Frame
    order: Order

    def awake(self) -> list[Frame]:
        return [part for part in self.order if isinstance(part, Frame)]

    def runs(self) -> list[bytes]:
        """Give the lines before each branch that is awake, and those after the last."""
        found = [b""]
        for part in self.order:
            if isinstance(part, Frame):
                found.append(b"")
            else:
                found[-1] += part
        return found


def laid(frame: Frame, left_out: set[str]) -> Laid | None:
    """Give how the branches of a frame rest, and add the tokens that then have no row; None when they are awake."""
    group = group_of(frame)
    scope = _scope_of(frame) if group is None else group.scope
    if scope is None or (group is None and len(frame.branches) < _least(scope, frame)):
        return None
    order, inside = _order(scope, frame, group)
    if sum(part.count(b"\n") for part in order if isinstance(part, bytes)) < _least(scope, frame):
        if group is not None:
            group.wake()
        return None
    left_out |= inside
    return Laid(scope, frame, order)


def _order(scope: Token, frame: Frame, group: Group | None) -> tuple[Order, set[str]]:
    order, inside = Order(), set[str]()
    for part in frame.branches if group is None else group.parts():
        tokens = _inside(scope, frame, part) if isinstance(part, Frame) else None
        if isinstance(part, bytes) or tokens is None:
            order.append(part)
        else:
            order.append(_line(part, tokens))
            inside |= {token.id for token in tokens}
    return order, inside


def _least(scope: Token, frame: Frame) -> int:
    return 1 if scope.inner is frame and isinstance(scope.task_spec, MultiInstance) else LEAST


def _scope_of(frame: Frame) -> Token | None:
    for branch in frame.branches:
        if isinstance(branch.holder, Token):
            return branch.holder.above
    return None


def _inside(scope: Token, frame: Frame, branch: Frame) -> list[Token] | None:
    """Give all tokens of a branch, the one that it holds first; None when the branch may not rest."""
    holder = branch.holder
    if not isinstance(holder, Token) or holder.above is not scope or branch.parent is not frame or branch.branches:
        return None
    for inner in frames_of(branch):
        group = group_of(inner)
        if len(inner.branches) + (0 if group is None else group.count) >= LEAST:
            return None
        if group is not None:
            group.wake()
    tokens, pending = [holder], [holder]
    while pending:
        children = pending.pop().children
        tokens += children
        pending += children
        if len(tokens) > MOST_TOKENS:
            return None
    return sorted(tokens, key=lambda t: number_of(t.id)) if all(map(_may_rest, tokens)) else None


def _may_rest(token: Token) -> bool:
    if isinstance(token.task_spec, (MultiInstance, JoiningGateway)):
        return False
    return bool(token.children) if token.waiting is None else token.waiting != "condition"


def frames_of(root: Frame) -> Iterator[Frame]:
    """Give a frame and all awake within it, branches before the frame of a scope."""
    pending = [root]
    while pending:
        frame = pending.pop()
        yield frame
        inner = None if frame.holder is None else frame.holder.inner
        if inner is not None and inner is not frame:
            pending.append(inner)
        pending += reversed(frame.branches)


def _line(branch: Frame, tokens: list[Token]) -> bytes:
    frames = list(frames_of(branch))
    position = {id(frame): index for index, frame in enumerate(frames)}
    ids = [token.id for token in tokens]
    line = [ids, token_rows(tokens, position), frame_rows(frames, position)]
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
