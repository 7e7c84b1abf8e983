"""Who and where: institutions, units, accounts, browser sessions, persons, and who is appointed for them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import EMPTY_LIST, EMPTY_OBJECT, Row


class Institution(Row):
    """A prison, local prison or probation office; `area` is the kriminalforsorgsområde (`oest`, `vest`)."""

    __tablename__ = "institution"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    area: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")


class Unit(Row):
    """A unit (afdeling) of an institution with its regime and places."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(primary_key=True)
    institution_code: Mapped[str] = mapped_column(ForeignKey("institution.code"), index=True)
    name: Mapped[str]
    regime: Mapped[str]
    places: Mapped[int]


class Account(Row):
    """A person or a client program that may log in; scope is one institution, one area, or national (both null)."""

    __tablename__ = "account"
    username: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="person")  # person | client
    password_hash: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    groups: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    area: Mapped[str | None]
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    language: Mapped[str] = mapped_column(server_default="da")
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    active: Mapped[bool] = mapped_column(server_default="true")
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    failed_logins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class LoginSession(Row):
    """A browser's login, kept on the server; the cookie holds the secret whose SHA-256 is `id_hash`."""

    __tablename__ = "login_session"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("account.username"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Person(Row):
    """An inmate or client. Only synthetic people: `person_number` can never be a CPR number."""

    __tablename__ = "person"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    born_on: Mapped[date | None]
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"), index=True)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    admitted_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    source_version: Mapped[int | None]  # of the client system's data
    fetched_at: Mapped[datetime | None]
    synthetic: Mapped[bool] = mapped_column(server_default="true")
    __table_args__ = (
        Index("ix_person_grams", text("grams(name)"), text("grams(person_number)"), postgresql_using="gin"),
    )


class Appointment(Row):
    """Who of a group is responsible for a person, until somebody else is; `excluded` were named as conflicted.

    The person stands there by number: a case can be about somebody of whom kfflow has no row.
    """

    __tablename__ = "appointment"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_number: Mapped[str]
    group_name: Mapped[str]
    username: Mapped[str] = mapped_column(ForeignKey("account.username"))
    excluded: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    appointed_at: Mapped[datetime]
    appointed_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_appointment_held", "person_number", "group_name", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_appointment_username", "username", postgresql_where=text("ended_at IS NULL")),
    )
