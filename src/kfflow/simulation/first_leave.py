"""When an inmate may go on leave for the first time, as the decision tables in force have it."""

from datetime import date, timedelta
from math import ceil
from typing import Any

from kfflow.service import decisions
from kfflow.service.context import Context
from kfflow.simulation.inmates import Inmate

Requirement = dict[str, Any]


class FirstLeave:
    """Asks each table once for each kind of inmate."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._categories: dict[tuple[str, int | None], str] = {}
        self._requirements: dict[tuple[str, str, bool], Requirement] = {}

    def of(self, inmate: Inmate) -> str | None:
        """Give the date as ISO text; None in remand and where a person has to fix it."""
        if inmate.remand:
            return None
        free = bool(inmate.traits["fri_mellem_dom_og_afsoning"])
        required = self._requirement(inmate.unit.regime, self._category(inmate), free=free)
        if not required or required["maade"] != "beregnet" or inmate.sentence.days is None:
            return None
        return max(_dates(inmate, inmate.sentence.days, required)).isoformat()

    def _category(self, inmate: Inmate) -> str:
        asked = inmate.sentence.kind, inmate.sentence.months
        if asked not in self._categories:
            variables = {"straftype": asked[0], "straf_maaneder": asked[1]}
            self._categories[asked] = self._decide("straf_kategori", variables)
        return self._categories[asked]

    def _requirement(self, regime: str, category: str, *, free: bool) -> Requirement:
        asked = regime, category, free
        if asked not in self._requirements:
            variables = {
                "udgangstype": "regelmaessig",
                "regime": regime,
                "straf_kategori": category,
                "fri_mellem_dom_og_afsoning": free,
            }
            self._requirements[asked] = self._decide("foerste_udgang", variables) or {}
        return self._requirements[asked]

    def _decide(self, decision_id: str, variables: dict[str, Any]) -> Any:  # noqa: ANN401 - what a table gives
        return decisions.evaluate(self.ctx, decision_id=decision_id, variables=variables).output[0]


def _dates(inmate: Inmate, days: int, required: Requirement) -> list[date]:
    """Give the dates that a requirement asks for; the latest of them counts."""
    dates = [
        inmate.admitted_on + timedelta(days=int(required["mindst_dage"])),
        inmate.in_institution_since + timedelta(days=int(required["mindst_dage_institution"])),
    ]
    if required["andel_naevner"] is not None:
        dates.append(inmate.sentence.start + timedelta(days=ceil(days / int(required["andel_naevner"]))))
    return dates
