"""What bodies and answers are made of: camelCase names, 64-bit keys as strings, nothing that is not declared."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from kfflow.domain import instants
from kfflow.persistence import keys
from kfflow.persistence.listings import TENANT


def _key(value: object) -> int:
    """Read a key: a string of digits, or a whole number."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    key = keys.read(str(value)) if is_whole or isinstance(value, str) else None
    if key is None:
        raise PydanticCustomError("key_text", "a key is a string of at most 19 digits")
    return key


def _instant_text(value: object) -> object:
    """Refuse numbers, which would be read as seconds since 1970."""
    if not isinstance(value, str):
        raise PydanticCustomError("instant_text", "an instant is ISO 8601 text with a time zone")
    return value


def _in_utc(value: datetime) -> datetime:
    """Refuse an instant outside the years of a case: one past the year 9999 in UTC is stored and never read again."""
    instant = instants.in_utc(value, "UTC")
    if instant is None:
        raise PydanticCustomError("instant_beyond", instants.BEYOND[1].removesuffix("."))
    return instant


Key = Annotated[
    int,
    BeforeValidator(_key),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["2251799813685249"]}),
]
Variables = dict[str, Any]
Tenant = Literal["<default>"]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Words = Annotated[str, Field(max_length=10_000)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant_text), AfterValidator(_in_utc), Field(strict=False)]
assert TENANT == "<default>", "the literal above is the tenant of the listings"


class Body(BaseModel):
    """A request body: strict, unknown fields are refused."""

    model_config = ConfigDict(
        extra="forbid", strict=True, alias_generator=to_camel, validate_by_name=False, validate_by_alias=True
    )


class Nothing(Body):
    """An empty body."""


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=False)


class TenantAnswer(Answer):
    """A response body that names the tenant, of which there is one."""

    tenant_id: str = TENANT


def milliseconds(instant: datetime) -> int:
    """Give an instant as Camunda does for leases: milliseconds since 1970."""
    return int(instant.timestamp() * 1000)
