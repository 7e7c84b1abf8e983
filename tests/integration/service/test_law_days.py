"""Scenarios as versions by law: those of the law today and of a law to come both stand, each beside its own files."""

from datetime import date

import pytest

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Validity
from kfflow.errors import InvalidInput
from kfflow.service import deployments, drafts, law_days, law_drafts, publications, trial_results
from kfflow.service.accounts import SYSTEM
from kfflow.service.law_days import ALWAYS
from kfflow.service.trial_results import Fared
from tests.integration.service import diagrams

PALLE = Actor("palle", "Palle", frozenset({Role.DESIGNER}), national=True)
PETRA = Actor("petra", "Petra", frozenset({Role.DESIGNER}), national=True)
TODAY, LATER, LAST = date(2026, 11, 24), date(2027, 7, 1), date(2028, 1, 1)
NAME = "sag.proeve.yaml"
LAW = Validity(LATER, None, "lov nr. 1")


def diagram(task: str) -> bytes:
    return diagrams.sequence("sag", diagrams.user_task(task), ids=[task])


def scenario(task: str) -> bytes:
    told = (
        f"name: Prøve {task}\nprocess: sag\nat: '2026-11-24T09:00'\nstart: {{}}\nsteps: [{{expect_open: [{task}]}}]\n"
    )
    return told.encode()


def publish(service, validity=ALWAYS, **files: bytes):
    names = {"diagram": "sag.bpmn", "scenario": NAME, "other": "anden.bpmn"}
    with service.command(SYSTEM) as ctx:
        return deployments.deploy(ctx, [(names[kind], source) for kind, source in files.items()], validity=validity)


def ahead(service, names=(), validity=ALWAYS) -> dict[date, tuple[str, str]]:
    """Give for each day from which other files are in force the diagram's task and the scenario's, `-` for none."""
    with service.command(SYSTEM) as ctx:
        days = law_days.ahead(ctx, drafts.chosen(ctx, names), validity)
    return {day.begins: (_task(day, "sag.bpmn"), _task(day, NAME)) for day in days}


def _task(day, name: str) -> str:
    source = day.sources.get(name, b"")
    return next((task for task in "ABCD" if f'id="{task}"'.encode() in source or f"[{task}]".encode() in source), "-")


@pytest.fixture
def announced(service):
    """The law today, with its scenario, and a law to come with the same scenario as it must go then."""
    publish(service, diagram=diagram("A"), scenario=scenario("A"))
    publish(service, LAW, diagram=diagram("B"), scenario=scenario("B"))
    return service


def test_what_was_published_for_a_later_day_stands_beside_what_counts_today(announced):
    assert ahead(announced) == {TODAY: ("A", "A"), LATER: ("B", "B")}
    assert ahead(announced, validity=Validity(LATER)) == {LATER: ("B", "B")}
    assert ahead(announced, validity=Validity(None, LATER)) == {TODAY: ("A", "A")}


def test_only_the_law_to_come_is_left_when_its_day_has_come(announced, clock):
    clock.at = clock.at.replace(year=2027, month=7, day=1)
    assert ahead(announced) == {LATER: ("B", "B")}


def test_a_scenario_that_names_no_day_holds_before_and_after_a_law(service):
    publish(service, diagram=diagram("A"), scenario=scenario("A"))
    publish(service, LAW, diagram=diagram("B"))
    assert ahead(service) == {TODAY: ("A", "A"), LATER: ("B", "A")}


def test_a_scenario_of_a_law_is_not_there_before_its_day(service):
    publish(service, diagram=diagram("A"))
    publish(service, LAW, scenario=scenario("A"))
    assert ahead(service) == {TODAY: ("A", "-"), LATER: ("A", "A")}


def test_a_law_that_was_taken_back_before_its_day_makes_no_day(announced):
    publish(announced, LAW, diagram=diagram("A"), scenario=scenario("A"))
    assert ahead(announced) == {TODAY: ("A", "A")}


def test_the_scenario_before_a_law_for_a_time_counts_again_when_that_ends(service):
    publish(service, diagram=diagram("A"), scenario=scenario("A"))
    publish(service, Validity(LATER, LAST, "lov nr. 1"), scenario=scenario("B"))
    assert ahead(service) == {TODAY: ("A", "A"), LATER: ("A", "B"), LAST: ("A", "A")}


def test_a_correction_does_not_reach_over_the_scenario_of_a_law_to_come(announced):
    with pytest.raises(InvalidInput) as refused:
        publish(announced, scenario=scenario("C"))
    (problem,) = refused.value.fields
    assert (problem.field, "Version 2 of sag.proeve is published from 2027-07-01" in problem.message_en) == (
        "gyldig_til",
        True,
    )
    publish(announced, Validity(None, LATER), scenario=scenario("C"))
    assert ahead(announced) == {TODAY: ("A", "C"), LATER: ("B", "B")}


def test_what_is_shipped_ends_where_a_law_to_come_begins(announced):
    with announced.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(NAME, scenario("C"))], gives_way=True)
    assert ahead(announced) == {TODAY: ("A", "C"), LATER: ("B", "B")}


# ------------------------------------------------------------------ drafts


