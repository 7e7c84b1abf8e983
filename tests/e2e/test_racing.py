"""Two people complete the same task: exactly one wins, the other reads who and when, and keeps the text."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.inbox import Inbox

pytestmark = pytest.mark.e2e

CLICKED, SENT = 5, 45
NAMES = {"sagsbehandler": "Sanne Kjærsgaard", "teamleder": "Tove Lindegaard"}
PEOPLE = tuple(NAMES)
TAKEN = re.compile(r"allerede fuldført af .+ den \d\d\.\d\d\.\d{4} kl\. \d\d\.\d\d")

SEND = """([key, address]) => {
  const form = document.querySelector('#kf-pane form.kf-form');
  const body = new URLSearchParams(new FormData(form));
  body.set('udgangsadresse', address);
  window.answered = fetch(`/opgaver/${key}/fuldfoer`, {method: 'POST', body, redirect: 'manual'});
}"""
ANSWER = """async () => {
  const answer = await window.answered;
  return answer.type === 'opaqueredirect' ? ['completed', ''] : [String(answer.status), await answer.text()];
}"""


@pytest.fixture
def pages(visits) -> dict[str, Page]:
    return {name: visits.of(name) for name in PEOPLE}


def test_of_two_who_click_at_the_same_time_one_wins_and_the_other_keeps_the_text(pages, house):
    for turn, number in enumerate(house.open_cases("KLIK", CLICKED)):
        key = house.open_task(number).key
        inboxes = [Inbox(page).open(f"/indbakke?view=enhed&q={number}&sel={key}") for page in pages.values()]
        for inbox, name in zip(inboxes, PEOPLE, strict=True):
            inbox.field("Udgangsadresse").fill(f"Skrevet af {name}")
        first = turn % 2
        for inbox in (inboxes[first], inboxes[1 - first]):
            inbox.complete.click(no_wait_after=True)
        for inbox in inboxes:
            expect(inbox.told.or_(inbox.errors)).to_be_visible()
        assert sorted(inbox.told.count() for inbox in inboxes) == [0, 1]
        loser = next(inbox for inbox in inboxes if inbox.told.count() == 0)
        winner, other = PEOPLE if loser is inboxes[1] else reversed(PEOPLE)
        assert house.tasks_of(number)[0].completed_by == winner
        expect(loser.errors).to_contain_text(TAKEN)
        expect(loser.errors).to_contain_text(NAMES[winner])
        expect(loser.field("Udgangsadresse")).to_have_value(f"Skrevet af {other}")
        expect(loser.complete).to_have_count(0)


def test_of_two_whose_browsers_send_at_once_exactly_one_wins_each_time(pages, house):
    (model, *numbers) = house.open_cases("SEND", SENT + 1)
    key = house.open_task(model).key
    for page in pages.values():
        Inbox(page).open(f"/indbakke?view=enhed&sel={key}")
    wins = dict.fromkeys(PEOPLE, 0)
    for number in numbers:
        key = house.open_task(number).key
        for name, page in pages.items():
            page.evaluate(SEND, [key, f"Skrevet af {name}"])
        answers = {name: page.evaluate(ANSWER) for name, page in pages.items()}
        assert sorted(status for status, _ in answers.values()) == ["409", "completed"]
        winner = next(name for name, (status, _) in answers.items() if status == "completed")
        loser = next(name for name in PEOPLE if name != winner)
        assert TAKEN.search(answers[loser][1])
        assert f"Skrevet af {loser}" in answers[loser][1]
        assert house.tasks_of(number)[0].completed_by == winner
        wins[winner] += 1
    assert sum(wins.values()) == SENT
