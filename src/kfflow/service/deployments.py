"""Putting resources in force: everything is checked first, and with one error nothing is stored."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import orjson
from sqlalchemy import select, text

from kfflow import engine
from kfflow.domain import forms as domain_forms
from kfflow.domain.authorization import Permission, permits
from kfflow.domain.law import Validity
from kfflow.engine import FindTable, dmn
from kfflow.engine.findings import DeploymentRefused, Finding, Severity
from kfflow.engine.verdict import Judgement, Verdict, verdict_of
from kfflow.errors import Forbidden, InvalidInput
from kfflow.persistence.tables import (
    DecisionDefinition,
    Deployment,
    Form,
    Letter,
    ProcessDefinition,
    Resource,
)
from kfflow.persistence.validity import Version
from kfflow.service import (
    access,
    accounts,
    audit,
    deadline_tables,
    definitions,
    duplicates,
    form_findings,
    letter_templates,
    overlaps,
    publishing,
    scenario_files,
    under_law,
)
from kfflow.service.context import Context
from kfflow.service.duplicates import Defined

ALWAYS = Validity()
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

# Two deployments at once would otherwise number the same version.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7015001)")


@dataclass(slots=True)
class Deployed:
    """What one deployment put in force; a resource equal to the latest version stays that version."""

    deployment: Deployment
    processes: list[ProcessDefinition] = field(default_factory=list)
    decisions: list[DecisionDefinition] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    """What whoever publishes should know, and what stood in the way of nothing."""

    @property
    def versions(self) -> list[Version]:
        return [*self.processes, *self.decisions, *self.forms, *self.letters]

    @property
    def fresh(self) -> int:
        """Give how many of the versions are new."""
        return [version.deployment_key for version in self.versions].count(self.deployment.key)


@dataclass(slots=True)
class _Checked:
    name: str
    source: bytes
    kind: str
    processes: tuple[engine.Definition, ...] = ()
    decisions: dmn.DecisionModel | None = None
    form: domain_forms.Form | None = None


def kind_of(name: str, source: bytes) -> str:
    """Tell bpmn, dmn, form, letter, scenario or file by the name's ending; an .xml is told by its content."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".xml" and b"/spec/DMN/" in source[:4096]:
        return "dmn"
    return KINDS.get(suffix, "file")


def lint(ctx: Context, name: str, source: bytes, others: deadline_tables.Files = ()) -> list[Finding]:
    """Give all findings of one resource without storing anything; `others` are to be deployed together with it."""
    return list(judge(ctx, name, source, others).findings)


def judge(ctx: Context, name: str, source: bytes, others: deadline_tables.Files = ()) -> Judgement:
    """Say whether a resource can be deployed, together with others, with all findings, without storing anything."""
    access.require(ctx, Permission.READ_DEFINITION)
    tables = deadline_tables.known(ctx, others)
    held = name in _under_law(ctx, [(name, source), *others])
    judged = judge_file(name, source, is_under_law=held, beside=letter_templates.in_force(ctx), find_table=tables)
    missing = list(deadline_tables.missing_rows(ctx, [(name, source)], others))
    findings = (*judged.findings, *missing, *_coming_rows(ctx, name, source))
    return Judgement(Verdict.DRAFT if missing else judged.verdict, findings)


def _coming_rows(ctx: Context, name: str, source: bytes) -> list[Finding]:
    model = dmn.read_decisions(source, name)[0] if kind_of(name, source) == "dmn" else None
    return [] if model is None else dmn.coming_rows(model.source, name, definitions.today(ctx).today)


