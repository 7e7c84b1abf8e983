"""Letters that no task prepares, seen as drafts before the case issues them."""

import re

import orjson
import pytest
from sqlalchemy import select

from kfflow.persistence.tables import AuditEvent, Case, Document
from kfflow.service import case_import, cases, letter_drafts
from kfflow.service.accounts import SYSTEM
from tests.integration.service import test_letters
from tests.integration.web import visiting

LEAVE = {
    "sagstype": "udgang",
    "udgangstype": "regelmaessig",
    "oensket_fra": "2026-12-04T16:00",
    "udgangsadresse": "Testvej 1, 5000 Odense C",
    "ledsaget": False,
}
TERM = {"straftype": "tidsbestemt", "straf_maaneder": 12, "straf_start": "2026-01-05", "straf_slut": "2027-01-05"}
LIFE = {"straftype": "livstid", "straf_start": "2026-01-05"}
FRISTER = {"proeve": {"dato": "2027-03-01"}}
CONSENT = {"akter_fra": ["kommune", "behandler"], "samtykke_dato": "2026-11-20"}

SEEN_BEFORE = {
    # where the case is and what it knows: which letter, how many of it, words in one of them
    "hearing": (("kf_udgangstilladelse", "RegistrerAnsoegning", LEAVE), "hoering", 2, ["Testvej 1, 5000 Odense C"]),
    "release": (
        ("kf_loesladelse", "OpdaterHandleplan", {"rute": "proeve", "frister": FRISTER}),
        "meddelelse_loesladelse",
        6,
        ["1. marts 2027"],
    ),
    "register": (
        ("kf_loesladelse", "OpdaterHandleplan", {"rute": "proeve", "frister": FRISTER}),
        "meddelelse_folkeregister",
        2,
        ["Folkeregisteret", "er løsladt"],
    ),
    "term": (("kf_modtagelse", "KontrollerStraffetid", TERM), "straffetidsberegning", 1, ["7. juli 2026"]),
    "life": (("kf_modtagelse", "KontrollerStraffetid", LIFE), "straffetidsberegning", 1, ["5. januar 2038", "§ 41"]),
    "rights": (("kf_modtagelse", "VaelgAfsoningssted", TERM), "vejledning_rettigheder", 1, ["Åse Øst"]),
    "consent": (("kf_handleplan", "UdredForhold", CONSENT), "samtykke_indhent_oplysninger", 2, ["Behandlingsstedet"]),
}


@pytest.fixture
def shipped(in_operation):
    service = in_operation.service
    test_letters.person(service)
    return service


def entered(service, process_id: str, element_id: str, known: dict) -> str:
    """Put a case into the middle of a process and give its number."""
    with service.command(SYSTEM) as ctx:
        row = {
            "external_id": "1",
            "process": process_id,
            "institution": "SDO",
            "person": "SYN-000007",
            "opened_at": "2026-11-20",
            "entered_at": "2026-11-23",
            "element": element_id,
            "variables": known,
        }
        assert case_import.import_cases(ctx, orjson.dumps([row])).problems == []
    with service.database.transaction() as session:
        return session.scalars(select(Case.number)).one()


@pytest.mark.parametrize("wanted", SEEN_BEFORE)
def test_letter_that_no_task_prepares_is_seen_before_it_is_issued(client, shipped, wanted):
    case, template, count, words = SEEN_BEFORE[wanted]
    number = entered(shipped, *case)
    visiting.log_in(client, "omraadekontor")
    told = [*drafts(client, shipped, number, template)]
    assert len(told) == count
    assert all("KLADDE – IKKE UDSENDT" in draft for draft in told)
    assert [word for word in words if not any(word in draft for draft in told)] == []
    with shipped.database.transaction() as session:
        assert session.scalars(select(Document)).all() == []


def drafts(client, service, number: str, template: str):
    """Give the words of each draft by a template that the case's page lists."""
    page = client.get(f"/sager/{number}/breve").text
    with service.command(SYSTEM) as ctx:
        ids = [one.id for one in letter_drafts.ahead(ctx, cases.get(ctx, number)) if one.wanted.letter_id == template]
    for letter_id in ids:
        address = f"/sager/{number}/breve/{letter_id}"
        assert address in page
        answer = client.get(address)
        assert (answer.status_code, answer.content_type) == (200, "application/pdf")
        yield test_letters.text_of(answer.data)


def test_what_nobody_has_said_yet_is_named_on_the_page_and_in_the_draft(client, shipped):
    known = {name: value for name, value in LEAVE.items() if name not in {"udgangsadresse", "ledsaget"}}
    number = entered(shipped, "kf_udgangstilladelse", "RegistrerAnsoegning", known)
    visiting.log_in(client, "omraadekontor")
    (first, _) = drafts(client, shipped, number, "hoering")
    assert "Endnu ikke oplyst i sagen: Udgangsadresse, " in first
    assert re.search(r"Udgangsadresse,\s+", client.get(f"/sager/{number}/breve").text)


def test_seeing_a_draft_is_audited_like_any_reading_of_a_case(client, shipped):
    number = entered(shipped, "kf_modtagelse", "VaelgAfsoningssted", TERM)
    visiting.log_in(client, "omraadekontor")
    list(drafts(client, shipped, number, "vejledning_rettigheder"))
    with shipped.database.transaction() as session:
        found = select(AuditEvent.data, AuditEvent.reason).where(AuditEvent.verb == "service:letter:preview")
        assert [tuple(row) for row in session.execute(found)] == [
            ({"template": "vejledning_rettigheder", "element": "DanVejledning"}, "ser kladde til brev")
        ]


def test_letter_that_is_not_ahead_is_refused_by_name(client, shipped):
    number = entered(shipped, "kf_modtagelse", "KontrollerStraffetid", TERM)
    visiting.log_in(client, "omraadekontor")
    answer = client.get(f"/sager/{number}/breve/1:DanVejledning:0")
    assert (answer.status_code, f"Sag {number} kan ikke længere komme til brevet" in answer.text) == (404, True)


@pytest.mark.parametrize(("role", "seen"), [("omraadekontor", True), ("sagsbehandler", False)])
def test_letter_to_a_victim_is_listed_for_those_alone_who_may_open_it(client, shipped, role, seen):
    number = entered(shipped, "kf_udgangstilladelse", "RegistrerAnsoegning", LEAVE)
    visiting.log_in(client, role)
    page = client.get(f"/sager/{number}/breve").text
    assert ("741 g" in page) is seen
