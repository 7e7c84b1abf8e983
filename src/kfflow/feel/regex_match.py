"""Running compiled patterns: backtracking on an explicit stack, each step paid from the budget of the run."""

from collections.abc import Iterator, Sequence
from typing import cast

from kfflow.feel.regex_classes import Predicate, variants
from kfflow.feel.regex_syntax import BACKREF, CHAR, END, JUMP, MATCH, PROGRESS, SAVE, SPLIT, START, Instruction, Program
from kfflow.feel.runtime import Run

_STEPS_A_CHARGE = 200
_NODES_A_CHARGE = 100
Slots = tuple[int, ...]


def search(run: Run, program: Program, text: str, start: int = 0) -> Slots | None:
    """Find the first match from `start`: pairs of offsets, the whole match first, -1 where a group took no part."""
    for position in range(start, len(text) + 1):
        found = _match_at(run, program, text, position)
        if found is not None:
            return found
    return None


def matches(run: Run, program: Program, text: str) -> Iterator[Slots]:
    """Yield all matches that do not overlap."""
    position = 0
    while position <= len(text):
        found = search(run, program, text, position)
        if found is None:
            return
        yield found
        position = found[1] if found[1] > found[0] else found[1] + 1


def group(text: str, slots: Slots, number: int) -> str:
    """Give what a group matched, empty when it took no part."""
    first, last = slots[2 * number], slots[2 * number + 1]
    return text[first:last] if first >= 0 and last >= 0 else ""


def _match_at(run: Run, program: Program, text: str, start: int) -> Slots | None:
    code = program.instructions
    pending: list[tuple[int, int, Slots]] = [(0, start, (-1,) * program.slots)]
    steps = 0
    run.charge(1)
    while pending:
        counter, position, slots = pending.pop()
        while True:
            steps += 1
            if steps % _STEPS_A_CHARGE == 0:
                run.charge(_NODES_A_CHARGE)
                run.grow(len(pending) // _STEPS_A_CHARGE)
            operation, first, second = code[counter]
            if operation == MATCH:
                return slots
            if operation == CHAR:
                if position >= len(text) or not cast("Predicate", first)(text[position]):
                    break
                counter, position = counter + 1, position + 1
            elif operation == SPLIT:
                pending.append((counter + cast("int", second), position, slots))
                counter += cast("int", first)
            elif operation == JUMP:
                counter += cast("int", first)
            else:
                advanced = _special(program, code[counter], text, position, slots)
                if advanced is None:
                    break
                position, slots = advanced
                counter += 1
    return None


def _special(
    program: Program, instruction: Instruction, text: str, position: int, slots: Slots
) -> tuple[int, Slots] | None:
    """Do what is rarer: notes, anchors and back references; None when the attempt fails."""
    operation, argument, _ = instruction
    if operation == SAVE:
        return position, _noted(slots, cast("int", argument), position)
    if operation == PROGRESS:
        slot = cast("int", argument)
        return None if slots[slot] == position else (position, _noted(slots, slot, position))
    if operation in {START, END}:
        return (position, slots) if _is_anchored(program, operation, text, position) else None
    assert operation == BACKREF
    wanted = group(text, slots, cast("int", argument))
    end = position + len(wanted)
    return (end, slots) if _same(text[position:end], wanted, program) else None


def _noted(slots: Slots, slot: int, position: int) -> Slots:
    return (*slots[:slot], position, *slots[slot + 1 :])


def _is_anchored(program: Program, operation: int, text: str, position: int) -> bool:
    if operation == START:
        return position == 0 or (program.multiline and text[position - 1] == "\n" and position < len(text))
    return position == len(text) or (program.multiline and text[position] == "\n")


def _same(found: Sequence[str], wanted: str, program: Program) -> bool:
    if not program.ignore_case:
        return found == wanted
    return len(found) == len(wanted) and all(
        set(variants(a)) & set(variants(b)) for a, b in zip(found, wanted, strict=True)
    )
