"""Timers: that their time can be read and ever comes, and what they say of rounds that were missed (`kf:timer`)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from kfflow import feel
from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, must, say, title
from kfflow.engine.bpmn.model import EVENTS, Diagram, EventDefinition, Node
from kfflow.engine.bpmn.names import local_name
from kfflow.engine.expressions import compile_text
from kfflow.engine.findings import Finding
from kfflow.engine.rounds import Policy
from kfflow.engine.timing import InvalidTime, is_exact_duration, parse_cycle, parse_duration, parse_instant

_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_SAID = ("catchUp", "lateAfter")
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        timed = [d for d in node.events if d.kind == "timer"] if node.type in EVENTS else []
        for definition in timed:
            yield from _time(diagram, node, definition)
        said = ext.kf_attributes(node.xml, "timer")
        if said:
            yield from _catch_up(diagram, node, said, timed)


def _time(diagram: Diagram, node: Node, definition: EventDefinition) -> Iterator[Finding]:
    times = [c for c in definition.xml.iterchildren() if local_name(c.tag) in _TIMES]
    filled = [c for c in times if (c.text or "").strip()]
    if not filled:
        yield say(
            diagram, "timer-missing", must(node), node,
            f"{title(node)} siger ikke hvornår.", f"{title(node)} does not say when.",
            "give a date, a duration or a cycle",
        )  # fmt: skip
    if len(times) > 1:
        yield say(
            diagram, "timer-several", WARNING, node,
            f"{title(node)} har mere end ét tidspunkt.", f"{title(node)} has more than one time.",
        )  # fmt: skip
    for child in filled[:1]:
        problem = _problem(_TIMES[local_name(child.tag)], (child.text or "").strip())
        if problem is not None:
            yield say(
                diagram, "timer-invalid", must(node), node,
                f"{title(node)} har en tid, der ikke kan læses: {problem!r}.",
                f"{title(node)} has a time that cannot be read: {problem!r}.",
            )  # fmt: skip


def _problem(form: str, text: str) -> str | None:
    """Give what is wrong with a literal time; None for FEEL and for what can be read and comes due."""
    try:
        expression = compile_text(text)
    except feel.FeelSyntaxError:
        return None
    if not expression.is_literal:
        return None
    try:
        if form == "date":
            parse_instant(text, "UTC")
        elif form == "duration":
            parse_duration(text)
        else:
            parse_cycle(text).first(_ANY_DAY, "UTC")
    except (InvalidTime, ValueError):
        return text
    return None


def _catch_up(diagram: Diagram, node: Node, said: dict[str, str], timed: list[EventDefinition]) -> Iterator[Finding]:
    for wrong_da, wrong_en in _wrong(said):
        yield say(
            diagram, "catch-up-invalid", ERROR, node,
            f"{title(node)}: kf:timer {wrong_da}", f"{title(node)}: kf:timer {wrong_en}",
        )  # fmt: skip
    if not timed:
        yield say(
            diagram, "catch-up-without-timer", WARNING, node,
            f"{title(node)} har kf:timer, men ingen timer.", f"{title(node)} has kf:timer but no timer.",
        )  # fmt: skip
    if said.get("catchUp") == Policy.SKIP and timed and _would_wait_for_ever(node, timed):
        yield say(
            diagram, "catch-up-strands", ERROR, node,
            f"{title(node)} må ikke springes over (skip): sagen ville vente for altid.",
            f"{title(node)} must not be skipped: the case would wait for ever.",
            "use once or all",
        )  # fmt: skip


def _wrong(said: dict[str, str]) -> Iterator[tuple[str, str]]:
    policies = ", ".join(Policy)
    if said.get("catchUp", Policy.ONCE) not in tuple(Policy):
        yield (
            f"catchUp={said['catchUp']!r} er ikke en af {policies}.",
            f"catchUp={said['catchUp']!r} is not {policies}.",
        )
    if not is_exact_duration(said.get("lateAfter", "PT0S")):
        yield (
            f"lateAfter={said['lateAfter']!r} er ikke en varighed uden måneder som PT5M.",
            f"lateAfter={said['lateAfter']!r} is no duration without months such as PT5M.",
        )
    for unknown in sorted(set(said) - set(_SAID)):
        yield f"kender ikke {unknown}.", f"does not know {unknown}."


def _would_wait_for_ever(node: Node, timed: list[EventDefinition]) -> bool:
    """Tell whether a token waits at this event for a time that comes once."""
    forms = {_TIMES.get(local_name(c.tag)) for definition in timed for c in definition.xml.iterchildren()}
    return node.type == "intermediateCatchEvent" and not forms & {"cycle"}
