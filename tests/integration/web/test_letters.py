"""The letter seen before it is issued, and the issued one in the case's documents."""

import orjson
import pytest
from sqlalchemy import select, update

from kfflow.persistence.tables import AuditEvent, Document, UserTask
from kfflow.service import case_import, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import test_letters
from tests.integration.service.test_letters import shipped  # noqa: F401 - a fixture
from tests.integration.web import visiting

ANSWERS = {"udfald": "afslag", "begrundelse": "Politiet fraråder det."}


@pytest.fixture
def task(shipped) -> int:  # noqa: F811 - the fixture
    test_letters.person(shipped)
    with shipped.command(SYSTEM) as ctx:
        variables = {"indsat_id": "SYN-000007", "sagstype": "udgang", "afgoerelse_rolle": "sagsbehandler"}
        details = CaseDetails(institution_code="SDO")
        instances.create(ctx, process_id="kf_afgoerelse", variables=variables, case=details, as_part=True)
    with shipped.database.transaction() as session:
        return session.scalars(select(UserTask.key)).one()


def audited(service, verb) -> list[str]:
    with service.database.transaction() as session:
        return list(session.scalars(select(AuditEvent.reason).where(AuditEvent.verb == verb)))


def test_task_that_prepares_a_letter_has_a_button_for_it(client, task):
    visiting.log_in(client, "sagsbehandler")
    page = client.get(f"/indbakke?sel={task}").text
    assert f'formaction="/opgaver/{task}/brev"' in page
    assert 'formtarget="_blank"' in page


def test_letter_is_seen_with_what_is_typed_and_not_stored(client, service, task):
    token = visiting.log_in(client, "sagsbehandler")
    answer = client.post(f"/opgaver/{task}/brev", data={**ANSWERS, "csrf_token": token})
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; object-src 'self'")
    told = test_letters.text_of(answer.data)
    for words in ("KLADDE – IKKE UDSENDT", "Afslag i sag", "Politiet fraråder det.", "Du kan klage"):
        assert words in told
    with service.database.transaction() as session:
        assert session.scalars(select(Document)).all() == []
    assert audited(service, "service:letter:preview") == ["ser brevet, før det udsendes"]


def test_outcome_typed_so_far_decides_which_letter_is_seen(client, task):
    token = visiting.log_in(client, "sagsbehandler")
    data = {"udfald": "imoedekommet", "csrf_token": token}
    assert "Du får tilladelse til udgang." in test_letters.text_of(client.post(f"/opgaver/{task}/brev", data=data).data)


def test_letter_can_be_seen_with_an_empty_form(client, task):
    token = visiting.log_in(client, "sagsbehandler")
    answer = client.post(f"/opgaver/{task}/brev", data={"csrf_token": token})
    assert "KLADDE" in test_letters.text_of(answer.data)


def test_letter_of_another_group_is_not_shown(client, service, task):
    with service.database.transaction() as session:
        session.execute(update(UserTask).values(candidate_groups=["direktorat"]))
    token = visiting.log_in(client, "sagsbehandler")
    assert client.post(f"/opgaver/{task}/brev", data={**ANSWERS, "csrf_token": token}).status_code == 403


def test_letter_without_a_token_is_refused(client, task):
    visiting.log_in(client, "sagsbehandler")
    assert client.post(f"/opgaver/{task}/brev", data=ANSWERS).status_code == 400


def test_task_that_prepares_no_letter_shows_none(client, service):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 1)
    key = visiting.tasks_of(service)[0].key
    token = visiting.log_in(client, "sagsbehandler")
    assert "formaction" not in client.get(f"/indbakke?sel={key}").text
    assert client.post(f"/opgaver/{key}/brev", data={"csrf_token": token}).status_code == 404


SEEN_BEFORE = [
    (
        (
            "kf_modtagelse",
            "KontrollerStraffetid",
            {"straftype": "tidsbestemt", "straf_maaneder": 12, "straf_start": "2026-01-05", "straf_slut": "2027-01-05"},
        ),
        (0, "omraadekontor", ["Halv tid: 7. juli 2026", "To tredjedele: 6. september 2026"]),
    ),
    (
        (
            "kf_modtagelse",
            "VaelgAfsoningssted",
            {"paa_fri_fod": True, "ny_institution": "SDO", "oensket_moededato": "2027-02-01"},
        ),
        (0, "omraadekontor", ["1. februar 2027", "Sdr. Omme Fængsel"]),
    ),
    (
        ("kf_modtagelse", "ModtagIndsat", {"institution": "SDO", "indsat_dato": "2026-11-02"}),
        (1, "betjent", ["Bopælskommunen"]),
    ),
    (
        (
            "kf_handleplan",
            "GodkendHandleplan",
            {"samtykke_kommune": True, "handleplan_maal": "Et svendebrev", "efter_bolig": "Egen lejlighed"},
        ),
        (1, "teamleder", ["Bopælskommunen", "Et svendebrev", "Bolig: Egen lejlighed"]),
    ),
    (
        ("kf_overfoersel", "ModtagPaaNytSted", {"institution": "SDO", "ankommet_dato": "2026-11-02"}),
        (0, "teamleder", ["Folkeregisteret", "er overført til en anden institution", "2. november 2026"]),
    ),
    (("kf_loesladelse_gennemfoer", "LoesladOgUdlever", {"rute": "slut"}), (2, "betjent", ["Bopælskommunen"])),
]


@pytest.fixture
def all_shipped(in_operation):
    service = in_operation.service
    test_letters.person(service)
    return service


@pytest.mark.parametrize(("case", "seen"), SEEN_BEFORE)
def test_letter_is_seen_as_what_comes_before_it_will_make_it(client, all_shipped, case, seen):
    service = all_shipped
    process_id, element_id, known = case
    number, role, words = seen
    with service.command(SYSTEM) as ctx:
        begun = {"external_id": "1", "process": process_id, "institution": "SDO", "person": "SYN-000007"}
        since = {"opened_at": "2026-11-20", "entered_at": "2026-11-23"}
        row = {**begun, **since, "element": element_id, "variables": known}
        assert case_import.import_cases(ctx, orjson.dumps([row])).problems == []
    with service.database.transaction() as session:
        key = session.scalars(select(UserTask.key).where(UserTask.element_id == element_id)).one()
    token = visiting.log_in(client, role)
    address = f"/opgaver/{key}/brev" + (f"?nr={number}" if number else "")
    assert f'formaction="{address}"' in client.get(f"/indbakke?sel={key}").text
    told = test_letters.text_of(client.post(address, data={"csrf_token": token}).data)
    assert [word for word in ["KLADDE – IKKE UDSENDT", *words] if word not in told] == []


def test_issued_letter_is_listed_and_downloaded_with_an_audited_reason(client, service, shipped, worker):  # noqa: F811 - the fixture
    test_letters.person(shipped)
    document = test_letters.decided(shipped, worker)
    visiting.log_in(client, "omraadekontor")
    number = document.data["sagsnummer"]
    address = f"/sager/{number}/dokumenter/{document.key}"
    assert address in client.get(f"/sager/{number}").text
    answer = client.get(address)
    assert (answer.data == document.content, answer.content_type) == (True, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}-{document.key}.pdf"'
    assert audited(service, "web:document:read") == ["læser dokument"]
