"""What is deployed: resources, process definitions, decisions, forms, letters, scenarios, and designers' drafts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.domain.law import Transition
from kfflow.persistence.tables.row import EMPTY_LIST, Row


class Deployment(Row):
    """Resources that were put in force together."""

    __tablename__ = "deployment"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None]
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str]


class Resource(Row):
    """One file of a deployment, byte for byte; `kind` is bpmn, dmn, form, letter, scenario or file."""

    __tablename__ = "resource"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    source: Mapped[bytes]
    sha256: Mapped[str]


class ByLaw:
    """From when a version is in force, by which law, and which day decides for a case; see `domain.law`."""

    version: Mapped[int]
    gyldig_fra: Mapped[date | None]
    gyldig_til: Mapped[date | None]
    lov: Mapped[str | None]
    overgang: Mapped[str] = mapped_column(server_default=Transition.FROM_REFERENCE_DATE)


def _ends_after_it_begins() -> CheckConstraint:
    return CheckConstraint("gyldig_til > gyldig_fra", "ends_after_it_begins")


class ProcessDefinition(ByLaw, Row):
    """A process in one version."""

    __tablename__ = "process_definition"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_id: Mapped[str]
    version_tag: Mapped[str | None]
    name: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    resource_name: Mapped[str]
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    start_form_id: Mapped[str | None]
    hjemmel: Mapped[str | None]
    task_names: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    """What the tasks of people are called in it, for searching by words."""

    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("process_id", "version"), _ends_after_it_begins())


class DecisionDefinition(ByLaw, Row):
    """A decision in one version."""

    __tablename__ = "decision_definition"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    decision_id: Mapped[str]
    name: Mapped[str]
    drg_id: Mapped[str]
    drg_name: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    resource_name: Mapped[str]
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("decision_id", "version"), _ends_after_it_begins())


class Form(ByLaw, Row):
    """A form-js form in one version."""

    __tablename__ = "form"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form_id: Mapped[str]
    title: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    schema: Mapped[dict[str, Any]]
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("form_id", "version"), _ends_after_it_begins())


class Letter(ByLaw, Row):
    """A letter template in one version, or a part that several templates import."""

    __tablename__ = "letter"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    letter_id: Mapped[str]
    title: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("letter_id", "version"), _ends_after_it_begins())


class Scenario(ByLaw, Row):
    """A scenario of a process in one version: what is tried, from the day on from which it holds."""

    __tablename__ = "scenario"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scenario_id: Mapped[str]
    process_id: Mapped[str]
    title: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("scenario_id", "version"), _ends_after_it_begins())


class Draft(Row):
    """A designer's unfinished resource; `revision` guards against overwriting a colleague."""

    __tablename__ = "draft"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    resource_name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    source: Mapped[str]
    revision: Mapped[int]
    based_on_version: Mapped[int | None]
    trial: Mapped[dict[str, Any] | None]
    """How the scenarios fared on this revision (`service.trial_results`); saving forgets it."""

    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
