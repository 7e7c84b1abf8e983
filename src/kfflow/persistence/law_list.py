"""The changes of law as published, and the batches by which running cases followed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, desc, func, select, union
from sqlalchemy.orm import Session

from kfflow.domain.batches import Totals
from kfflow.persistence import batches
from kfflow.persistence.tables import BatchOperation, Deployment
from kfflow.persistence.validity import KINDS


@dataclass(frozen=True, slots=True)
class Published:
    """A deployment with the law it was published by."""

    key: int
    deployed_at: datetime
    deployed_by: str
    lov: str
    gyldig_fra: date | None
    gyldig_til: date | None
    overgang: str


@dataclass(frozen=True, slots=True)
class Application:
    """A batch by which running cases follow a deployment, and how far it is."""

    key: int
    state: str
    created_at: datetime
    created_by: str
    totals: Totals


def published(session: Session, key: int | None = None) -> list[Published]:
    """Give the deployments that name a law, the newest first; with a key that one alone."""
    parts = [_of_kind(kind) for kind in KINDS]
    chosen = union(*(part if key is None else part.where(Deployment.key == key) for part in parts))
    alike = ("lov", "gyldig_fra", "gyldig_til", "overgang")
    return [Published(*row) for row in session.execute(chosen.order_by(desc("deployed_at"), desc("key"), *alike))]


def _of_kind(kind: str) -> Select[int, datetime, str, str, date | None, date | None, str]:
    table = KINDS[kind]
    return (
        select(
            Deployment.key,
            Deployment.deployed_at,
            Deployment.deployed_by,
            func.coalesce(table.lov, "").label("lov"),
            table.gyldig_fra,
            table.gyldig_til,
            table.overgang,
        )
        .join(table, table.deployment_key == Deployment.key)
        .where(table.lov.is_not(None))
    )


def applications(session: Session, operation: str, deployment_key: int) -> Sequence[Application]:
    """Give the batches of an operation for a deployment, the newest first."""
    chosen = (
        select(BatchOperation)
        .where(
            BatchOperation.operation == operation,
            BatchOperation.arguments["deployment_key"].as_string() == str(deployment_key),
        )
        .order_by(BatchOperation.key.desc())
    )
    return [
        Application(row.key, row.state, row.created_at, row.created_by, batches.totals(session, row.key))
        for row in session.scalars(chosen)
    ]
