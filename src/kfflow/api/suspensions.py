"""Suspending and resuming one process instance with everything it called."""

from typing import Annotated

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Body
from kfflow.service import suspension
from kfflow.service.context import Context

operations = Operations("Process instances")

Reason = Annotated[str, Field(min_length=1, max_length=suspension.LONGEST_REASON)]
Basis = Annotated[str, Field(max_length=suspension.LONGEST_REASON)]
_ONE = "/process-instances/{processInstanceKey}"


class Reference(Body):
    """As Camunda 8 asks; the reason is the header `X-Kfflow-Reason`."""

    operation_reference: Annotated[int | None, Field(gt=0)] = None


class Suspension(Body):
    """Why, and on which legal basis deadlines of the law stand still; without one they run on."""

    reason: Reason
    hjemmel: Basis = ""


class Resumption(Body):
    reason: Basis = ""


@operations.post(f"{_ONE}/suspension", "Suspend an instance with all it called", Reference)
def suspend(ctx: Context, call: Call[Reference]) -> None:
    suspension.suspend(ctx, call.key, reason=ctx.reason)


@operations.post(f"{_ONE}/resumption", "Resume an instance with all it called", Reference)
def resume(ctx: Context, call: Call[Reference]) -> None:
    suspension.resume(ctx, call.key, reason=ctx.reason)


@operations.post(f"/kf{_ONE}/suspension", "Suspend an instance for a reason and on a legal basis", Suspension)
def suspend_with_basis(ctx: Context, call: Call[Suspension]) -> None:
    suspension.suspend(ctx, call.key, reason=call.body.reason, hjemmel=call.body.hjemmel)


@operations.post(f"/kf{_ONE}/resumption", "Resume an instance for a reason", Resumption)
def resume_for_a_reason(ctx: Context, call: Call[Resumption]) -> None:
    suspension.resume(ctx, call.key, reason=call.body.reason)
