"""A letter template on its page: opened, saved, seen with its sample, put in force."""

from datetime import date

import pytest
from sqlalchemy import select

from kfflow.domain.law import Days
from kfflow.persistence.tables import Draft, Letter
from kfflow.service import deployments, drafts
from kfflow.service.accounts import SYSTEM
from kfflow.service.letter_templates import get
from tests.integration.web import visiting

NAME = "besked.typ"
PATH = f"/processer/{NAME}/brev"
HEAD = '/* kfflow\n{"titel": "Besked", "felter": {"udfald": "afslag"}}\n*/\n'
PART = '#let hilsen = [Venlig hilsen]\n#let data = json("data.json")\n'
BODY = (
    '#import "hilsner.typ": data, hilsen\n#set document(title: data.titel)\n#set text(lang: "da")\n= Besked\n#hilsen\n'
)
LETTER = HEAD + BODY


@pytest.fixture
def designer(client, service):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(NAME, LETTER.encode()), ("hilsner.typ", PART.encode())])
    return visiting.log_in(client, "procesdesigner")


def words(page) -> str:
    return " ".join(page.text.split())


def save(client, token, source, revision=0, **more):
    return client.post(PATH, data={"kilde": source, "revision": revision, "csrf_token": token, **more})


def rows(service, table):
    with service.database.transaction() as session:
        return list(session.scalars(select(table).order_by(table.key)))


@pytest.mark.usefixtures("designer")
def test_the_page_shows_the_letter_in_force_beside_its_sample(client):
    page = words(client.get(PATH))
    assert ("version 1 er i drift" in page, "Kontrollen finder intet." in page) == (True, True)
    assert "#import &#34;hilsner.typ&#34;: data, hilsen" in page
    assert page.count('<img class="kf-sheet"') == 1
    sheet = client.get(f"{PATH}/side/1?brev={NAME}")
    assert (sheet.status_code, sheet.content_type, sheet.data[:4]) == (200, "image/png", b"\x89PNG")
    assert client.get(f"{PATH}/side/2?brev={NAME}").status_code == 404


