"""Putting resources in force: everything is checked first, and with one error nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, text

from kfflow.domain.authorization import Permission, permits
from kfflow.domain.law import Validity
from kfflow.engine import dmn
from kfflow.engine.findings import DeploymentRefused, Finding
from kfflow.engine.verdict import Judgement, Verdict
from kfflow.errors import Forbidden, InvalidInput
from kfflow.persistence.tables import (
    DecisionDefinition,
    Deployment,
    Form,
    Letter,
    ProcessDefinition,
    Resource,
    Scenario,
)
from kfflow.persistence.validity import Version
from kfflow.service import (
    access,
    accounts,
    audit,
    deadline_tables,
    definitions,
    duplicates,
    letter_templates,
    overlaps,
    publishing,
    resource_files,
    under_law,
)
from kfflow.service.context import Context

ALWAYS = Validity()

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
    scenarios: list[Scenario] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    """What whoever publishes should know, and what stood in the way of nothing."""

    @property
    def versions(self) -> list[Version]:
        return [*self.processes, *self.decisions, *self.forms, *self.letters, *self.scenarios]

    @property
    def fresh(self) -> int:
        """Give how many of the versions are new."""
        return [version.deployment_key for version in self.versions].count(self.deployment.key)


def lint(ctx: Context, name: str, source: bytes, others: deadline_tables.Files = ()) -> list[Finding]:
    """Give all findings of one resource without storing anything; `others` are to be deployed together with it."""
    return list(judge(ctx, name, source, others).findings)


def judge(ctx: Context, name: str, source: bytes, others: deadline_tables.Files = ()) -> Judgement:
    """Say whether a resource can be deployed, together with others, with all findings, without storing anything."""
    access.require(ctx, Permission.READ_DEFINITION)
    tables = deadline_tables.known(ctx, others)
    held = name in _under_law(ctx, [(name, source), *others])
    beside = letter_templates.in_force(ctx)
    judged = resource_files.judge(name, source, is_under_law=held, beside=beside, find_table=tables)
    missing = list(deadline_tables.missing_rows(ctx, [(name, source)], others))
    findings = (*judged.findings, *missing, *_coming_rows(ctx, name, source))
    return Judgement(Verdict.DRAFT if missing else judged.verdict, findings)


def _coming_rows(ctx: Context, name: str, source: bytes) -> list[Finding]:
    model = dmn.read_decisions(source, name)[0] if resource_files.kind_of(name, source) == "dmn" else None
    return [] if model is None else dmn.coming_rows(model.source, name, definitions.today(ctx).today)


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
    return [(name, source) for name, source in resources if (name, resource_files.digest(source)) not in known]


def _check_all(ctx: Context, resources: Sequence[tuple[str, bytes]]) -> list[resource_files.Checked]:
    findings: list[Finding] = []
    checked: list[resource_files.Checked] = []
    letters = [file for file in resources if resource_files.kind_of(*file) == "letter"]
    beside = letter_templates.after(ctx, letters)
    tried = frozenset(name for name, _ in letters)
    tables = deadline_tables.known(ctx, resources)
    held = _under_law(ctx, resources)
    for name, source in resources:
        try:
            around = resource_files.Around(name in held, beside, tried, tables)
            checked.append(resource_files.check(name, source, around))
        except DeploymentRefused as refused:
            findings.extend(refused.findings)
    findings.extend(duplicates.findings(one for item in checked for one in resource_files.defined(item)))
    findings.extend(deadline_tables.missing_rows(ctx, resources))
    if findings:
        raise DeploymentRefused(findings)
    return checked


def _under_law(ctx: Context, resources: Sequence[tuple[str, bytes]]) -> frozenset[str]:
    small = [file for file in resources if len(file[1]) <= resource_files.MAXIMUM_BYTES]
    diagrams, tables = ([file for file in small if resource_files.kind_of(*file) == kind] for kind in ("bpmn", "dmn"))
    return under_law.among(ctx, diagrams, tables)


def _store(ctx: Context, deployed: Deployed, item: resource_files.Checked, validity: Validity) -> None:
    resource = Resource(
        key=ctx.new_key(),
        deployment_key=deployed.deployment.key,
        name=item.name,
        kind=item.kind,
        source=item.source,
        sha256=item.sha256,
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
    if item.kind == "scenario":
        deployed.scenarios.append(publishing.scenario(ctx, resource, validity))
