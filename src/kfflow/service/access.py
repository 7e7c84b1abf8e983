"""Who may do what to what: the domain's rules, applied to rows."""

from kfflow.domain import authorization
from kfflow.domain.authorization import Permission
from kfflow.errors import Forbidden, NotFound
from kfflow.service.context import Context


def require(ctx: Context, permission: Permission) -> None:
    """Raise Forbidden unless one of the actor's roles carries the permission."""
    if not authorization.permits(ctx.actor, permission):
        da, en = authorization.words(permission)
        raise Forbidden(f"Din rolle giver ikke adgang til at {da}.", f"Your role does not permit you to {en}.")


def require_sight(ctx: Context, institution_code: str | None, area: str | None, what: str) -> None:
    """Raise NotFound, as if it did not exist, when the actor may not know of another institution's case."""
    if not authorization.may_see(ctx.actor, institution_code, area):
        raise not_found(what)


_IN_ENGLISH = {
    "Diagrammet": "The diagram",
    "Elementinstans": "Element instance",
    "Formular": "Form",
    "Frist": "Deadline",
    "Hændelse": "Incident",
    "Kald": "Call",
    "Kladden": "Draft",
    "Kontoen": "Account",
    "Opgave": "Task",
    "Procesinstans": "Process instance",
    "Processen": "Process",
    "Sag": "Case",
}


def not_found(what: str) -> NotFound:
    """Give the error that says so of a noun in Danish and what names it, `Sag 2026-0001`."""
    noun, space, name = what.partition(" ")
    return NotFound(f"{what} findes ikke.", f"{_IN_ENGLISH.get(noun, noun)}{space}{name} does not exist.")
