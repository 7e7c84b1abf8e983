"""`kfflow draft …`: what there is, and publishing with a reason."""

import pytest

from kfflow.domain.authorization import Actor, Role
from kfflow.service import drafts, trial_results
from kfflow.service.trial_results import Fared
from tests.integration.service import diagrams

PALLE = Actor("procesdesigner", "Palle", frozenset({Role.DESIGNER}), national=True)


@pytest.fixture
def draft(service):
    source = diagrams.sequence("sag", diagrams.user_task("A"), ids=["A"]).decode()
    with service.command(PALLE) as ctx:
        drafts.save(ctx, "sag.bpmn", kind="bpmn", source=source, revision=0)


@pytest.mark.usefixtures("draft")
def test_a_draft_is_listed_and_published_with_a_reason(kfflow):
    listed = kfflow("draft", "list").output
    assert ("procesdesigner" in listed, "was not tried as it is now" in listed) == (True, True)
    refused = kfflow("draft", "publish", "sag.bpmn")
    told = ("er ikke prøvet, som den er nu" in refused.output, "was not tried as it is now" in refused.output)
    assert (refused.exit_code, *told) == (2, True, True)
    made = kfflow("draft", "publish", "sag.bpmn", "--untried", "Haster")
    assert (made.exit_code, made.output) == (0, "sag version 1\n")
    assert kfflow("draft", "list").output == ""


@pytest.mark.usefixtures("draft")
def test_a_tried_draft_needs_no_reason(kfflow, service):
    with service.command(PALLE) as ctx:
        trial_results.keep(ctx, {"sag.bpmn": 1}, Fared(expected=1, differing=0, is_whole=True))
    assert "prøvet / tried" in kfflow("draft", "list").output
    assert kfflow("draft", "publish", "sag.bpmn").exit_code == 0


def test_a_draft_that_is_not_there_is_named(kfflow):
    refused = kfflow("draft", "publish", "sag.bpmn", "--untried", "Haster")
    assert (refused.exit_code, "Kladden sag.bpmn findes ikke." in refused.output) == (2, True)