@pytest.mark.usefixtures("designer")
def test_the_sample_opens_as_the_pdf_that_would_be_sent(client):
    made = client.get(f"{PATH}/proeve?brev={NAME}&sprog=en")
    assert (made.status_code, made.content_type, made.data[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.usefixtures("designer")
def test_the_address_of_a_drawing_leads_to_the_page_of_the_letter(client):
    assert client.get(f"/processer/{NAME}/tegn").location == PATH


def test_a_draft_is_saved_with_the_line_ends_of_a_file_and_seen_before_it_counts(client, designer, service):
    longer = LETTER + "#pagebreak()\nSide to\n"
    assert save(client, designer, longer.replace("\n", "\r\n")).status_code == 303
    (draft,) = rows(service, Draft)
    assert (draft.source, draft.kind, draft.revision) == (longer, "typ", 1)
    page = words(client.get(PATH))
    assert (page.count('<img class="kf-sheet"'), "Kladde gemt af Palle Stenbæk" in page) == (2, True)
    assert len(rows(service, Letter)) == 2


def test_an_error_is_saved_and_told_with_its_line(client, designer, service):
    assert save(client, designer, LETTER + "#ukendt\n").status_code == 303
    page = words(client.get(PATH))
    line = (LETTER + "#ukendt").count("\n") + 1
    assert (f'data-kf-line="{line}"' in page, '<code class="kf-mono kf-meta">#ukendt</code>' in page) == (True, True)
    assert "Brevet kan ikke vises, før fejlene er rettet." in page
    assert client.get(f"{PATH}/side/1?brev={NAME}").status_code == 409
    refused = client.post(f"{PATH}/udgiv", data={"revision": 1, "uden_proeve": "Prøve", "csrf_token": designer})
    assert (refused.status_code, len(rows(service, Letter))) == (422, 2)


def test_a_colleagues_newer_draft_is_not_overwritten_unless_that_is_chosen(client, designer, service):
    save(client, designer, LETTER)
    with service.command(SYSTEM) as ctx:
        drafts.save(ctx, NAME, kind="typ", source="anden", revision=1)
    stale = save(client, designer, "min tekst", revision=1)
    page = words(stale)
    assert (stale.status_code, "min tekst</textarea>" in page, 'name="over" value="2"' in page) == (409, True, True)
    assert 'name="revision" value="1"' in page
    assert rows(service, Draft)[0].source == "anden"
    assert save(client, designer, "min tekst", revision=1, over=2).status_code == 303
    assert rows(service, Draft)[0].source == "min tekst"


def test_a_draft_is_put_in_force_from_a_day(client, designer, service, days):
    changed = LETTER + "Mere\n"
    save(client, designer, changed)
    given = {
        "gyldig_fra": "2027-01-01",
        "lov": "lov nr. 1",
        "overgang": "NEW_CASES",
        "csrf_token": designer,
        "uden_proeve": "Ny tekst",
    }
    answer = client.post(f"{PATH}/udgiv", data={"revision": 1, **given})
    assert (answer.status_code, rows(service, Draft)) == (303, [])
    assert "Version 2 gælder fra 01.01.2027. Kun nye sager." in words(client.get(answer.location))
    with service.command(SYSTEM) as ctx:
        assert get(ctx, "besked", days("2027-01-01")).source == changed.encode()
        assert get(ctx, "besked", days("2026-12-31")).source == LETTER.encode()


@pytest.fixture
def days():
    return lambda text: Days.on(date.fromisoformat(text))


@pytest.mark.parametrize("case", [({"revision": 0}, 409), ({"revision": 1, "gyldig_fra": "i morgen"}, 422)])
def test_what_was_not_seen_or_has_no_day_is_not_published(client, designer, service, case):
    given, status = case
    save(client, designer, LETTER + "Mere\n")
    answer = client.post(f"{PATH}/udgiv", data={**given, "csrf_token": designer})
    assert (answer.status_code, len(rows(service, Letter)), len(rows(service, Draft))) == (status, 2, 1)


@pytest.mark.usefixtures("designer")
def test_a_part_is_seen_in_the_letters_that_import_it(client):
    page = words(client.get("/processer/hilsner.typ/brev"))
    assert ("En del af 1 breve" in page, page.count('<img class="kf-sheet"')) == (True, 1)
    assert client.get("/processer/hilsner.typ/brev/side/1?brev=hilsner.typ").status_code == 404


@pytest.mark.usefixtures("designer")
@pytest.mark.parametrize("name", ["findes_ikke.typ", "vurder.bpmn", "a b.typ"])
def test_what_is_no_letter_is_not_there(client, name):
    assert client.get(f"/processer/{name}/brev").status_code == 404


def test_letters_are_listed_and_fetched_and_compared_by_line(client, designer):
    assert PATH.removesuffix("/brev") + "/tegn" in client.get("/processer").text
    fetched = client.get(f"/processer/{NAME}/fil")
    assert (fetched.content_type, fetched.text) == ("text/plain; charset=utf-8", LETTER)
    save(client, designer, LETTER + "Mere\n")
    assert "Linje 9: »Mere« er ny." in words(client.get(f"/lov/ny?fil={NAME}"))
    page = words(client.get(PATH))
    assert ("Forskelle fra det, der er i drift (1)" in page, "Linje 9: »Mere« er ny." in page) == (True, True)


def test_who_publishes_and_does_not_draw_sees_the_letter_and_saves_nothing(client, designer):
    client.post("/logout", data={"csrf_token": designer})
    visiting.log_in(client, "administrator")
    page = client.get(PATH).text
    assert ("readonly" in page, "Gem kladde" in page, page.count('<img class="kf-sheet"')) == (True, False, 1)
    assert client.get(f"{PATH}/side/1?brev={NAME}").status_code == 200
