"""The OpenAPI 3.1 description, generated from the operations and their shapes."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kfflow import __version__
from kfflow.api.operations import File, Operation
from kfflow.api.problems import MEDIA_TYPE
from kfflow.api.shapes import Nothing

REFERENCE = "#/components/schemas/{model}"
PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `errors` names the fields; `findings` those of a refused deployment.",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "requestId": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "messageDa": {"type": "string"},
                    "messageEn": {"type": "string"},
                },
            },
        },
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}
REFUSALS = {
    "400": "The request is wrong; `errors` says where",
    "401": "Nobody is logged in",
    "403": "Not permitted",
    "404": "Not there, or not to be seen",
    "409": "Not possible in the current state",
    "413": "Too large",
}
UPLOAD: Mapping[str, Any] = {
    "type": "object",
    "properties": {"resources": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    "required": ["resources"],
}


@lru_cache(maxsize=1)
def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """Give the whole description."""
    references, schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(f"/v2{operation.path}", {})[operation.method.lower()] = _operation(operation, references)
    schemas["Problem"] = dict(PROBLEM)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kfflow",
            "version": __version__,
            "description": "Camunda 8's Orchestration Cluster API where both have the same; `/v2/kf` is kfflow's own.",
        },
        "tags": [{"name": noun} for noun in dict.fromkeys(o.noun for o in operations)],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _security()},
        "security": [{"basic": []}, {"oauth": []}, {"session": []}],
    }


def _security() -> dict[str, Any]:
    flow = {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}}
    return {
        "basic": {"type": "http", "scheme": "basic"},
        "oauth": {"type": "oauth2", "flows": flow},
        "session": {"type": "apiKey", "in": "cookie", "name": "kfflow_session"},
    }


def _schemas(operations: Sequence[Operation]) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    wanted: list[tuple[type[BaseModel], Any]] = []
    for operation in operations:
        if operation.body is not Nothing:
            wanted.append((operation.body, "validation"))
        if isinstance(operation.answer, type) and issubclass(operation.answer, BaseModel):
            wanted.append((operation.answer, "serialization"))
    references, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REFERENCE)
    return references, dict(definitions.get("$defs", {}))


def _operation(operation: Operation, references: Mapping[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "tags": [operation.noun],
        "summary": operation.summary,
        "operationId": f"{operation.handler.__module__.rpartition('.')[2]}.{operation.handler.__name__}",
        "parameters": _parameters(operation),
        "responses": {str(operation.status): _response(operation, references), **_refusals()},
    }
    if operation.takes_files:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": dict(UPLOAD)}}}
    elif operation.body is not Nothing:
        schema = references[operation.body, "validation"]
        described["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string"}
    names = re.findall(r"{(\w+)}", operation.path)
    of_path = [{"name": name, "in": "path", "required": True, "schema": text} for name in names]
    of_query = [{"name": name, "in": "query", "schema": text} for name in operation.query]
    return [*of_path, *of_query, *_headers(operation)]


def _headers(operation: Operation) -> list[dict[str, Any]]:
    reason = {
        "name": "X-Kfflow-Reason",
        "in": "header",
        "schema": {"type": "string"},
        "description": "For the audit log.",
    }
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}
    return [reason] if operation.method == "GET" or operation.waits else [reason, key]


def _response(operation: Operation, references: Mapping[Any, Any]) -> dict[str, Any]:
    answer = operation.answer
    if answer is None:
        return {"description": "Done"}
    if answer is File:
        return {"description": "The file", "content": {"*/*": {}}}
    schema = references.get((answer, "serialization"), {"type": "object"})
    return {"description": "The answer", "content": {"application/json": {"schema": schema}}}


def _refusals() -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {status: {"description": words, "content": content} for status, words in REFUSALS.items()}
