"""The supervisor's board: every number is the length of the list behind it, and work is handed over from it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from kfflow.persistence.tables import UserTask
from kfflow.service import absences
from kfflow.service.accounts import SYSTEM
from tests.e2e.pages.board import Board
from tests.e2e.pages.inbox import Inbox
from tests.e2e.test_every_page import violations

pytestmark = pytest.mark.e2e


def test_every_number_is_the_length_of_the_list_it_links_to(visits, house):
    house.open_cases("TAVLE", 2)
    house.open_cases("TAVLE-UDEN-ENHED", 1, with_person=False)
    house.come_to_rest()
    board = Board(visits.of("teamleder")).open()
    numbers = board.numbers()
    assert len(numbers) > 18
    assert {address: board.length_of(address) for address, _ in numbers} == dict(numbers)


def test_a_number_opens_its_list_with_the_same_count(visits, house):
    house.open_cases("TAL", 1)
    house.come_to_rest()
    board = Board(visits.of("teamleder")).open()
    tile = board.page.get_by_role("link", name="Ufordelte").first
    number = int(tile.inner_text().split()[0])
    tile.click()
    expect(board.page.get_by_role("heading", level=1)).to_have_text("Ufordelte")
    expect(board.page.locator("#kf-total")).to_contain_text(f"af {number}")


def test_the_ticked_tasks_are_handed_to_a_colleague(visits, house):
    numbers = house.open_cases("FORDEL", 2)
    keys = [house.open_task(number).key for number in numbers]
    make_pressing(house, keys)
    board = Board(visits.of("teamleder")).open()
    board.tick(*[f"Registrér ansøgning, {number}" for number in numbers])
    board.hand_over("Sanne Kjærsgaard")
    expect(board.told).to_have_text(["2 opgaver er fordelt."])
    inbox = Inbox(visits.of("sagsbehandler")).open("/indbakke?view=mine&q=FORDEL-")
    expect(inbox.rows).to_have_count(2)
    assert [house.open_task(number).assignee for number in numbers] == ["sagsbehandler"] * 2


def test_a_colleague_who_is_away_stands_last_with_the_days(visits, house):
    house.open_cases("VAEK", 1)
    today = house.clock.at.date()
    with house.service.command(SYSTEM) as ctx:
        absences.tell(ctx, "betjent", today, today)
    board = Board(visits.of("teamleder")).open()
    offered = board.page.get_by_label("Giv de valgte til")
    last = f"Bjarne Højlund (fraværende {today:%d.%m.%Y}–{today:%d.%m.%Y})"
    expect(offered.locator("optgroup[label='Ikke til stede i dag'] option")).to_have_text([last])
    expect(offered.locator("option").last).to_have_text(last)
    assert violations(board.page) == []
    with house.service.command(SYSTEM) as ctx:
        absences.end(ctx, "betjent")


def make_pressing(house, keys):
    """Make tasks the most urgent of all, so that they stand on the board."""
    with house.installation.database.transaction() as session:
        due_at = house.clock.at - timedelta(days=400)
        session.execute(update(UserTask).where(UserTask.key.in_(keys)).values(due_at=due_at, warn_at=due_at))


def test_without_a_tick_the_board_says_what_to_do(visits):
    board = Board(visits.of("teamleder")).open()
    board.hand_over("Sanne Kjærsgaard")
    expect(board.told).to_have_text(["Sæt kryds ved mindst én opgave."])
