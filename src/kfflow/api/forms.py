"""Forms as deployed, in form-js's JSON."""

import orjson
from pydantic import Field

from kfflow.api.operations import Call, File, Operations
from kfflow.api.shapes import Key, Nothing, TenantAnswer
from kfflow.persistence.tables import Form
from kfflow.service import search
from kfflow.service.context import Context

operations = Operations("Forms")


class FormAnswer(TenantAnswer):
    """A form; its schema is JSON in a string, as Camunda gives it."""

    form_id: str
    form_key: Key
    version: int
    form_schema: str = Field(serialization_alias="schema")


def shown_form(row: Form | None) -> FormAnswer | File:
    """Give a form, or an answer without content when there is none."""
    if row is None:
        return File(b"", "application/json", 204)
    return FormAnswer(
        form_id=row.form_id, form_key=row.key, version=row.version, form_schema=orjson.dumps(row.schema).decode()
    )


@operations.get("/forms/{formKey}", "Get a form", FormAnswer)
def get(ctx: Context, call: Call[Nothing]) -> FormAnswer | File:
    return shown_form(search.form(ctx, call.key))
