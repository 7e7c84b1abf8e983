"""The inbox: the list of tasks, the chosen task beside it, and the keys that both listen to."""

from typing import Self

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 120
FOCUSED_LABEL = "() => document.activeElement?.labels?.[0]?.innerText.trim() ?? ''"


class Inbox:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str = "/indbakke?view=enhed") -> Self:
        self.page.goto(address)
        return self

    # ------------------------------------------------------------------ the list

    @property
    def rows(self) -> Locator:
        return self.page.locator("tr[data-task-key]")

    @property
    def selected(self) -> Locator:
        return self.page.locator('tr[data-task-key][aria-selected="true"]')

    def row(self, key: int) -> Locator:
        return self.page.locator(f'tr[data-task-key="{key}"]')

    def choose(self, key: int) -> None:
        """Click a row where nothing else is, and wait for its task beside the list."""
        self.row(key).locator("td").nth(3).click()
        expect(self.page.locator(f"#kf-form-{key}")).to_be_visible()

    # ------------------------------------------------------------------ the chosen task

    @property
    def pane(self) -> Locator:
        return self.page.locator("#kf-pane")

    @property
    def title(self) -> Locator:
        return self.pane.get_by_role("heading", level=2)

    @property
    def complete(self) -> Locator:
        return self.pane.get_by_role("button", name="Fuldfør E", exact=True)

    @property
    def errors(self) -> Locator:
        return self.pane.get_by_role("alert")

    @property
    def draft_status(self) -> Locator:
        return self.pane.locator("[data-kf-draft-status]")

    @property
    def told(self) -> Locator:
        """What the page says was done."""
        return self.page.locator("p.kf-flash--ok")

    def field(self, label: str) -> Locator:
        return self.pane.get_by_label(label)

    def claim(self) -> None:
        self.pane.get_by_role("button", name="Tag opgaven").click()
        expect(self.told).to_have_text("Opgaven er nu din.")

    # ------------------------------------------------------------------ by keyboard

    def press(self, *keys: str) -> None:
        """Press keys on a page that listens: nobody is as quick as its scripts are at loading."""
        self.page.wait_for_load_state("domcontentloaded")
        for key in keys:
            self.page.keyboard.press(key)

    def search_by_key(self, words: str) -> None:
        self.press("/")
        self.page.keyboard.type(words)
        self.press("Enter")
        expect(self.page.get_by_role("searchbox")).to_have_value(words)

    def tab_to(self, label: str) -> None:
        """Press Tab until the field with this label has the focus."""
        for _ in range(MOST_TABS):
            self.press("Tab")
            if str(self.page.evaluate(FOCUSED_LABEL)).startswith(label):
                return
        raise AssertionError(f"Tab never reached {label}")
