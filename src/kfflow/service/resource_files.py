"""One file as a designer gives it: what kind it is, whether it can be put in force, and what it defines."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import orjson

from kfflow import engine
from kfflow.domain import forms as domain_forms
from kfflow.engine import FindTable, dmn
from kfflow.engine.findings import DeploymentRefused, Finding, Severity
from kfflow.engine.verdict import Judgement, Verdict, verdict_of
from kfflow.service import form_findings, letter_templates, publishing, scenario_files
from kfflow.service.duplicates import Defined

MAXIMUM_BYTES = 5 * 1024 * 1024
KINDS = {
    ".bpmn": "bpmn",
    ".xml": "bpmn",
    ".bpmn20.xml": "bpmn",
    ".dmn": "dmn",
    ".form": "form",
    ".json": "form",
    ".typ": "letter",
    ".yaml": "scenario",
}


@dataclass(slots=True)
class Checked:
    """A file and what it was compiled to."""

    name: str
    source: bytes
    kind: str
    processes: tuple[engine.Definition, ...] = ()
    decisions: dmn.DecisionModel | None = None
    form: domain_forms.Form | None = None

    @property
    def sha256(self) -> str:
        return digest(self.source)


@dataclass(frozen=True, slots=True)
class Around:
    """What a file is held to: the law, the letters beside it, which of these are tried, the tables it may name."""

    is_under_law: bool
    letters: Mapping[str, bytes]
    tried: frozenset[str]
    find_table: FindTable


def kind_of(name: str, source: bytes) -> str:
    """Tell bpmn, dmn, form, letter, scenario or file by the name's ending; an .xml is told by its content."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".xml" and b"/spec/DMN/" in source[:4096]:
        return "dmn"
    return KINDS.get(suffix, "file")


def judge(
    name: str,
    source: bytes,
    *,
    is_under_law: bool = False,
    beside: Mapping[str, bytes] | None = None,
    find_table: FindTable | None = None,
) -> Judgement:
    """Say whether one file can be deployed; one `is_under_law` when it names a legal basis, or the caller knows it.

    `beside` are the letter templates and parts that a letter may import, `find_table` finds the tables that a
    deadline may name; without it they are not looked at.
    """
    match kind_of(name, source):
        case "bpmn":
            return engine.judge(source, name, under_law=is_under_law, find_table=find_table)
        case "dmn":
            findings = dmn.lint_decisions(source, name, under_law=is_under_law)
        case "form":
            findings = form_findings.of_form(name, source)
        case "letter":
            findings = letter_templates.findings(name, source, beside or {})
        case "scenario":
            findings = scenario_files.findings(name, source)
        case _:
            return Judgement(Verdict.REFUSED, (_unknown_kind(name),))
    return Judgement(verdict_of(findings), tuple(findings))


def digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def check(name: str, source: bytes, around: Around) -> Checked:
    """Compile one file as far as its kind can be; raises DeploymentRefused with all that is wrong with it."""
    if len(source) > MAXIMUM_BYTES:
        raise DeploymentRefused([_too_large(name)])
    checked = Checked(name, source, kind_of(name, source))
    held, tables = around.is_under_law, around.find_table
    match checked.kind:
        case "bpmn":
            checked.processes = engine.compile_new(source, name, under_law=held, find_table=tables)
        case "dmn":
            checked.decisions = dmn.compile_decisions(source, name, under_law=held)
        case "form":
            _refuse(form_findings.of_form(name, source))
            checked.form = domain_forms.parse_form(source.decode(), PurePath(name).stem)
        case "letter":
            _refuse(letter_templates.findings(name, source, around.letters, around.tried))
        case "scenario":
            _refuse(scenario_files.findings(name, source))
        case _:
            _refuse([_unknown_kind(name)])
    return checked


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise DeploymentRefused(findings)


def defined(item: Checked) -> Iterator[Defined]:
    """Give what a file defines, by the ids it is found by."""
    for process in item.processes:
        yield Defined("process", process.process_id, item.name)
    for decision_id in item.decisions.decisions if item.decisions else ():
        yield Defined("decision", decision_id, item.name)
    if item.form is not None:
        yield Defined("form", publishing.form_id_of(item.name, orjson.loads(item.source)), item.name)
    if item.kind == "letter":
        yield Defined("letter", PurePath(item.name).stem, item.name)


def _unknown_kind(name: str) -> Finding:
    return _error(
        name,
        "resource-kind",
        "filtypen kendes ikke. Brug .bpmn, .dmn, .form, .typ eller .yaml.",
        "unknown kind of file. Use .bpmn, .dmn, .form, .typ or .yaml.",
    )


def _too_large(name: str) -> Finding:
    return _error(name, "resource-size", "filen er større end 5 MB.", "the file is larger than 5 MB.")


def _error(name: str, rule: str, da: str, en: str) -> Finding:
    return Finding(rule, Severity.ERROR, f"{name}: {da}", f"{name}: {en}", resource=name)
