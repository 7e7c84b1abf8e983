"""The designer, as somebody uses it who never touches the drawing: outline, properties, problems, bar."""

from typing import Self

from playwright.sync_api import Locator, Page, expect

FOCUS_IN_GROUP = """group => {
  const header = document.querySelector(`[data-group-id="group-${group}"] .bio-properties-panel-group-header`);
  return header !== null && header.contains(document.activeElement);
}"""
FOCUS_ON_ENTRY = """entry => {
  const focused = document.activeElement;
  return focused?.closest('[data-entry-id]')?.dataset.entryId === entry
    && focused.matches('input, textarea, select, [contenteditable=true]');
}"""
MOST_TABS = 80


class Designer:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, resource: str) -> Self:
        self.page.goto(f"/processer/{resource}/tegn")
        expect(self.outline.get_by_role("treeitem").first).to_be_visible()
        expect(self.problems.get_by_role("status")).not_to_be_empty()
        expect(self.outline.locator('[aria-selected="true"]')).to_be_visible()
        return self

    # ------------------------------------------------------------------ where things are

    @property
    def outline(self) -> Locator:
        return self.page.get_by_role("tree")

    @property
    def problems(self) -> Locator:
        return self.page.get_by_role("region", name="Problemer")

    @property
    def status(self) -> Locator:
        return self.page.locator(".kf-designer__bar .kf-draft")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def line(self, name: str) -> Locator:
        return self.outline.get_by_role("treeitem").filter(has_text=name).first

    def entry(self, name: str) -> Locator:
        """The control of one property, by its id in the panel."""
        return self.page.locator(f'[data-entry-id="{name}"]').locator("input, textarea, select, [contenteditable=true]")

    def unfold(self, group: str) -> None:
        """Show the fields of a group of properties."""
        header = self.page.locator(f'[data-group-id="group-{group}"] .bio-properties-panel-group-header')
        if "open" not in str(header.get_attribute("class")).split():
            header.click()

    def press_button(self, name: str) -> None:
        button = self.page.get_by_role("toolbar").get_by_role("button", name=name)
        button.focus()
        self.page.keyboard.press("Enter")

    def publish(self, *, untried: str) -> None:
        """Publish the draft by keyboard, saying why without a trial."""
        self.press_button("Udgiv …")
        self.dialog.get_by_label("Hvorfor udgives der uden prøve?").fill(untried)
        self.dialog.get_by_role("button", name="Udgiv", exact=True).press("Enter")

    # ------------------------------------------------------------------ by keyboard

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def walk_to(self, element_id: str) -> None:
        """Walk down the outline until an element is chosen."""
        self.outline.locator('[tabindex="0"]').focus()
        self.press("Home")
        chosen = self.outline.locator('[aria-selected="true"]')
        for _ in range(self.outline.get_by_role("treeitem").count()):
            self.press("ArrowDown")
            if chosen.get_attribute("data-id") == element_id:
                return
        raise AssertionError(f"the outline has no {element_id}")

    def _tab_until(self, script: str, wanted: str) -> None:
        for _ in range(MOST_TABS):
            if self.page.evaluate(script, wanted):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never reached {wanted}")

    def set_property(self, group: str, entry: str, value: str) -> None:
        """Go to the properties with Enter, unfold a group, go to a field with Tab and write."""
        self.press("Enter")
        self._tab_until(FOCUS_IN_GROUP, group)
        if not self.entry(entry).is_visible():
            self.press("Enter")
        self._write(entry, value)

    def add_to_list(self, group: str, properties: dict[str, str]) -> None:
        """Go to a list of the properties, add an item, which unfolds, and write its fields in their order."""
        self.press("Enter")
        self._tab_until(FOCUS_IN_GROUP, group)
        self.press("Enter")
        for entry, value in properties.items():
            self._write(entry, value)

    def _write(self, entry: str, value: str) -> None:
        self._tab_until(FOCUS_ON_ENTRY, entry)
        self.press("ControlOrMeta+A", "Delete")
        self.page.keyboard.type(value)
        self.press("Tab")
