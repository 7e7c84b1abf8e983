"""A draft thrown away from its page, as it was shown."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import AuditEvent, Draft
from kfflow.service import drafts
from kfflow.service.accounts import SYSTEM
from tests.integration.web import visiting

NAME = "vurder.bpmn"
PATH = f"/processer/{NAME}/kasser"


@pytest.fixture
def designer(client, service):
    with service.command(SYSTEM) as ctx:
        drafts.save(ctx, NAME, kind="bpmn", source="<x/>", revision=0)
    return visiting.log_in(client, "procesdesigner")


def rows(service, column):
    with service.database.transaction() as session:
        return list(session.scalars(select(column)))


def discard(client, token, revision):
    return client.post(PATH, data={"csrf_token": token, "revision": revision})


def test_a_draft_is_discarded_after_its_page_has_told_of_it(client, designer, service):
    assert PATH in client.get("/processer").text
    assert 'name="revision" value="1"' in client.get(PATH).text
    answer = discard(client, designer, "1")
    assert (answer.status_code, rows(service, Draft.key)) == (303, [])
    assert "designer:draft:discard" in rows(service, AuditEvent.verb)
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize("revision", ["1", "", "x"])
def test_a_draft_that_was_saved_anew_is_kept_and_shown_again(client, designer, service, revision):
    with service.command(SYSTEM) as ctx:
        drafts.save(ctx, NAME, kind="bpmn", source="<y/>", revision=1)
    answer = discard(client, designer, revision)
    assert (answer.status_code, 'name="revision" value="2"' in answer.text) == (409, True)
    assert rows(service, Draft.source) == ["<y/>"]


def test_where_there_is_no_draft_nothing_is_discarded(client, service):
    visiting.deploy_form_process(service)
    token = visiting.log_in(client, "procesdesigner")
    assert (client.get(PATH).status_code, discard(client, token, "0").status_code) == (404, 404)