@pytest.fixture
def drawn(announced):
    """Both files as drafts, of the law today and of the one to come, by a designer who may not publish them."""
    announced.publish_alone = False
    with announced.command(PALLE) as ctx:
        for name, source in (("sag.bpmn", diagram("C")), (NAME, scenario("C"))):
            drafts.save(ctx, name, kind=name.rpartition(".")[2], source=source.decode(), revision=0)
    return announced


DRAWN = {"sag.bpmn": 1, NAME: 1}


def test_a_draft_stands_for_its_file_until_what_is_announced_begins(drawn):
    assert ahead(drawn, DRAWN) == {TODAY: ("C", "C"), LATER: ("B", "B")}
    assert ahead(drawn, DRAWN, Validity(LATER)) == {LATER: ("C", "C")}


def test_a_file_with_nothing_announced_is_tried_on_every_day(drawn):
    publish(drawn, other=diagrams.sequence("anden", diagrams.user_task("A"), ids=["A"]))
    with drawn.command(PALLE) as ctx:
        source = diagrams.sequence("anden", diagrams.user_task("B"), ids=["B"])
        drafts.save(ctx, "anden.bpmn", kind="bpmn", source=source.decode(), revision=0)
        days = law_days.ahead(ctx, drafts.chosen(ctx, ["anden.bpmn"]))
        assert [day.sources["anden.bpmn"] for day in days] == [source, source]
        assert law_drafts.concerned(ctx, drafts.chosen(ctx, [NAME]), days) == {"sag"}


def keep(service, validity=ALWAYS):
    with service.command(PALLE) as ctx:
        trial_results.keep(ctx, DRAWN, Fared(expected=2, differing=0, is_whole=True), validity)


def refusal(service, validity) -> str:
    """Give why the drafts are not published without a reason, in English."""
    with pytest.raises(InvalidInput) as refused, service.command(PETRA) as ctx:
        publications.publish(ctx, DRAWN, validity)
    (problem,) = refused.value.fields
    assert problem.field == "uden_proeve"
    return problem.message_en.partition(". ")[0]


def test_a_trial_on_the_law_to_come_says_nothing_of_the_law_today(drawn):
    keep(drawn, LAW)
    told = "The draft sag.bpmn was not tried on what is in force from 2026-11-24"
    assert refusal(drawn, Validity(None, LATER)) == told
    with drawn.command(PETRA) as ctx:
        assert publications.standing(ctx, drafts.chosen(ctx, DRAWN)).trial is None
        publications.publish(ctx, DRAWN, LAW)
    assert ahead(drawn) == {TODAY: ("A", "A"), LATER: ("C", "C")}


def test_a_trial_that_ends_before_a_law_to_come_says_nothing_of_it(drawn):
    keep(drawn, Validity(None, LATER))
    assert refusal(drawn, LAW) == "The draft sag.bpmn was not tried on what is in force from 2027-07-01"
    with drawn.command(PETRA) as ctx:
        publications.publish(ctx, DRAWN, Validity(None, LATER))
    assert ahead(drawn) == {TODAY: ("C", "C"), LATER: ("B", "B")}


def test_a_period_that_is_over_asks_for_no_trial_of_its_days(drawn):
    keep(drawn, LAW)
    with drawn.command(PETRA) as ctx:
        publications.publish(ctx, DRAWN, Validity(date(2025, 1, 1), date(2026, 1, 1), "lov nr. 0"))
    assert ahead(drawn) == {TODAY: ("A", "A"), LATER: ("B", "B")}


def test_a_trial_from_today_says_nothing_of_days_on_which_what_is_announced_stood_in_its_place(drawn):
    keep(drawn)
    law = Validity(LAST, None, "lov nr. 2")
    assert refusal(drawn, law) == "The draft sag.bpmn was not tried on what is in force from 2028-01-01"
    keep(drawn, law)
    with drawn.command(PETRA) as ctx:
        publications.publish(ctx, DRAWN, law)
    assert ahead(drawn) == {TODAY: ("A", "A"), LATER: ("B", "B"), LAST: ("C", "C")}


def test_a_trial_from_today_holds_for_later_days_of_a_file_with_nothing_announced(announced):
    other = diagrams.sequence("anden", diagrams.user_task("A"), ids=["A"]).decode()
    with announced.command(PALLE) as ctx:
        drafts.save(ctx, "anden.bpmn", kind="bpmn", source=other, revision=0)
        trial_results.keep(ctx, {"anden.bpmn": 1}, Fared(expected=1, differing=0, is_whole=True))
    with announced.command(PETRA) as ctx:
        publications.publish(ctx, {"anden.bpmn": 1}, Validity(LAST, None, "lov nr. 2"))
        begun = [day.begins for day in law_days.ahead(ctx)]
    assert begun == [TODAY, LATER, LAST]


def test_a_trial_of_a_day_on_which_nothing_changes_holds_from_today(service):
    publish(service, diagram=diagram("A"), scenario=scenario("A"))
    with service.command(PALLE) as ctx:
        drafts.save(ctx, NAME, kind="yaml", source=scenario("B").decode(), revision=0)
        drafts.save(ctx, "sag.bpmn", kind="bpmn", source=diagram("B").decode(), revision=0)
    keep(service, LAW)
    with service.command(PETRA) as ctx:
        publications.publish(ctx, DRAWN)
    assert ahead(service) == {TODAY: ("B", "B")}
