"""A version that would silently take the place of one announced for a day to come: their periods overlap.

Of several versions in force the highest counts, so that a later correction without an end would undo a change of law
that is published already. Who deploys says where the correction ends; what kfflow ships ends there by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import validity
from kfflow.persistence.validity import Version, name_of
from kfflow.service import definitions
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Overlap:
    """A version, and the first of those announced over whose beginning its period reaches."""

    version: Version
    announced: Version
    begin: date

    def problem(self) -> FieldProblem:
        name, number = name_of(self.announced), self.announced.version
        law = f" ({self.announced.lov})" if self.announced.lov else ""
        return FieldProblem(
            "gyldig_til",
            f"Version {number} af {name} er udgivet fra {self.begin}{law}, og perioderne overlapper. "
            f"Sæt slutdatoen til senest {self.begin}, eller udgiv fra {self.begin} for at afløse den.",
            f"Version {number} of {name} is published from {self.begin}{law}, and the periods overlap. "
            f"Set the end to {self.begin} at the latest, or publish from {self.begin} to replace it.",
            "overlap",
        )


def refuse(ctx: Context, versions: Iterable[Version]) -> None:
    """Raise InvalidInput naming each version whose period reaches over one that is announced."""
    problems = [found.problem() for found in _overlaps(ctx, versions)]
    if problems:
        raise InvalidInput("Gyldighederne overlapper.", "The periods of validity overlap.", fields=problems)


def end_before(ctx: Context, versions: Iterable[Version]) -> None:
    """Let each version end where one that is announced begins."""
    for found in _overlaps(ctx, versions):
        found.version.gyldig_til = found.begin
    ctx.session.flush()


def _overlaps(ctx: Context, versions: Iterable[Version]) -> list[Overlap]:
    day = definitions.today(ctx).today
    found = [(version, validity.announced(ctx.session, version, day)) for version in versions]
    return [Overlap(version, later, later.gyldig_fra) for version, later in found if later and later.gyldig_fra]
