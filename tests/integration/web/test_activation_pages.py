"""Which process is on where, on the screen: the list, one process, switching, and the status to print."""

import pytest

from kfflow.service import activations
from kfflow.service.accounts import SYSTEM
from tests.integration.web import visiting


@pytest.fixture
def switched(service):
    """The process is off but for one institution, where a case is open."""
    visiting.deploy_form_process(service)
    numbers = visiting.open_cases(service, 1)
    with service.command(SYSTEM) as ctx:
        activations.switch(ctx, "vurder", None, on=False, reason="Ikke endnu.")
        activations.switch(ctx, "vurder", "SDO", on=True, reason="Prøvedrift.")
    return numbers[0]


def words(page):
    return " ".join(page.split())


def test_the_list_tells_where_a_process_is_otherwise(client, switched):
    assert switched
    visiting.log_in(client, "sagsbehandler")
    shown = words(client.get("/drift").text)
    assert '<span class="kf-badge kf-badge--ok">til</span> Sdr. Omme Fængsel' in shown


def test_the_status_of_a_place_lists_what_is_open_there(client, switched):
    visiting.log_in(client, "teamleder")
    shown = words(client.get("/drift/vurder?sted=SDO").text)
    assert ("vurder: Sdr. Omme Fængsel" in shown, "Prøvedrift." in shown) == (True, True)
    assert (f'href="/sager/{switched}"' in shown, "som alle steder" in shown) == (True, True)


def test_whoever_reads_no_cases_sees_what_is_on_but_no_cases(client, switched):
    visiting.log_in(client, "procesdesigner")
    shown = client.get("/drift/vurder?sted=SDO").text
    assert (switched in shown, "Prøvedrift." in shown) == (False, True)


def test_a_process_is_switched_off_with_a_reason(client, service, switched):
    assert switched
    token = visiting.log_in(client, "procesdesigner")
    data = {"sted": "SDO", "til": "nej", "grund": "Fejl i tabellen.", "csrf_token": token}
    answer = client.post("/drift/vurder", data=data)
    assert (answer.status_code, answer.location) == (303, "/drift/vurder?sted=SDO")
    with service.command(SYSTEM) as ctx:
        status = activations.status(ctx, "vurder", "SDO")
    assert (status.on, status.reason, status.by) == (False, "Fejl i tabellen.", "procesdesigner")


@pytest.mark.parametrize(
    ("language", "told"),
    [("da", ["Institutionen XXX kendes ikke.", "Skriv hvorfor."]), ("en", ["Unknown institution XXX.", "Say why."])],
)
def test_what_cannot_be_switched_is_told_with_everything_that_is_wrong(client, switched, language, told):
    assert switched
    token = visiting.log_in(client, "procesdesigner")
    client.post("/sprog", data={"language": language, "next": "/", "csrf_token": token})
    answer = client.post("/drift/vurder", data={"sted": "XXX", "til": "nej", "grund": " ", "csrf_token": token})
    assert (answer.status_code, [words in answer.text for words in told]) == (422, [True, True])
