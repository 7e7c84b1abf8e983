"""Accounts: on which days somebody is away, and the tasks that they hold meanwhile."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Body, Nothing
from kfflow.service import absences
from kfflow.service.absences import Absence
from kfflow.service.context import Context

PATH = "/kf/accounts/{username}/absence"
operations = Operations("Accounts (kfflow)")


class NewAbsence(Body):
    """The first and the last day of an absence, both included; without a last one it is until further notice."""

    first: Annotated[date, Field(strict=False, alias="from")]
    last: Annotated[date | None, Field(strict=False, alias="until")] = None


class AbsenceAnswer(Answer):
    """The absence that is running or ahead (`from` null: none), and how many of their tasks you may put back."""

    username: str
    name: str
    first: Annotated[date | None, Field(serialization_alias="from")]
    last: Annotated[date | None, Field(serialization_alias="until")]
    open_tasks: int


class PutBackAnswer(Answer):
    """How one task fared; `message` says why it stayed."""

    user_task_key: str
    put_back: bool
    message: str


class PutBack(Answer):
    items: list[PutBackAnswer]


@operations.get(PATH, "On which days somebody is away", AbsenceAnswer)
def get(ctx: Context, call: Call[Nothing]) -> AbsenceAnswer:
    return _shown(absences.get(ctx, call.path["username"]))


@operations.add(
    "PUT", PATH, "Tell on which days somebody is away, instead of what was told before", NewAbsence, AbsenceAnswer
)
def tell(ctx: Context, call: Call[NewAbsence]) -> AbsenceAnswer:
    return _shown(absences.tell(ctx, call.path["username"], call.body.first, call.body.last))


@operations.add("DELETE", PATH, "Tell that somebody is back, or not away after all", Nothing, AbsenceAnswer)
def end(ctx: Context, call: Call[Nothing]) -> AbsenceAnswer:
    return _shown(absences.end(ctx, call.path["username"]))


@operations.post(f"{PATH}/release", "Put the open tasks that somebody away holds back in the queue", Nothing, PutBack)
def put_back(ctx: Context, call: Call[Nothing]) -> PutBack:
    fared = absences.put_back(ctx, call.path["username"])
    return PutBack(
        items=[PutBackAnswer(user_task_key=str(one.key), put_back=one.ok, message=one.message) for one in fared]
    )


def _shown(absence: Absence) -> AbsenceAnswer:
    return AbsenceAnswer(
        username=absence.username,
        name=absence.name,
        first=absence.first,
        last=absence.last,
        open_tasks=absence.holding,
    )
