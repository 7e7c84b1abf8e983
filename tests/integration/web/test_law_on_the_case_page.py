"""Who works on a case that follows another law reads why on its page."""

from datetime import date

import pytest

from kfflow.domain.law import Transition, Validity
from kfflow.service import deployments, instances, law_batches
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.law import Following
from tests.integration.service import diagrams
from tests.integration.web import visiting

LAW = "lov nr. 611 af 14.06.2011"


@pytest.fixture
def number(service, worker):
    """The number of a case that has followed a change of law."""
    law = Validity(date(2026, 11, 20), None, LAW, Transition.ALL_RUNNING)
    for names, validity in ((["A"], Validity()), (["A", "B"], law)):
        source = diagrams.sequence("proces", *(diagrams.user_task(n) for n in names), ids=names)
        with service.command(SYSTEM) as ctx:
            made = deployments.deploy(ctx, [("p.bpmn", source)], validity=validity)
            if validity is not law:
                details = CaseDetails(institution_code="SDO")
                instances.create(ctx, process_id="proces", variables={}, business_key="2026-7", case=details)
    with service.command(SYSTEM) as ctx:
        law_batches.apply(ctx, Following(made.deployment.key))
    worker.drain()
    return "2026-7"


def test_comment_and_story_say_which_law_and_from_when(client, number):
    visiting.log_in(client, "sagsbehandler")
    page = client.get(f"/sager/{number}").text
    told = (f"proces følger nu {LAW}", f"Loven er ændret fra fredag den 20. november 2026 ({LAW}).")
    assert [words in page for words in told] == [True, True]
