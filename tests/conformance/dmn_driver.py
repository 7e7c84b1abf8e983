"""Driver of the decision conformance suite: evaluates a decision of a model and encodes its value as the suite does."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from kfflow.engine.dmn import DecisionModel, read_decisions
from kfflow.engine.dmn.model import Service
from kfflow.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths
from kfflow.feel.temporal_text import read_date, read_date_time, read_duration, read_time, write

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
_READERS = {"date": read_date, "time": read_time, "dateTime": read_date_time, "duration": read_duration}
_NAMES = {Date: "date", Time: "time", DateTime: "dateTime", DaysTime: "duration", YearsMonths: "duration"}


@lru_cache(maxsize=256)
def compiled(model: bytes) -> DecisionModel:
    found, findings = read_decisions(model, "model.dmn")
    if found is None:
        raise ValueError(findings[0].message_en)
    return found


class Driver:
    def evaluate(self, model: bytes, extra: list[bytes], name: str, kind: str, inputs: dict[str, object]) -> object:
        given = {k: decoded(v) for k, v in inputs.items()}
        decisions = compiled(model)
        service = serving(decisions, name) if kind == "decisionService" else None
        value = decisions.value(service or name, given, now=NOW, extra_models=[compiled(e) for e in extra])
        if service and isinstance(value, dict) and name in value:
            value = value[name]
        return as_rows(encoded(value)) if CAMUNDA_7 in model else encoded(value)


CAMUNDA_7 = b"http://camunda.org/schema/1.0/dmn"


def as_rows(value: object) -> object:
    """Write a table result the way the suite's Camunda 7 tables do: always a list of rows."""
    return value if isinstance(value, list) else [] if value is None else [value]


def serving(decisions: DecisionModel, name: str) -> str | None:
    """Find the decision service that offers a decision; the suite names only the decision."""
    elements = decisions.source.elements
    for element in elements.values():
        if isinstance(element, Service) and any(elements[h[1:]].name == name for h in element.outputs):
            return element.id
    return None


def decoded(value: object) -> object:
    if isinstance(value, dict):
        if "@type" in value:
            return _READERS[value["@type"]](value["value"])
        return {k: decoded(v) for k, v in value.items()}
    return [decoded(v) for v in value] if isinstance(value, list) else value


def encoded(value: object) -> object:
    if isinstance(value, dict):
        return {k: encoded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [encoded(v) for v in value]
    if type(value) in _NAMES:
        return {"@type": _NAMES[type(value)], "value": write(value)}
    return (int(value) if value == value.to_integral_value() else float(value)) if isinstance(value, Decimal) else value
