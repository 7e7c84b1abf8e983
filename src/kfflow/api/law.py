"""Changes of law: publish, see which running cases the transitional rule names, and let them follow."""

from pydantic import Field

from kfflow.api import problems
from kfflow.api.batch_operations import CreatedBatch, created
from kfflow.api.deployments import DeploymentAnswer, shown_deployment
from kfflow.api.migrations import Obstacle, shown_obstacle
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Body, Key, Name, Nothing
from kfflow.domain.law import VALIDITY_FIELDS, Validity
from kfflow.errors import FieldProblem
from kfflow.service import deployments, law, law_batches, law_preview
from kfflow.service.context import Context
from kfflow.service.law import Following, Way
from kfflow.service.law_preview import Told

operations = Operations("Law (kfflow)")


class NamedInstance(Answer):
    """One running instance that the rule names, how and why it follows which version, and what stands against that."""

    process_instance_key: Key
    case_number: str
    owner: str
    way: Way
    id: str
    version: int
    why_da: str
    why_en: str
    is_blocked: bool
    obstacles: list[Obstacle]


class NamedInstances(Answer):
    items: list[NamedInstance]


class Application(Body):
    """On which message cases reckon anew, and why the change is applied now (the law when left out).

    `make_up` names elements of the new version that a case shall do even when it is past them already.
    """

    message_name: Name = law.RECKON_ANEW
    reason: str = ""
    make_up: list[Name] = Field(default_factory=list)


@operations.add(
    "POST",
    "/kf/law",
    "Publish the uploaded files (parts named `resources`) by law: `gyldig_fra`, `gyldig_til`, `lov`, `overgang`",
    Nothing,
    DeploymentAnswer,
    takes_files=True,
    query=VALIDITY_FIELDS,
)
def publish(ctx: Context, call: Call[Nothing]) -> DeploymentAnswer:
    return shown_deployment(deployments.deploy(ctx, call.files, validity=_validity(call)))


@operations.add(
    "POST",
    "/kf/law/preview",
    "Which running instances the uploaded files would name if they were published so; nothing is published",
    Nothing,
    NamedInstances,
    takes_files=True,
    query=VALIDITY_FIELDS,
)
def preview(ctx: Context, call: Call[Nothing]) -> NamedInstances:
    return named_instances(law_preview.of_files(ctx, call.files, _validity(call)))


def _validity(call: Call[Nothing]) -> Validity:
    """Read from when and for whom; raises InvalidInput without a day, as of a file that counts always by itself."""
    if not call.query.get("gyldig_fra"):
        da, en = "Skriv, fra hvilken dag loven gælder.", "Say from which day the law is in force."
        raise problems.invalid_fields([FieldProblem("gyldig_fra", da, en, "required")])
    return Validity.read(**{name: call.query.get(name) for name in VALIDITY_FIELDS})


@operations.get(
    "/kf/law/{deploymentKey}/affected",
    "Which running instances a deployment's rule names",
    NamedInstances,
    query=("messageName",),
)
def affected(ctx: Context, call: Call[Nothing]) -> NamedInstances:
    asked = Following(call.key, call.query.get("messageName") or law.RECKON_ANEW)
    return named_instances(law_preview.of_deployment(ctx, asked))


@operations.post(
    "/kf/law/{deploymentKey}/application",
    "Let the running instances follow that a deployment's rule names, as a batch",
    Application,
    CreatedBatch,
)
def apply(ctx: Context, call: Call[Application]) -> CreatedBatch:
    asked = Following(call.key, call.body.message_name, call.body.make_up)
    return created(law_batches.apply(ctx, asked, reason=call.body.reason or ctx.reason))


def named_instances(found: list[Told]) -> NamedInstances:
    return NamedInstances(items=[_shown(one) for one in found])


def _shown(one: Told) -> NamedInstance:
    return NamedInstance(
        process_instance_key=one.instance_key,
        case_number=one.case_number,
        owner=one.owner,
        way=one.way,
        id=one.id,
        version=one.version,
        why_da=one.why_da,
        why_en=one.why_en,
        is_blocked=one.is_blocked,
        obstacles=[shown_obstacle(found) for found in one.obstacles],
    )
