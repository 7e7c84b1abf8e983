"""`kfflow incident`: what stopped, let go on by an operator, or ended."""

from sqlalchemy import select

from kfflow.persistence.tables import Incident
from tests.integration.cli.test_instance import start
from tests.integration.service import diagrams


def stopped(service):
    instance = start(service, diagrams.timer_catch("Vent", "=ventetid"), ids=["Vent"])
    with service.database.transaction() as session:
        return instance, session.scalars(select(Incident)).one()


def test_list_and_show_tell_what_stopped_and_why(service, kfflow):
    instance, incident = stopped(service)
    line = f"{incident.key} INVALID_TIMER trin Vent {instance.key}\n"
    assert kfflow("incident", "list", "--kind", "INVALID_TIMER").output == line
    assert kfflow("incident", "list", "--instance", instance.key + 1).output == ""
    shown = kfflow("incident", "show", incident.key).output
    assert shown.splitlines()[-1] == "  The timer of Vent gives no time: 'None'."


def test_retry_with_another_variable_lets_the_case_go_on(service, kfflow):
    _, incident = stopped(service)
    done = kfflow("incident", "retry", incident.key, "--set", 'ventetid="PT1H"', "--reason", "rettet")
    assert done.output == f"{incident.key} INVALID_TIMER RESOLVED\n"
    assert kfflow("incident", "list").output == ""


def test_retry_with_what_is_no_json_says_so(service, kfflow):
    _, incident = stopped(service)
    refused = kfflow("incident", "retry", incident.key, "--set", "ventetid=PT1H")
    assert (refused.exit_code, "is not NAME=JSON" in refused.output) == (2, True)


def test_end_cancels_the_instance(service, kfflow):
    instance, incident = stopped(service)
    ended = kfflow("incident", "end", incident.key, "--reason", "opgivet")
    assert ended.output == f"{instance.key} trin TERMINATED\n"
