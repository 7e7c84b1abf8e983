"""The `kf:deadline` elements of a task or process, judged and compiled: one rule, several by date, or a table."""

from collections.abc import Sequence
from datetime import date

from lxml import etree

from kfflow.domain.almanac import CODES as CALENDARS
from kfflow.domain.deadlines import parse_rule
from kfflow.domain.deadlines.table_rows import KINDS
from kfflow.domain.law import Transition, Unjoined, Validity, days_words, unjoined
from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.model import Node
from kfflow.engine.bpmn.names import line_of
from kfflow.engine.compiler import Compiler
from kfflow.engine.deadlines import DeadlineRules, DeadlineSpec
from kfflow.engine.findings import Severity
from kfflow.errors import FieldProblem, InvalidInput

_ANY_RULE = "1 AD"
_PERIOD = {"gyldigFra": "gyldig_fra", "gyldigTil": "gyldig_til", "overgang": "overgang"}
_SAID_BY_CASE = frozenset({"start", "cutoff", "metBy", "da", "en"})
_ATTRIBUTES = _SAID_BY_CASE | _PERIOD.keys()
_ATTRIBUTES |= {"rule", "until", "hjemmel", "kind", "calendar", "roll", "warnShare", "escalateTo"}
_BESIDE_TABLE = _SAID_BY_CASE | {"table"}
"""What a `kf:deadline` says itself when a table gives its rule: what hangs on the case."""
_ALL_ATTRIBUTES = _ATTRIBUTES | _BESIDE_TABLE


def build_deadlines(node: Node, compiler: Compiler) -> DeadlineRules | None:
    """Compile the `kf:deadline` elements of a node or process; None when it has none."""
    written = ext.all_written(node.xml, "deadline")
    if not written:
        return None
    faults = len(compiler.findings)
    rules = tuple(_build_rule(one, node, compiler) for one in written)
    _judge_sources(written, node, compiler)
    if len(compiler.findings) == faults:
        _judge_periods(list(zip(written, rules, strict=True)), node, compiler)
    overgang = _only(written, "overgang", node, compiler) or Transition.FROM_REFERENCE_DATE
    known = overgang in Transition.__members__
    return DeadlineRules(
        rules,
        Transition(overgang) if known else Transition.FROM_REFERENCE_DATE,
        _only(written, "metBy", node, compiler),
    )


def _build_rule(written: etree._Element, node: Node, compiler: Compiler) -> DeadlineSpec:
    found = {str(name): str(value) for name, value in written.attrib.items()}
    _judge(found, node, compiler)
    return DeadlineSpec(
        rule=compiler.optional(found.get("rule"), node),
        start=compiler.optional(found.get("start"), node),
        until=compiler.optional(found.get("until"), node),
        hjemmel=found.get("hjemmel") or ext.hjemmel(node.xml) or "",
        kind=found.get("kind", "internal"),
        calendar=found.get("calendar", "dk"),
        roll=found.get("roll", "none"),
        cutoff=found.get("cutoff"),
        warn_share=_share(found.get("warnShare", "0.8"), node, compiler),
        escalate_to=found.get("escalateTo"),
        validity=_validity(found, written, node, compiler),
        table=found.get("table"),
        said=(found["da"], found["en"]) if {"da", "en"} <= found.keys() else None,
    )


def _judge(found: dict[str, str], node: Node, compiler: Compiler) -> None:
    """Report what can be told before anything runs; a rule that is an expression shows its value only then."""
    _judge_attributes(found, node, compiler)
    rule, calendar = found.get("rule", ""), found.get("calendar", "dk")
    is_computed = not rule or rule.startswith("=")
    try:
        parse_rule(_ANY_RULE if is_computed else rule, roll=found.get("roll", "none"), cutoff=found.get("cutoff"))
    except InvalidInput as problem:
        for wrong in problem.fields:
            compiler.report(f"deadline-{wrong.field}", node, wrong.message_da, wrong.message_en)
    if calendar not in CALENDARS:
        da, en = f"Kalenderen »{calendar}« findes ikke.", f'There is no calendar "{calendar}".'
        compiler.report("deadline-calendar", node, da, en)


def _judge_attributes(found: dict[str, str], node: Node, compiler: Compiler) -> None:
    """Report what is not known, said twice or not at all, and a kind that is neither of the law nor internal."""
    for unknown in sorted(found.keys() - _ALL_ATTRIBUTES):
        da, en = f"Fristen kender ikke »{unknown}«.", f'The deadline knows no "{unknown}".'
        compiler.report("deadline-attribute", node, da, en)
    if not found.get("table") and bool(found.get("rule")) is bool(found.get("until")):
        da, en = "Fristen har enten rule, until eller table.", "A deadline has a rule, an until or a table."
        compiler.report("deadline-rule", node, da, en)
    if found.get("kind", "internal") not in KINDS:
        da, en = (
            f"»{found['kind']}« er hverken legal eller internal.",
            f'"{found["kind"]}" is neither legal nor internal.',
        )
        compiler.report("deadline-kind", node, da, en)


