"""The accounts of the demo: one login per role, a client program, and the colleagues whom the board shows.

The logins' passwords are public, so nothing but a demo may load them. The colleagues cannot log in.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from kfflow.persistence.tables import Account
from kfflow.service.accounts import hash_password
from kfflow.service.context import Context

PASSWORD = "synthetic-demo-1"  # noqa: S105 - public on purpose: the demo's people are synthetic
CLIENT_ID = "worker"
CLIENT_SECRET = "worker-secret-1"  # noqa: S105 - public on purpose, as above

INSTITUTION_GROUPS = (
    "betjent",
    "vagtleder",
    "handleplansansvarlig",
    "sagsbehandler",
    "enhedschef",
    "sundhed",
    "teamleder",
)
ALL_GROUPS = (*INSTITUTION_GROUPS, "omraadekontor", "direktorat", "kif", "procesdesigner", "forurettet")


@dataclass(frozen=True, slots=True)
class Login:
    """An account one can log in to; without institution and area it is national."""

    username: str
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...] = ()
    institution: str | None = None
    area: str | None = None
    kind: str = "person"
    password: str = PASSWORD


LOGINS = (
    Login("sagsbehandler", "Sanne Kjærsgaard", ("caseworker",), ("sagsbehandler", "handleplansansvarlig"), "SDO"),
    Login("betjent", "Bjarne Højlund", ("caseworker",), ("betjent", "vagtleder"), "SDO"),
    Login("omraadekontor", "Oda Vesterskov", ("caseworker",), ("omraadekontor", "forurettet"), area="vest"),
    Login("direktorat", "Ditlev Rosenlund", ("caseworker",), ("direktorat",)),
    Login("teamleder", "Tove Lindegaard", ("supervisor",), INSTITUTION_GROUPS, "SDO"),
    Login("procesdesigner", "Palle Stenbæk", ("designer",), ("procesdesigner",)),
    Login("revisor", "Regitze Åkjær", ("auditor",)),
    Login("administrator", "Asger Damgaard", ("administrator",)),
    Login(
        CLIENT_ID,
        "Klientprogram",
        ("worker", "administrator", "caseworker", "supervisor"),
        ALL_GROUPS,
        kind="client",
        password=CLIENT_SECRET,
    ),
)


def load_accounts(ctx: Context) -> None:
    """Load the logins and the colleagues; accounts that are there already stay as they are."""
    rows = [_login(ctx, login) for login in LOGINS] + [_colleague(ctx, row) for row in _staff()]
    ctx.session.execute(insert(Account).on_conflict_do_nothing(), rows)


@cache
def _hashed(password: str) -> str:
    """Hash once per process: argon2 is slow on purpose, and the logins share one password."""
    return hash_password(password)


def _login(ctx: Context, login: Login) -> dict[str, Any]:
    return {
        "username": login.username,
        "name": login.name,
        "kind": login.kind,
        "password_hash": _hashed(login.password),
        "roles": list(login.roles),
        "groups": list(login.groups),
        "institution_code": login.institution,
        "area": login.area,
        "created_at": ctx.at,
    }


def _staff() -> list[dict[str, str]]:
    source = resources.files("kfflow.demo") / "data" / "staff.csv"
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


def _colleague(ctx: Context, row: dict[str, str]) -> dict[str, Any]:
    return {
        "username": row["username"],
        "name": row["name"],
        "kind": "person",
        "password_hash": None,
        "roles": row["roles"].split(),
        "groups": row["groups"].split(),
        "institution_code": row["institution"] or None,
        "area": row["area"] or None,
        "created_at": ctx.at,
    }