def judge_file(
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


def _unknown_kind(name: str) -> Finding:
    return Finding(
        rule="resource-kind",
        severity=Severity.ERROR,
        message_da=f"{name}: filtypen kendes ikke. Brug .bpmn, .dmn, .form, .typ eller .yaml.",
        message_en=f"{name}: unknown kind of file. Use .bpmn, .dmn, .form, .typ or .yaml.",
        resource=name,
    )


def deploy(
    ctx: Context,
    resources: Sequence[tuple[str, bytes]],
    *,
    name: str | None = None,
    validity: Validity = ALWAYS,
    gives_way: bool = False,
) -> Deployed:
    """Put files in force that come from elsewhere, as `put_in_force` does.

    Raises Forbidden for those who may draw them, too: theirs are published as drafts, by a colleague.
    """
    access.require(ctx, Permission.DEPLOY)
    if not (ctx.publish_alone or ctx.actor == accounts.SYSTEM) and permits(ctx.actor, Permission.EDIT_DRAFT):
        raise Forbidden(
            "Den, der kan tegne processer, sætter ikke filer i drift alene (fire øjne). "
            "Læg dem op som kladder, og lad en kollega udgive dem.",
            "Whoever may draw processes puts no files in operation alone (four eyes). "
            "Upload them as drafts and let a colleague publish them.",
        )
    return put_in_force(ctx, resources, name=name, validity=validity, gives_way=gives_way)


def put_in_force(
    ctx: Context,
    resources: Sequence[tuple[str, bytes]],
    *,
    name: str | None = None,
    validity: Validity = ALWAYS,
    gives_way: bool = False,
) -> Deployed:
    """Check all resources, then put them in force together, from the day and by the rule that `validity` says.

    Whoever calls has judged who may. Raises DeploymentRefused with every finding of every resource, or InvalidInput
    when there is nothing to deploy, the validity contradicts itself, its end leaves running cases without a version,
    or its period reaches over one that is announced; with `gives_way` it ends there instead.
    """
    if not resources:
        raise InvalidInput("Vælg mindst én fil.", "Choose at least one file.")
    publishing.require_coherent(validity)
    checked = _check_all(ctx, resources)
    ctx.session.execute(_ONE_AT_A_TIME)
    deployment = Deployment(key=ctx.new_key(), name=name, deployed_at=ctx.at, deployed_by=ctx.actor.username)
    ctx.session.add(deployment)
    ctx.session.flush()
    deployed = Deployed(deployment)
    for item in checked:
        _store(ctx, deployed, item, validity)
    ctx.session.flush()
    judge_overlaps = overlaps.end_before if gives_way else overlaps.refuse
    judge_overlaps(ctx, [version for version in deployed.versions if version.deployment_key == deployment.key])
    publishing.require_no_gap(ctx, deployed.versions)
    data = {"resources": [n for n, _ in resources], "lov": validity.lov, "overgang": validity.overgang}
    audit.record(ctx, "designer:deployment:create", str(deployment.key), data=data)
    return deployed


def never_deployed(ctx: Context, resources: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Give the resources that were never deployed as they are; what a designer has changed since stays changed."""
    names = [name for name, _ in resources]
    rows = ctx.session.execute(select(Resource.name, Resource.sha256).where(Resource.name.in_(names)))
    known = {(name, digest) for name, digest in rows}
    return [(name, source) for name, source in resources if (name, _digest(source)) not in known]


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def _check_all(ctx: Context, resources: Sequence[tuple[str, bytes]]) -> list[_Checked]:
    findings: list[Finding] = []
    checked: list[_Checked] = []
    letters = [file for file in resources if kind_of(*file) == "letter"]
    beside = letter_templates.after(ctx, letters)
    tried = frozenset(name for name, _ in letters)
    tables = deadline_tables.known(ctx, resources)
    held = _under_law(ctx, resources)
    for name, source in resources:
        try:
            checked.append(_check(name, source, _Around(name in held, beside, tried, tables)))
        except DeploymentRefused as refused:
            findings.extend(refused.findings)
    findings.extend(duplicates.findings(one for item in checked for one in _defined(item)))
    findings.extend(deadline_tables.missing_rows(ctx, resources))
    if findings:
        raise DeploymentRefused(findings)
    return checked


def _defined(item: _Checked) -> Iterator[Defined]:
    """Give what a file defines, by the ids it is found by."""
    for process in item.processes:
        yield Defined("process", process.process_id, item.name)
    for decision_id in item.decisions.decisions if item.decisions else ():
        yield Defined("decision", decision_id, item.name)
    if item.form is not None:
        yield Defined("form", publishing.form_id_of(item.name, orjson.loads(item.source)), item.name)
    if item.kind == "letter":
        yield Defined("letter", PurePath(item.name).stem, item.name)


def _under_law(ctx: Context, resources: Sequence[tuple[str, bytes]]) -> frozenset[str]:
    small = [file for file in resources if len(file[1]) <= MAXIMUM_BYTES]
    diagrams, tables = ([file for file in small if kind_of(*file) == kind] for kind in ("bpmn", "dmn"))
    return under_law.among(ctx, diagrams, tables)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a file is held to: the law, the letters beside it, which of these are tried, the tables it may name."""

    is_under_law: bool
    letters: Mapping[str, bytes]
    tried: frozenset[str]
    find_table: FindTable


def _check(name: str, source: bytes, around: _Around) -> _Checked:
    if len(source) > MAXIMUM_BYTES:
        raise DeploymentRefused([_too_large(name)])
    match kind_of(name, source):
        case "bpmn":
            held, tables = around.is_under_law, around.find_table
            made = engine.compile_new(source, name, under_law=held, find_table=tables)
            return _Checked(name, source, "bpmn", processes=made)
        case "dmn":
            return _Checked(
                name, source, "dmn", decisions=dmn.compile_decisions(source, name, under_law=around.is_under_law)
            )
        case "form":
            found = form_findings.of_form(name, source)
            if found:
                raise DeploymentRefused(found)
            form = domain_forms.parse_form(source.decode(), PurePath(name).stem)
            return _Checked(name, source, "form", form=form)
        case "letter":
            found = letter_templates.findings(name, source, around.letters, around.tried)
            if found:
                raise DeploymentRefused(found)
            return _Checked(name, source, "letter")
        case "scenario":
            found = scenario_files.findings(name, source)
            if found:
                raise DeploymentRefused(found)
            return _Checked(name, source, "scenario")
        case _:
            raise DeploymentRefused([_unknown_kind(name)])


def _too_large(name: str) -> Finding:
    return Finding(
        rule="resource-size",
        severity=Severity.ERROR,
        message_da=f"{name}: filen er større end 5 MB.",
        message_en=f"{name}: the file is larger than 5 MB.",
        resource=name,
    )


def _store(ctx: Context, deployed: Deployed, item: _Checked, validity: Validity) -> None:
    resource = Resource(
        key=ctx.new_key(),
        deployment_key=deployed.deployment.key,
        name=item.name,
        kind=item.kind,
        source=item.source,
        sha256=_digest(item.source),
    )
    ctx.session.add(resource)
    ctx.session.flush()
    for process in item.processes:
        deployed.processes.append(publishing.process(ctx, resource, process, validity))
    if item.decisions is not None:
        deployed.decisions.extend(publishing.decisions(ctx, resource, item.decisions, validity))
        deployed.remarks.extend(dmn.coming_rows(item.decisions.source, item.name, definitions.today(ctx).today))
    if item.form is not None:
        deployed.forms.append(publishing.form(ctx, resource, validity))
    if item.kind == "letter":
        deployed.letters.append(publishing.letter(ctx, resource, validity))
