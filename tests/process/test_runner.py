"""The scenario runner itself: what it refuses to read, and how it says what differs."""

import pytest

from kfflow import scenarios
from kfflow.errors import Conflict, InvalidInput, NotFound
from kfflow.persistence import embedded
from kfflow.persistence.tables import ProcessInstance
from kfflow.scenarios import files
from kfflow.scenarios.ground import on_server
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import SettableClock
from tests.conftest import NOW, ROOT

PROCESS = "kf_politihoering"
TABLES = ("hoering_parametre.dmn", "brev_afsender.dmn")
HEAD = f"""
name: Prøve
process: {PROCESS}
at: 2026-11-24T09:00:00+01:00
"""
START = "start: {variables: {indsat_id: SYN-1, part: politi}}\n"
ANSWER = """
steps:
  - complete: UdarbejdHoering
  - message: hoeringssvar
    correlation_key: ${sagsnummer}-politi
    with: {udtalelse: Ingen indvendinger}
"""


@pytest.fixture
def run(ground, tmp_path):
    """Run one scenario text in folders of its own, with the one process and what it needs."""
    workflow, diagrams = tmp_path / "workflows" / PROCESS, tmp_path / "bpmn"
    (workflow / "scenarios").mkdir(parents=True)
    diagrams.mkdir()
    for kind in ("forms", "letters"):
        (workflow / kind).symlink_to(ROOT / "workflows" / PROCESS / kind)
    (workflow.parent / "faelles").symlink_to(ROOT / "workflows" / "faelles")
    for name in (f"{PROCESS}.bpmn", *TABLES):
        (diagrams / name).symlink_to(ROOT / "bpmn" / name)

    def run_text(text):
        (workflow / "scenarios" / "proeve.yaml").write_text(HEAD + text, encoding="utf-8")
        return scenarios.run(ground, ground.clock, diagrams, workflow.parent, f"bpmn/{PROCESS}.bpmn")

    return run_text


def test_scenario_that_goes_as_expected_is_ok(run):
    report = run(START + ANSWER + "expect: {state: COMPLETED, path: [SendHoering, HoeringBesvaret]}\n")
    assert report.ok
    assert report.render("en").splitlines()[0] == "✓ kf_politihoering · Prøve"


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{state: ACTIVE}", "the case is COMPLETED, expected ACTIVE"),
        ("{variables: {udtalelse: nej}}", "udtalelse is Ingen indvendinger; expected nej"),
        ("{not_path: [SendHoering]}", "SendHoering was reached"),
        ("{letters: []}", "letters hoering; expected –"),
    ],
)
def test_expectation_that_does_not_hold_is_told(run, expect, told):
    (result,) = run(START + ANSWER + f"expect: {expect}\n").results
    assert result.english == told


def test_task_that_is_not_open_is_told_with_its_step(run):
    (result,) = run(START + "steps: [{complete: RykForSvar}]\n").results
    assert result.english == "Step 1 (complete RykForSvar): the task is not open; open: UdarbejdHoering"


def test_elements_that_no_scenario_reached_are_named(run):
    (coverage,) = run(START + ANSWER).coverage
    assert "RykForSvar" in coverage.missed
    assert coverage.reached + len(coverage.missed) == coverage.total


def test_job_answered_by_the_scenario_never_meets_its_handler(run):
    steps = "steps: [{complete: UdarbejdHoering}, {job: SendHoering, error: UKENDT}]\n"
    report = run(START + steps + "expect: {state: TERMINATED}\n")
    assert [r.english for r in report.results] == ["incident: Nothing in the diagram catches the error 'UKENDT'"]


def test_scenario_leaves_nothing_running(ground, run):
    run(START)
    with ground.query(SYSTEM) as ctx:
        running = ctx.session.query(ProcessInstance).filter(ProcessInstance.state == "ACTIVE").count()
    assert running == 0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (START + "stpes: []\n", "stpes"),
        (START + "steps: [{complete: X, whit: {}}]\n", "steps[1].whit"),
        (START + "steps: [{finish: X}]\n", "steps[1]"),
        (START + "expect: {stae: COMPLETED}\n", "expect.stae"),
        ("start: {indsat_id: SYN-1}\n", "start.indsat_id"),
        (START + "message: {name: x}\n", "start"),
        ("", "start"),
        (START + "steps: {a: b: c}\n", "yaml"),
    ],
)
def test_unknown_or_missing_key_names_file_and_key(tmp_path, text, key):
    path = tmp_path / "forkert.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        files.read(path, "Europe/Copenhagen")
    assert [f.field for f in refused.value.fields] == [key]
    assert str(refused.value).startswith("forkert.yaml: ")


def test_process_that_is_not_there_is_refused(ground):
    with pytest.raises(NotFound):
        scenarios.run(ground, ground.clock, ROOT / "bpmn", ROOT / "workflows", "kf_findes_ikke")


def test_database_that_somebody_else_tries_things_in_is_left_to_them(postgres):
    clock, name = SettableClock(NOW), "kfflow_taken"
    with (
        embedded.claimed(postgres, name),
        pytest.raises(Conflict, match=name),
        on_server(postgres, name, clock, zone="Europe/Copenhagen"),
    ):
        pass
    with on_server(postgres, name, clock, zone="Europe/Copenhagen") as free, free.query(SYSTEM) as ctx:
        assert ctx.session.query(ProcessInstance).count() == 0
