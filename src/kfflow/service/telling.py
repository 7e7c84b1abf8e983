"""How messages tell who did something and when: by the person's name, in the installation's own time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kfflow.persistence.tables import Account
from kfflow.service.context import Context


def name_of(ctx: Context, username: str | None) -> str:
    """Give the name of an account; a user name that has none stands for itself, none at all for the system."""
    if username is None:
        return ctx.choose("systemet", "the system")
    account = ctx.session.get(Account, username)
    return account.name if account else username


def moments(ctx: Context, at: datetime) -> tuple[str, str]:
    """Give an instant in words, in Danish and English: `24.11.2026 kl. 09.00`, `24.11.2026 at 09.00`."""
    shown = at.astimezone(ZoneInfo(ctx.zone))
    return f"{shown:%d.%m.%Y} kl. {shown:%H.%M}", f"{shown:%d.%m.%Y} at {shown:%H.%M}"
