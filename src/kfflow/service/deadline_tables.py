"""Decision tables that give deadlines: which a diagram may name, and which rows of a new one diagrams still need."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePath

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from kfflow.engine import FindTable, dmn
from kfflow.engine.findings import Finding, Severity
from kfflow.persistence import validity
from kfflow.persistence.tables import DecisionDefinition, ProcessDefinition, ProcessInstance
from kfflow.service import definitions
from kfflow.service.context import Context

Files = Sequence[tuple[str, bytes]]


def among(files: Files) -> FindTable:
    """Find a decision among the tables of some files, which are read when the first one is asked for."""
    models: list[dmn.DecisionModel] = []
    unread = [file for file in files if PurePath(file[0]).suffix == ".dmn"]

    def find(decision_id: str) -> dmn.DecisionModel | None:
        while unread:
            model, _ = dmn.read_decisions(unread[-1][1], unread.pop()[0])
            if model is not None:
                models.append(model)
        return next((model for model in models if decision_id in model.decisions), None)

    return find


def known(ctx: Context, files: Files = ()) -> FindTable:
    """Find a decision among the tables of some files, else the newest that is deployed."""
    beside = among(files)

    def find(decision_id: str) -> dmn.DecisionModel | None:
        return beside(decision_id) or _deployed(ctx, decision_id)

    return find


def _deployed(ctx: Context, decision_id: str) -> dmn.DecisionModel | None:
    latest = validity.latest(ctx.session, DecisionDefinition, decision_id)
    return None if latest is None else definitions.decision_model(ctx, definitions.decision(ctx, latest.key))


def missing_rows(ctx: Context, files: Files, others: Files = ()) -> Iterator[Finding]:
    """Find the elements of deployed diagrams whose deadline stands in a table of the files that has no row for them.

    Those are the newest versions, but for a diagram that is deployed anew with the files or others and so judged
    itself, and the older ones that cases still run on.
    """
    given = {name for name, _ in (*files, *others)}
    tables = [file for file in files if PurePath(file[0]).suffix == ".dmn"]
    models = [model for name, source in tables if (model := dmn.read_decisions(source, name)[0]) is not None]
    of_deadlines = {d: model for model in models for d in model.decisions if dmn.gives_deadlines(model.source, d)}
    if not of_deadlines:
        return
    for version in (*_newest(ctx, given), *_followed(ctx)):
        yield from _missing(ctx, version, of_deadlines)


def _missing(ctx: Context, version: ProcessDefinition, models: dict[str, dmn.DecisionModel]) -> Iterator[Finding]:
    for use in definitions.compiled(ctx, version.key).deadline_uses:
        model = models.get(use.table)
        if model is not None and not dmn.has_row(model.source, use):
            yield Finding(
                "dmn-deadline-row-missing",
                Severity.ERROR,
                f"{use.table} har ingen række for {use.element_id} i {use.process_id}, som henter sin frist der.",
                f"{use.table} has no row for {use.element_id} in {use.process_id}, which takes its deadline from it.",
                use.table,
                model.decisions[use.table].name,
                model.decisions[use.table].line,
                resource=model.resource,
            )


def _newest(ctx: Context, given: AbstractSet[str]) -> list[ProcessDefinition]:
    newest = select(ProcessDefinition).where(~_is_outdone())
    return [version for version in ctx.session.scalars(newest) if version.resource_name not in given]


def _followed(ctx: Context) -> list[ProcessDefinition]:
    """Give the older versions that cases run on."""
    running = select(ProcessInstance.definition_key).where(ProcessInstance.state == "ACTIVE").distinct()
    older = select(ProcessDefinition).where(ProcessDefinition.key.in_(running), _is_outdone())
    return list(ctx.session.scalars(older))


def _is_outdone() -> ColumnElement[bool]:
    newer = aliased(ProcessDefinition)
    is_newer = newer.version > ProcessDefinition.version
    return exists().where(newer.process_id == ProcessDefinition.process_id, is_newer)