def _judge_sources(written: Sequence[etree._Element], node: Node, compiler: Compiler) -> None:
    """Refuse a table beside another source of the same deadline, by name, and one that is computed."""
    for one in (one for one in written if one.get("table")):
        others = sorted({str(name) for name in one.attrib} & (_ATTRIBUTES - _BESIDE_TABLE))
        if others or len(written) > 1:
            beside = ", ".join(others) or "kf:deadline"
            da = f"Fristen for {node.id} står i tabellen {one.get('table')} og siger også selv: {beside}."
            en = f"The deadline of {node.id} stands in the table {one.get('table')} and says itself, too: {beside}."
            compiler.report("deadline-sources", node, da, en, line=line_of(one))
        if str(one.get("table")).startswith("="):
            da = f"Fristen for {node.id}: table er navnet på en beslutning, ikke et udtryk."
            en = f"The deadline of {node.id}: table is the name of a decision, no expression."
            compiler.report("deadline-table", node, da, en, line=line_of(one))


def _share(text: str, node: Node, compiler: Compiler) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        compiler.report(
            "deadline-warn-share",
            node,
            f"Varslingsandelen {text!r} skal være et tal mellem 0 og 1.",
            f"The warning share {text!r} must be a number between 0 and 1.",
        )
        return 0.8
    return share


# ------------------------------------------------------------------ periods


def _validity(found: dict[str, str], written: etree._Element, node: Node, compiler: Compiler) -> Validity:
    """Read a rule's period; `overgang` is said of all rules of the element together."""
    try:
        read = Validity.read(**{name: found.get(attribute) for attribute, name in _PERIOD.items()})
    except InvalidInput as problem:
        _report_fields(problem.fields, written, node, compiler)
        return Validity()
    period = Validity(read.gyldig_fra, read.gyldig_til)
    _report_fields(period.problems(), written, node, compiler)
    if period != Validity() and not found.get("hjemmel"):
        da = f"Fristen for {node.id} gælder en tid og skal sige efter hvilken hjemmel."
        en = f"The deadline of {node.id} is in force for a time and must say on which legal basis (hjemmel)."
        compiler.report("deadline-period-hjemmel", node, da, en, line=line_of(written))
    return period


def _report_fields(problems: Sequence[FieldProblem], written: etree._Element, node: Node, compiler: Compiler) -> None:
    attributes = {name: attribute for attribute, name in _PERIOD.items()}
    for wrong in problems:
        field = attributes[wrong.field]
        da, en = f"Fristen for {node.id}, {field}: {wrong.message_da}", f"{node.id}, {field}: {wrong.message_en}"
        compiler.report("deadline-period", node, da, en, line=line_of(written))


def _judge_periods(rules: list[tuple[etree._Element, DeadlineSpec]], node: Node, compiler: Compiler) -> None:
    """Refuse periods that overlap or leave a gap; warn of days before the first or after the last."""
    lines = {id(rule.validity): line_of(written) for written, rule in rules}
    for break_ in unjoined([rule.validity for _, rule in rules]):
        da, en = _break_words(break_, node)
        compiler.report("deadline-periods", node, da, en, line=lines[id(break_.later)])
    first, last = (min(rules, key=_begin), max(rules, key=_begin))
    if day := first[1].validity.gyldig_fra:
        da, en = f"Før {day} har {node.id} ingen frist.", f"Before {day} {node.id} has no deadline."
        _warn(node, compiler, da, en, line_of(first[0]))
    if day := last[1].validity.gyldig_til:
        da, en = f"Fra {day} har {node.id} ingen frist.", f"From {day} on {node.id} has no deadline."
        _warn(node, compiler, da, en, line_of(last[0]))


def _begin(rule: tuple[etree._Element, DeadlineSpec]) -> date:
    return rule[1].validity.gyldig_fra or date.min


def _warn(node: Node, compiler: Compiler, da: str, en: str, line: int) -> None:
    compiler.report("deadline-uncovered", node, da, en, severity=Severity.WARNING, line=line)


def _break_words(found: Unjoined, node: Node) -> tuple[str, str]:
    da, en = days_words(found.first, found.until)
    if found.is_gap:
        return f"Ingen frist for {node.id} gælder {da}.", f"No deadline of {node.id} is in force {en}."
    return f"To frister for {node.id} gælder {da}.", f"Two deadlines of {node.id} are in force {en}."


def _only(written: list[etree._Element], attribute: str, node: Node, compiler: Compiler) -> str | None:
    """Give what the rules say of all of them together; reports when two say different things."""
    said = dict.fromkeys(value for one in written if (value := one.get(attribute)))
    if len(said) > 1:
        both = ", ".join(said)
        da, en = f"Fristerne for {node.id} siger hver sit om {attribute}", f"The deadlines of {node.id} differ about"
        compiler.report("deadline-periods", node, f"{da}: {both}.", f"{en} {attribute}: {both}.")
    return next(iter(said), None)
