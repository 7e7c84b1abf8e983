"""Drafts over the API: what stands against publishing them is told, and a colleague publishes with a reason."""

import pytest

from kfflow.domain.authorization import Actor, Role
from kfflow.service import deployments, drafts, instances
from kfflow.service.accounts import SYSTEM
from tests.integration.api.conftest import DIAGRAM

PALLE = Actor("procesdesigner", "Palle", frozenset({Role.DESIGNER}), national=True)
PUBLICATION = "/v2/kf/drafts/publication"
UNTRIED = "The draft proeve.bpmn was not tried as it is now."


@pytest.fixture
def draft(service):
    service.publish_alone = False
    with service.command(PALLE) as ctx:
        drafts.save(ctx, "proeve.bpmn", kind="bpmn", source=DIAGRAM.decode(), revision=0)


@pytest.mark.usefixtures("draft")
def test_a_draft_is_listed_with_why_it_does_not_count_as_tried(as_user):
    (item,) = as_user("administrator").get("/v2/kf/drafts").json["items"]
    told = (item["resourceName"], item["revision"], item["savedBy"], item["trial"], item["doubtEn"])
    assert told == ("proeve.bpmn", 1, "procesdesigner", None, UNTRIED)


@pytest.mark.usefixtures("draft")
def test_a_colleague_publishes_with_a_reason(as_user):
    given = {"drafts": {"proeve.bpmn": 1}, "gyldig_fra": "2026-01-01", "lov": "lov nr. 1"}
    own = as_user("procesdesigner").post(PUBLICATION, {**given, "untried": "Haster"})
    assert (own.status_code, "(four eyes)" in own.json["detail"]) == (403, True)
    untried = as_user("administrator").post(PUBLICATION, given)
    assert (untried.status_code, untried.json["errors"][0]["field"]) == (400, "uden_proeve")
    made = as_user("administrator").post(PUBLICATION, {**given, "untried": "Haster"})
    (one,) = made.json["deployments"]
    assert (made.status_code, one["processDefinition"]["processDefinitionVersion"]) == (200, 1)
    assert as_user("administrator").get("/v2/kf/drafts").json["items"] == []


def test_who_publishes_asks_first_whom_a_draft_would_name(as_user, draft, service):
    assert draft is None
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("proeve.bpmn", DIAGRAM.replace(b"sagsbehandler", b"enhedschef"))])
        instances.create(ctx, process_id="proeve", variables={}, business_key="2026-7")
    given = {"drafts": {"proeve.bpmn": 1}, "gyldig_fra": "2026-01-01", "lov": "lov nr. 1", "overgang": "ALL_RUNNING"}
    for name in ("administrator", "procesdesigner"):
        asked = as_user(name).post("/v2/kf/drafts/preview", given)
        assert (asked.status_code, [one["caseNumber"] for one in asked.json["items"]]) == (200, ["2026-7"])
    assert as_user("sagsbehandler").post("/v2/kf/drafts/preview", given).status_code == 403
    assert len(as_user("administrator").get("/v2/kf/drafts").json["items"]) == 1


@pytest.mark.usefixtures("draft")
def test_a_draft_that_was_saved_anew_is_not_published(as_user):
    refused = as_user("administrator").post(PUBLICATION, {"drafts": {"proeve.bpmn": 7}, "untried": "Haster"})
    assert refused.status_code == 409


def test_who_draws_deploys_no_file_alone(as_user, service):
    service.publish_alone = False
    refused = as_user("procesdesigner").upload("/v2/deployments", ("proeve.bpmn", DIAGRAM))
    assert (refused.status_code, "(four eyes)" in refused.json["detail"]) == (403, True)


@pytest.mark.usefixtures("draft")
def test_a_caseworker_sees_no_drafts(as_user):
    assert as_user("sagsbehandler").get("/v2/kf/drafts").status_code == 403
