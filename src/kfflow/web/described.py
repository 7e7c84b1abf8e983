"""A file of any kind told in plain words, for comparing a draft with what is in operation."""

import json
from collections.abc import Iterator

from kfflow.domain import diagrams, texts
from kfflow.domain.diagrams import Change
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.describe import Described, describe

BY_LINE = (".typ", ".yaml")


def difference(former: bytes, latter: bytes, resource: str) -> list[Change]:
    """Give how a file differs from what it was: by element, or by line when it is a text; `former` may be empty."""
    if resource.endswith(BY_LINE):
        return texts.difference(as_text(former), as_text(latter))
    return diagrams.difference(_of_source(former, resource), _of_source(latter, resource))


def _of_source(source: bytes, resource: str) -> Described:
    """Give element → property → text; nothing for a file that cannot be read."""
    return dict(_of_form(source)) if resource.endswith(".form") else describe(source, resource)


def _of_form(source: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        schema = json.loads(source)
    except ValueError:
        return
    yield from _components(schema.get("components", []) if isinstance(schema, dict) else [])


def _components(components: object) -> Iterator[tuple[str, dict[str, str]]]:
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, dict):
            continue
        inner = component.get("components")
        words = {name: _text(value) for name, value in component.items() if name not in ("id", "components", "layout")}
        words["name"] = str(component.get("label") or component.get("key") or component.get("type", ""))
        yield str(component.get("id") or component.get("key") or ""), words
        yield from _components(inner)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
