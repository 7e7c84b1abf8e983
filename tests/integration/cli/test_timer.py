"""`kfflow timer`: what waits for a time, moved by an operator."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Timer
from tests.integration.cli.test_instance import start
from tests.integration.service import diagrams


def test_list_and_reschedule_name_the_timer_and_its_time(service, kfflow):
    instance = start(service, diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"])
    with service.database.transaction() as session:
        timer = session.scalars(select(Timer)).one()
    listed = kfflow("timer", "list", "--instance", instance.key)
    assert listed.output == f"{timer.key} 2026-11-24T11:00:00+01:00 trin Vent {instance.key}\n"
    moved = kfflow("timer", "reschedule", timer.key, "2099-01-01T08:00", "--reason", "udsat")
    assert moved.output == f"{timer.key} Vent 2099-01-01T08:00:00+01:00\n"


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2001-01-01", "Tidspunktet er passeret. / The instant has passed."),
        ("9999-12-31", "Årstallet skal ligge mellem 1900 og 2199. / The year must lie between 1900 and 2199."),
    ],
)
def test_reschedule_out_of_reach_is_refused_in_both_languages(service, kfflow, due, told):
    start(service, diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"])
    with service.database.transaction() as session:
        key = session.scalars(select(Timer.key)).one()
    refused = kfflow("timer", "reschedule", key, due, "--reason", "nu")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (2, f"  dueDate: {told}")
