"""Institutions: their places, what runs there, and putting one in another area."""

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Body, Name, Nothing, Words
from kfflow.service import institutions
from kfflow.service.context import Context
from kfflow.service.institutions import Known

operations = Operations("Institutions (kfflow)")


class RegimeAnswer(Answer):
    """The places of a regime: all, lived in, held for somebody on the way, and free (negative: overfull)."""

    regime: str
    places: int
    living: int
    held: int
    free: int


class RunningAnswer(Answer):
    """How many cases of a process run there, of those that you may see."""

    process_definition_id: str
    name: str
    count: int


class InstitutionAnswer(Answer):
    institution_code: str
    name: str
    kind: str
    area: str
    note: str
    regimes: list[RegimeAnswer]
    running: list[RunningAnswer]


class Institutions(Answer):
    items: list[InstitutionAnswer]


class NewArea(Body):
    """The area that the institution is in from now on, whether it is one that nobody is in yet, and why."""

    area: Name
    is_new: bool = False
    reason: Words


class RehomedAnswer(Answer):
    """The institution in its new area, and how many open cases and tasks went along."""

    institution_code: str
    area: str
    cases: int
    tasks: int


@operations.get("/kf/institutions", "List the institutions with their places and what runs there", Institutions)
def overview(ctx: Context, _call: Call[Nothing]) -> Institutions:
    return Institutions(items=[_shown(one) for one in institutions.overview(ctx)])


@operations.get("/kf/institutions/{institutionCode}", "Get one institution", InstitutionAnswer)
def get(ctx: Context, call: Call[Nothing]) -> InstitutionAnswer:
    return _shown(institutions.get(ctx, call.path["institutionCode"]))


@operations.add(
    "PUT",
    "/kf/institutions/{institutionCode}/area",
    "Put an institution in another area, with its open cases and tasks",
    NewArea,
    RehomedAnswer,
)
def move(ctx: Context, call: Call[NewArea]) -> RehomedAnswer:
    code, asked = call.path["institutionCode"], call.body
    moved = institutions.move_to_area(ctx, code, asked.area, reason=asked.reason, is_new=asked.is_new)
    return RehomedAnswer(institution_code=moved.code, area=moved.area, cases=moved.cases, tasks=moved.tasks)


def _shown(known: Known) -> InstitutionAnswer:
    return InstitutionAnswer(
        institution_code=known.code,
        name=known.name,
        kind=known.kind,
        area=known.area,
        note=known.note,
        regimes=[
            RegimeAnswer(regime=one.code, places=one.places, living=one.living, held=one.held, free=one.free)
            for one in known.regimes
        ],
        running=[
            RunningAnswer(process_definition_id=one.process_id, name=one.name, count=one.count) for one in known.running
        ],
    )
