"""The login page and the bar at the top of every page, as people use them."""

from typing import Self

from playwright.sync_api import Locator, Page, expect

PASSWORD = "synthetic-demo-1"


class LoginPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> Self:
        self.page.goto("/login")
        return self

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert")

    def send(self, username: str, password: str = PASSWORD) -> None:
        self.page.get_by_label("Brugernavn").fill(username)
        self.page.get_by_label("Adgangskode").fill(password)
        self.page.get_by_role("button", name="Log ind").click()

    def log_in(self, username: str) -> None:
        """Log in, and wait until that has happened."""
        self.send(username)
        expect(self.page.get_by_role("button", name="Log ud")).to_be_visible()
