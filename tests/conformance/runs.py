"""The third-party suites, each run once a process: every case with what came of it."""

from argparse import Namespace
from dataclasses import dataclass
from functools import cache

from tests.conformance import suite
from tests.conformance.dmn_driver import Driver as DecisionDriver
from tests.conformance.driver import Driver


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one case: `said` is empty when it passed, else what went wrong."""

    case: str
    run: str
    level: str
    said: str

    @property
    def passed(self) -> bool:
        return not self.said


@cache
def execution(models: str) -> tuple[Result, ...]:
    """Run the processes, in our dialect (`models_feel`) or as published (`models`)."""
    return _results("execution", models, Driver)


@cache
def dmn() -> tuple[Result, ...]:
    return _results("dmn", "", DecisionDriver)


@cache
def validation() -> tuple[Result, ...]:
    return _results("validation", "", Driver)


@cache
def imports() -> tuple[Result, ...]:
    return _results("import", "", Driver)


def _results(name: str, models: str, driver: type) -> tuple[Result, ...]:
    cases = suite.runner().load(suite.FOLDER / name)
    return tuple(
        Result(
            case.get("id") or case["path"], run["name"], _level(name, case), _said(name, case, run, models, driver)
        )
        for case in cases
        for run in case.get("runs") or [{"name": ""}]
    )  # fmt: skip


def _level(name: str, case: dict[str, object]) -> str:
    if name == "dmn":
        return f"{case['level']} {'nulls' if case['expected'] is None else 'values'}"
    if name == "validation":
        return "reported" if case["expect"] == "reported" else "accepted"
    return str(case.get("family") if str(case.get("id", "")).startswith("hmcts") else case.get("level") or "all")


def _said(name: str, case: dict[str, object], run: dict[str, object], models: str, driver: type) -> str:
    made = driver()
    try:
        suite.runner().SUITES[name](suite.FOLDER / name, case, run, made, Namespace(models=models))
    except Exception as problem:  # noqa: BLE001 - what any run of a third party's case does is a result
        return "" if run.get("expect_failure") else f"{type(problem).__name__}: {problem}"
    return "accepted, a failure was expected" if run.get("expect_failure") else ""
