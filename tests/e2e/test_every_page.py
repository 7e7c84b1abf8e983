"""What holds on every page: anybody can read it, light and dark, at 320 pixels, and nothing leaves the house."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import AXE

pytestmark = pytest.mark.e2e

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
READ = "standards => axe.run(document, {runOnly: standards}).then(({violations}) => violations)"
WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
STRANGER = ""

PAGES = {
    "login": (STRANGER, "/login"),
    "inbox": ("sagsbehandler", "/indbakke?view=enhed"),
    "task": ("sagsbehandler", "/indbakke?view=enhed&q={case}&sel={task}"),
    "task of a supervisor": ("teamleder", "/indbakke?view=enhed&q={case}&sel={task}"),
    "empty inbox": ("direktorat", "/indbakke?view=mine"),
    "cases": ("sagsbehandler", "/sager"),
    "new case": ("sagsbehandler", "/sager/ny"),
    "import": ("teamleder", "/sager/indlaes"),
    "start form": ("sagsbehandler", "/sager/ny?proces=kf_udgangstilladelse&person=a"),
    "case": ("sagsbehandler", "/sager/{case}"),
    "coming letters": ("sagsbehandler", "/sager/{case}/breve"),
    "board": ("teamleder", "/tavle"),
    "client system": ("teamleder", "/klientsystem"),
    "processes": ("procesdesigner", "/processer"),
    "batches": ("teamleder", "/batcher"),
    "batches of a designer": ("procesdesigner", "/batcher"),
    "institutions": ("sagsbehandler", "/institutioner"),
    "institution": ("administrator", "/institutioner/SDO"),
    "calendars": ("teamleder", "/kalendere?aar=2027&sted=SDO"),
    "law": ("procesdesigner", "/lov?dag=2027-01-01"),
    "draft of law": ("procesdesigner", "/lov/ny"),
    "change of law": ("procesdesigner", "/lov/{law}"),
    "activations": ("teamleder", "/drift"),
    "activation": ("procesdesigner", "/drift/kf_udgangstilladelse"),
    "activation with cases": ("teamleder", "/drift/kf_udgangstilladelse?sted=SDO"),
    "designer": ("procesdesigner", "/processer/kf_udgang_afvikling.bpmn/tegn"),
    "table designer": ("procesdesigner", "/processer/straf_kategori.dmn/tegn"),
    "process": ("procesdesigner", "/processer/kf_klage"),
    "scenario": ("procesdesigner", "/processer/kf_klage.klagen_kommer_for_sent.yaml/scenarie"),
    "new file": ("procesdesigner", "/processer/ny?art=brev"),
    "letter": ("procesdesigner", "/processer/afgoerelse.typ/brev"),
    "part of letters": ("procesdesigner", "/processer/brevhoved.typ/brev"),
    "form designer": ("procesdesigner", "/processer/luk_sagen.form/tegn"),
    "no such page": ("betjent", "/sager/findes-ikke"),
}
DRAWN = {
    "case": ".kf-token",
    "designer": ".kf-outline__item",
    "table designer": ".tjs-container",
    "form designer": ".fjs-editor-container",
}


@pytest.fixture
def visit(visits, house):
    """Open a page by its name, and wait until what is drawn on it is there."""
    (number,) = house.open_cases("SIDE", 1)
    task = house.open_task(number)

    def open_page(name: str) -> Page:
        username, address = PAGES[name]
        page = visits.of(username) if username else visits.stranger()
        law = house.publish_law() if "{law}" in address else None
        page.goto(address.format(case=number, task=task.key, law=law))
        expect(page.get_by_role("heading", level=1)).to_be_attached()
        if name in DRAWN:
            expect(page.locator(DRAWN[name]).first).to_be_visible()
        return page

    return open_page


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(READ, STANDARDS)
    return [f"{one['impact']} {one['id']} {node['target']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_in_light_and_dark(visit, name):
    page = visit(name)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []


@pytest.mark.parametrize("name", [name for name in PAGES if "designer" not in name])
def test_a_page_fits_on_320_pixels_without_scrolling_sideways(visit, name):
    page = visit(name)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDEST) <= 0


def test_a_refused_form_can_be_read_by_everybody(visit):
    page = visit("task")
    page.get_by_label("Udgangsadresse").fill("")
    page.get_by_role("button", name="Fuldfør E", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_a_refused_file_can_be_read_by_everybody(visits, tmp_path):
    (tmp_path / "notat.bpmn").write_text("<x/>", encoding="utf-8")
    page = visits.of("administrator")
    page.goto("/processer")
    page.get_by_label("Filer", exact=True).set_input_files(tmp_path / "notat.bpmn")
    page.get_by_role("button", name="Tjek og sæt i drift").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_every_page_forbids_what_comes_from_elsewhere(visit):
    page = visit("inbox")
    policies = {name: page.request.get(address).headers for name, (_, address) in PAGES.items() if "{" not in address}
    assert {
        name for name, headers in policies.items() if "default-src 'self'" not in headers["content-security-policy"]
    } == set()
    assert {headers["x-content-type-options"] for headers in policies.values()} == {"nosniff"}
