"""A few days of a very small prison service, lived twice from the same seed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kfflow import scenarios
from kfflow.jobs import client_system
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Outbox
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from kfflow.simulation import Extent, Report, Simulation
from kfflow.simulation.rates import TOLERANCE
from kfflow.simulation.setting import Setting
from tests.conftest import ROOT

EXTENT = Extent(datetime(2026, 1, 5, 7, tzinfo=ZoneInfo("Europe/Copenhagen")), days=2, seed=3, scale=0.005)


def lived(
    postgres: embedded.Server,
    extent: Extent,
    *,
    processes: int = 0,
    meanwhile: Callable[[Simulation], object] = lambda _simulation: None,
) -> Report:
    database = Database(embedded.fresh(postgres, "kfflow_simulation"))
    try:
        schema.upgrade(database)
        clock = SettableClock(extent.start)
        service = Service(database, clock=clock)
        scenarios.deploy(service, ROOT / "bpmn", ROOT / "workflows")
        simulation = Simulation(service, clock, extent, Setting(processes=processes))
        for _ in simulation.run():
            meanwhile(simulation)
        return simulation.report()
    finally:
        database.close()


@pytest.fixture(scope="module")
def report(postgres: embedded.Server) -> Iterator[Report]:
    return lived(postgres, EXTENT)


def test_simulation_has_no_unintended_incident(report: Report) -> None:
    assert (report.incidents, dict(report.troubles)) == ([], {})


def test_simulation_works_cases_of_those_taken_over(report: Report) -> None:
    begun = {row["process_id"]: row["started"] for row in report.cases}
    assert (begun["kf_loesladelse"] > 5, report.done > 20) == (True, True)


def test_leave_is_not_raised_on_the_first_day_for_all_who_are_taken_over(report: Report) -> None:
    begun = {row["process_id"]: row["started"] for row in report.cases}
    assert begun.get("kf_udgangstilladelse", 0) < begun["kf_genovervejelse"] / 2


def test_deadlines_of_the_law_are_met_when_there_is_staff_enough(report: Report) -> None:
    assert [row["broken"] for row in report.deadlines if row["kind"] == "legal"] in ([], [0], [0, 0])


def test_same_seed_lives_the_same(postgres: embedded.Server, report: Report) -> None:
    assert lived(postgres, EXTENT).counts() == report.counts()


def test_work_in_processes_leaves_no_incident_and_begins_the_same_cases(
    postgres: embedded.Server, report: Report
) -> None:
    beside = lived(postgres, EXTENT, processes=2)
    begun = [{row["process_id"]: row["started"] for row in of.cases} for of in (beside, report)]
    assert (beside.incidents, dict(beside.troubles), begun[0]) == ([], {}, begun[1])


def test_interrupted_simulation_lives_to_the_end_of_the_day_and_reports_of_that(postgres: embedded.Server) -> None:
    ended = lived(postgres, EXTENT, meanwhile=Simulation.end_today)
    assert (ended.days, ended.incidents, ended.done > 0) == (1, [], True)


def test_every_outcome_is_sent_at_the_instant_at_which_it_arose_and_both_sides_agree(
    postgres: embedded.Server,
) -> None:
    sent = []

    def look(simulation: Simulation) -> None:
        of_system = select(Outbox.sent_at == Outbox.created_at).where(Outbox.system == client_system.NAME)
        with simulation.world.service.query(SYSTEM) as ctx:
            sent[:] = ctx.session.scalars(of_system)

    counted = lived(postgres, replace(EXTENT, days=4, scale=0.02), meanwhile=look).client_system
    assert (len(sent) > 0, set(sent)) == (True, {True})
    assert counted["outcomes_sent"] >= len(sent)
    assert {name: counted[name] for name in ("unsent", "refused", "differences")} == {
        "unsent": 0,
        "refused": 0,
        "differences": 0,
    }
    assert counted["equal"] == counted["persons"] > 0


def test_report_reads_in_both_languages(report: Report) -> None:
    heads = [report.render(language).splitlines()[0].split(":")[0] for language in ("da", "en")]
    assert heads == ["2 dage, skala 0.005, lod 3", "2 days, scale 0.005, seed 3"]


def test_report_is_json(report: Report) -> None:
    told = json.loads(json.dumps(report.as_json()))
    assert {rate["name"] for rate in told["rates"] if rate["unit"] == "year"} == {
        "admissions",
        "leaves",
        "transfers",
        "releases",
    }


def test_every_rate_says_how_far_it_lies_from_its_figure_and_whether_it_holds(report: Report) -> None:
    rates = report.as_json()["rates"]
    judged = [(rate["deviation"], rate["holds"]) for rate in rates if rate["lived"] is not None]
    expected = [(rate["lived"] / rate["figure"] - 1, rate["noise"]) for rate in rates if rate["lived"] is not None]
    assert judged == [(away, abs(away) <= max(TOLERANCE, noise)) for away, noise in expected]
