"""Third-party BPMN cases, run through kfflow's own commands; what is missed is listed with its reason."""

from argparse import Namespace

import pytest

from tests.conformance import suite
from tests.conformance.driver import Driver

BEHAVIOR = "a repetition that throws events on the way (behavior other than All) is refused at deploy, by element id"
EXPECTATION = "the case expects a task that its own token map does not know: ScriptTask1 is mapped to SCRIPT_task1"
MISSED = {
    "betsy/activities/AdHocSubProcess_Parallel": EXPECTATION,
    "betsy/activities/AdHocSubProcess_Sequential": EXPECTATION,
    "betsy/activities/MultiInstance_ComplexBehavior": BEHAVIOR,
    "betsy/activities/MultiInstance_NoneBehavior": BEHAVIOR,
    "betsy/activities/MultiInstance_OneBehavior": BEHAVIOR,
    "betsy/cfpatterns/WCP09_Structured_Discriminator_MultiInstance": BEHAVIOR,
    "betsy/cfpatterns/WCP12_MultipleInstancesWithoutSynchronization": BEHAVIOR,
}


def runs() -> list:
    if not suite.FOLDER.is_dir():
        return [pytest.param(None, None, marks=pytest.mark.skip(reason="no third-party cases beside the checkout"))]
    cases = suite.runner().load(suite.FOLDER / "execution")
    return [pytest.param(case, run, id=f"{case['id']}: {run['name']}") for case in cases for run in case["runs"]]


@pytest.mark.parametrize(("case", "run"), runs())
def test_a_third_party_case(case, run):
    driver = Driver()
    passed = _passes(case, run, driver)
    if case["id"] in MISSED:
        assert not passed, f"{case['id']} passes now: take it off the list of misses"
    else:
        assert passed


def _passes(case, run, driver) -> bool:
    runner = suite.runner()
    expects_failure = bool(run.get("expect_failure"))
    try:
        runner.execution(suite.FOLDER / "execution", case, run, driver, Namespace(models="models_feel"))
    except Exception:
        if expects_failure or case["id"] in MISSED:
            return expects_failure
        raise
    return not expects_failure
