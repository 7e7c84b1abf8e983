"""Attempts: something that may fail without taking the command down, undone alone when it does."""

from collections.abc import Callable

import structlog
from psycopg import OperationalError as DriverError
from sqlalchemy.exc import OperationalError

from kfflow.errors import KfflowError, Unavailable
from kfflow.service.context import Context

log = structlog.get_logger(__name__)
Told = tuple[str, str]


def attempt(ctx: Context, act: Callable[[], None]) -> Told | None:
    """Act; when it fails everything it did is undone, and what went wrong is told in Danish and English.

    A database that does not answer fails the whole command, which may be tried again.
    """
    ctx.flush()
    savepoint = ctx.session.begin_nested()
    try:
        act()
        ctx.flush()
    except (Unavailable, OperationalError, DriverError):
        raise
    except Exception as problem:
        log.exception("attempt_failed")
        ctx.writes.forget()
        savepoint.rollback()
        return words_of(problem)
    savepoint.commit()
    return None


def words_of(problem: Exception) -> Told:
    """Give what went wrong in Danish and English; of a fault in kfflow its kind and text."""
    if isinstance(problem, KfflowError):
        return problem.message_da, problem.message_en
    told = f"{type(problem).__name__}: {problem}"
    return told, told
