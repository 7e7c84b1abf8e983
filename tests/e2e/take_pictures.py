"""Take the README's pictures from a running demo: ``python -m tests.e2e.take_pictures [address]``.

Start one first, in a folder of its own, so that the deadlines are fresh:
``KFFLOW_DATA_DIR=$(mktemp -d) kfflow run --demo``.
"""

import re
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.browser import ROOT, chromium_path, launch_options
from tests.e2e.pages.board import Board
from tests.e2e.pages.case import CasePage
from tests.e2e.pages.designer import Designer
from tests.e2e.pages.inbox import Inbox
from tests.e2e.pages.login import LoginPage

PICTURES = ROOT / "docs" / "pictures"
ADDRESS = "http://127.0.0.1:8080"
SIZE = {"width": 1600, "height": 900}
ZOOM = 120
EVERYDAY = re.compile("Vurdér risiko for misbrug|Udarbejd indstilling|Registrér ansøgning|Indkald til løsladelsesmøde")
RESOURCE = "kf_udgangstilladelse.bpmn"


def inbox(page: Page) -> None:
    """The inbox with one of the tasks beside it that a caseworker does every day."""
    shown = Inbox(page).open("/indbakke?view=enhed")
    shown.rows.filter(has_text=EVERYDAY).first.locator("td").nth(3).click()
    expect(shown.title).to_have_text(EVERYDAY)


def case(page: Page) -> None:
    """The case of somebody who is late from leave, with the diagram it is in."""
    Inbox(page).open("/indbakke?view=enhed&proces=kf_udgang_afvikling")
    page.get_by_role("row", name="Ring til indsat").first.get_by_role("link").first.click()
    expect(CasePage(page).diagram.locator(".kf-token").first).to_be_visible()


def board(page: Page) -> None:
    Board(page).open()


def designer(page: Page) -> None:
    """The leave process open at a task, with its deadline unfolded."""
    shown = Designer(page).open(RESOURCE)
    page.locator('[data-element-id="VurderVentetid"] .djs-hit').first.hover()
    page.keyboard.down("Control")
    for _ in range(9):
        page.mouse.wheel(0, -ZOOM)
    page.keyboard.up("Control")
    shown.outline.locator('[data-id="VurderVentetid"]').click()
    page.locator('[data-group-id="group-kf-deadline"] .bio-properties-panel-group-header').click()


SCENES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "indbakke": ("sagsbehandler", inbox),
    "sag": ("teamleder", case),
    "tavle": ("teamleder", board),
    "tegn": ("procesdesigner", designer),
}


def take(browser: Browser, address: str, name: str) -> None:
    username, arrange = SCENES[name]
    context = browser.new_context(base_url=address, viewport=SIZE, locale="da-DK", reduced_motion="reduce")
    page = context.new_page()
    LoginPage(page).open().log_in(username)
    arrange(page)
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    context.close()


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else ADDRESS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(chromium_path()))
        for name in SCENES:
            take(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main()
