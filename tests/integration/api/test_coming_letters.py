"""Letters that a case can still issue, over the API."""

from tests.integration.service import test_letters
from tests.integration.web.test_coming_letters import TERM, entered, shipped  # noqa: F401 - a fixture


def test_api_lists_and_gives_the_drafts(as_user, shipped):  # noqa: F811 - the fixture
    number = entered(shipped, "kf_modtagelse", "KontrollerStraffetid", TERM)
    listed = as_user("omraadekontor").get(f"/v2/kf/cases/{number}/coming-letters").json["items"]
    first = listed[0]
    assert (first["templateId"], first["elementId"]) == ("straffetidsberegning", "DanStraffetidsberegning")
    answer = as_user("omraadekontor").get(f"/v2/kf/cases/{number}/coming-letters/{first['letterId']}")
    assert "Halv tid: 7. juli 2026" in test_letters.text_of(answer.data)
