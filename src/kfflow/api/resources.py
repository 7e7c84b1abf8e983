"""Resources: the files as they were deployed, byte for byte."""

from typing import Any

from kfflow.api.operations import Call, File, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Nothing
from kfflow.persistence.listings import RESOURCES
from kfflow.persistence.tables import Resource
from kfflow.service import search
from kfflow.service.context import Context

operations = Operations("Resources")
found = Search(RESOURCES, "Resource")


@operations.post("/resources/search", "Search resources", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(RESOURCES, search.find(ctx, RESOURCES, found.query(call.body)))


@operations.get("/resources/{resourceKey}", "Get a resource", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(RESOURCES, search.get(ctx, RESOURCES, call.key, "Resource"))


@operations.get("/resources/{resourceKey}/content/binary", "Get a resource's bytes", File)
def content(ctx: Context, call: Call[Nothing]) -> File:
    search.get(ctx, RESOURCES, call.key, "Resource")
    return File(ctx.session.get_one(Resource, call.key).source, "application/octet-stream")
