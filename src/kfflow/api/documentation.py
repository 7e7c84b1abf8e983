"""Where the API is described: /openapi.json for programs, /docs for people, both without anything from elsewhere."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, render_template

from kfflow.api.openapi import describe
from kfflow.api.operations import Operation


def register(blueprint: Blueprint, operations: Sequence[Operation]) -> None:
    blueprint.add_url_rule("/openapi.json", "openapi", partial(openapi, operations))
    blueprint.add_url_rule("/docs", "docs", partial(docs, operations))


def openapi(operations: Sequence[Operation]) -> Response:
    return Response(orjson.dumps(describe(operations)), content_type="application/json")


def docs(operations: Sequence[Operation]) -> str:
    """Give the description as a page, rendered here."""
    described = describe(operations)
    nouns = {noun["name"]: list(_listed(described, noun["name"])) for noun in described["tags"]}
    return render_template(
        "api/docs.html", info=described["info"], nouns=nouns, schemas=described["components"]["schemas"]
    )


def _listed(described: dict[str, Any], noun: str) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] == [noun]:
                yield {"method": method.upper(), "path": path, **operation}
