"""The third-party suites beside the checkout: what does not pass is listed with its reason, and nothing else fails."""

import pytest

from kfflow import engine
from kfflow.engine import Verdict
from tests.conformance import misses, report, runs, suite

pytestmark = pytest.mark.skipif(not suite.FOLDER.is_dir(), reason="no third-party cases beside the checkout")

SUITES = {
    "execution": (lambda: runs.execution("models_feel"), misses.EXECUTION),
    "as published": (lambda: runs.execution("models"), misses.AS_PUBLISHED),
    "validation": (runs.validation, misses.VALIDATION),
    "import": (runs.imports, misses.IMPORT),
    "dmn": (runs.dmn, misses.DMN),
}


@pytest.mark.parametrize("name", SUITES)
def test_only_the_misses_that_are_explained_fail(name):
    run, known = SUITES[name]
    unexplained = {f"{r.case} {r.run}": r.said for r in run() if not r.passed and not misses.reason(r.case, known)}
    assert unexplained == {}


@pytest.mark.parametrize("name", SUITES)
def test_every_explained_miss_still_fails(name):
    run, known = SUITES[name]
    failing = {r.case for r in run() if not r.passed}
    assert [pattern for pattern in known if not any(misses.reason(case, {pattern: "x"}) for case in failing)] == []


def test_every_model_of_the_suites_gets_a_verdict():
    models = [path for kind in ("execution", "validation", "import") for path in (suite.FOLDER / kind).rglob("*.bpmn")]
    judged = {path.name: engine.judge(path.read_bytes(), path.name) for path in models}
    assert len(models) > 500
    assert [name for name, j in judged.items() if any(f.rule == "internal" for f in j.findings)] == []
    assert [name for name, j in judged.items() if j.verdict is not Verdict.RUNS and not j.findings] == []


@pytest.mark.timeout(900)
def test_page_of_the_documentation_is_what_the_runs_say():
    assert report.PAGE.read_text() == report.render(), "run `make conformance`"
