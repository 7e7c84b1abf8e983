"""Bad input over every door where it can come in: refused with place, reason and what to do, and nothing is stored.

The list is that of the issue: a form that breaks its schema, a date before the admission, an unknown institution, a
refusal without reasons, four-eyes, a transfer to a full unit, a rule row without basis, overlapping periods of
validity, an import with wrong or missing columns. The doors are the screen in both languages, the API, the command
line, and the import.
"""

from dataclasses import dataclass
from html import unescape
from io import BytesIO

import orjson
import pytest
from sqlalchemy import select

from kfflow.domain.authorization import FOUR_EYES
from kfflow.domain.law import Validity
from kfflow.persistence.tables import Person, Unit, UserTask
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.conftest import ROOT
from tests.integration import whole
from tests.integration.api.conftest import Caller
from tests.integration.cli.conftest import CommandLine
from tests.integration.service import diagrams
from tests.integration.web import visiting

READING = "audit_event"
"""What somebody was shown while being refused is audited; beside that nothing may change."""
TRANSFER = {
    "anledning": "vold",
    "anledning_dato": "2026-11-20",
    "fra_regime": "aaben",
    "til_regime": "lukket",
    "fra_institution": "SDO",
    "ny_institution": "RIN",
    "straftype": "tidsbestemt",
}
KNOWN = {"indsat_dato": "2026-11-02", "sagstype": "udgang", "ny_institution": "RIN", "til_regime": "lukket"}
FORMS = {
    "traef_afgoerelse": "kf_afgoerelse",
    "registrer_anledning": "kf_overfoersel",
    "bekraeft_plads": "kf_overfoersel",
    "bestil_transport": "kf_overfoersel",
    "registrer_klage": "kf_klage",
    "registrer_afgang": "kf_udgang_afvikling",
}
COMPLAINT = {
    "sagstype": "udgang",
    "afgoerelse_rolle": "omraadekontor",
    "meddelt_dato": "2026-11-10",
    "klage_modtaget_dato": "2026-11-20",
    "klage_indhold": "Afslaget er forkert",
}


@dataclass(frozen=True)
class Wrong:
    """An answer to a shipped form that cannot be, the field it is told at, and what is told."""

    form: str
    answers: dict[str, str]
    field: str
    danish: str
    english: str


ANSWERS = {
    "a form that breaks its schema": Wrong(
        "traef_afgoerelse",
        {"udfald": "maaske"},
        "udfald",
        "Vælg blandt mulighederne under »Udfald«.",
        'Choose among the options of "Outcome".',
    ),
    "a date before the admission": Wrong(
        "registrer_anledning",
        TRANSFER | {"anledning_dato": "2026-11-01"},
        "anledning_dato",
        "»Dato for anledningen« kan ikke ligge før indsættelsen (02.11.2026); ret den dato, der er forkert.",
        '"Date of the occasion" cannot be before the admission (2026-11-02); correct whichever date is wrong.',
    ),
    "a complaint that is still to come": Wrong(
        "registrer_klage",
        COMPLAINT | {"klage_modtaget_dato": "2199-12-31"},
        "klage_modtaget_dato",
        "»Klagen modtaget den« kan ikke ligge efter i dag (24.11.2026); vælg en tidligere dato.",
        '"Complaint received on" cannot be after today (2026-11-24); choose an earlier date.',
    ),
    "a departure before the admission": Wrong(
        "registrer_afgang",
        {"afgang_tid": "2026-11-01T16:00", "vilkaar_underskrevet": "true"},
        "afgang_tid",
        "»Afgang« kan ikke ligge før indsættelsen (02.11.2026); ret den dato, der er forkert.",
        '"Departure" cannot be before the admission (2026-11-02); correct whichever date is wrong.',
    ),
    "an instant beyond the years of a case": Wrong(
        "bestil_transport",
        {"planlagt_ankomst": "9999-12-31T10:00", "transport_risiko": "lav"},
        "planlagt_ankomst",
        "Skriv en dato og et klokkeslæt i »Forventet ankomst«, fx 24.11.2026 14.10.",
        'Write a date and a time in "Expected arrival", e.g. 24.11.2026 14.10.',
    ),
    "an unknown institution": Wrong(
        "registrer_anledning",
        TRANSFER | {"ny_institution": "XXX"},
        "ny_institution",
        "Vælg blandt mulighederne under »Ønsket eller foreslået institution«.",
        'Choose among the options of "Wished or proposed institution".',
    ),
    "a refusal without reasons": Wrong(
        "traef_afgoerelse",
        {"udfald": "afslag"},
        "begrundelse",
        "Udfyld »Begrundelse«.",
        'Fill in "Reasons".',
    ),
    "a transfer to a full unit": Wrong(
        "bekraeft_plads",
        {"plads_bekraeftet": "ja"},
        "plads_bekraeftet",
        "Ringe Fængsel har ingen ledig plads i lukket regime. Vælg et andet sted, eller accepter overbelægningen.",
        "Ringe Fængsel has no free place in its closed regime. Choose another place, or accept the overcrowding.",
    ),
}


@pytest.fixture
def house(service, worker):
    """One process for each form, one with four-eyes, an inmate, and a regime without a free place."""
    assert worker
    files = [
        (f"{form}.form", (ROOT / f"workflows/{key}/forms/{form}.form").read_bytes()) for form, key in FORMS.items()
    ]
    for form in FORMS:
        task = diagrams.user_task("Svar", extra=f'<zeebe:formDefinition formId="{form}"/>')
        files.append((f"{form}.bpmn", diagrams.sequence(f"p_{form}", task, ids=["Svar"])))
    apart = diagrams.user_task("Godkend", extra='<kf:fourEyes differentFrom="Indstil"/>')
    both = diagrams.sequence("p_fire", diagrams.user_task("Indstil"), apart, ids=["Indstil", "Godkend"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [*files, ("fire.bpmn", both)])
        ctx.session.get_one(Unit, "RIN-L").places = 0
        ctx.session.add(Person(key=ctx.new_key(), person_number="P-7", name="Per", institution_code="SDO"))
    return service


def open_task(service, process_id):
    with service.command(SYSTEM) as ctx:
        details = CaseDetails(institution_code="SDO")
        instance = instances.create(ctx, process_id=process_id, variables={"indsat_id": "P-7", **KNOWN}, case=details)
        chosen = select(UserTask.key).where(UserTask.instance_key == instance.key, UserTask.state == "CREATED")
        return ctx.session.scalars(chosen).one()


def stored(service):
    return {name: digest for name, digest in whole.database(service).items() if name != READING}


@pytest.fixture
def screen(client, house):
    """Post to a page as somebody, in each language; gives what the page shows, and that nothing was stored."""

    def post(username, address, language, **data):
        token = visiting.log_in(client, username)
        client.post("/sprog", data={"language": language, "next": "/", "csrf_token": token})
        before = stored(house)
        answer = client.post(address, data={**data, "csrf_token": token})
        assert stored(house) == before
        return answer.status_code, unescape(answer.text)

    return post


@pytest.fixture
def program(client, house) -> Caller:
    assert house
    return Caller(client, "sagsbehandler")


@pytest.fixture
def command_line(house) -> CommandLine:
    address = house.database.engine.url.set(drivername="postgresql")
    named = address.render_as_string(hide_password=False)
    return CommandLine({"KFFLOW_DATABASE_URL": named, "KFFLOW_PUBLISH_ALONE": "1"})


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_refused_over_the_api_at_its_field(house, program, what):
    wrong = ANSWERS[what]
    key = open_task(house, f"p_{wrong.form}")
    before = stored(house)
    answer = program.post(f"/v2/user-tasks/{key}/completion", {"variables": wrong.answers})
    told = [(e["field"], e["messageDa"], e["messageEn"]) for e in answer.json["errors"]]
    assert (answer.status_code, told) == (400, [(wrong.field, wrong.danish, wrong.english)])
    assert stored(house) == before


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_refused_on_the_screen_at_its_field(house, screen, what, language):
    wrong = ANSWERS[what]
    key = open_task(house, f"p_{wrong.form}")
    status, page = screen("sagsbehandler", f"/opgaver/{key}/fuldfoer", language, **wrong.answers)
    words = wrong.danish if language == "da" else wrong.english
    assert (status, f'<a href="#felt-{wrong.field}">{words}</a>' in page) == (422, True)


# ------------------------------------------------------------------ four-eyes


@pytest.fixture
def second(house):
    """The second of two tasks that the same person may not do."""
    first = open_task(house, "p_fire")
    with house.command(SYSTEM) as ctx:
        ctx.session.get_one(UserTask, first).assignee = "sagsbehandler"
    return first


def finish_first(house, program, key):
    assert program.post(f"/v2/user-tasks/{key}/completion").status_code == 204
    with house.command(SYSTEM) as ctx:
        return ctx.session.scalars(select(UserTask.key).where(UserTask.state == "CREATED")).one()


@pytest.mark.parametrize("language", ["da", "en"])
def test_four_eyes_are_refused_over_the_api_and_on_the_screen(house, program, screen, second, language):
    key = finish_first(house, program, second)
    told = FOUR_EYES.message_da if language == "da" else FOUR_EYES.message_en
    before = stored(house)
    refused = program.post(f"/v2/user-tasks/{key}/completion", **{"Accept-Language": language})
    assert (refused.status_code, refused.json["detail"]) == (403, told)
    assert stored(house) == before
    status, page = screen("sagsbehandler", f"/opgaver/{key}/fuldfoer", language)
    assert (status, told in page) == (403, True)


# ------------------------------------------------------------------ files

TABLE = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
 <decision id="graense" name="Grænse"><decisionTable id="t" hitPolicy="UNIQUE">
  <input id="i"><inputExpression id="ie"><text>n</text></inputExpression></input><output id="o" name="r"/>
  <annotation name="hjemmel"/>
  <rule id="r1"><inputEntry id="a"><text>&lt; 5</text></inputEntry><outputEntry id="b"><text>1</text></outputEntry>
   <annotationEntry><text>straffuldbyrdelsesloven § 46</text></annotationEntry></rule>
  <rule id="r2"><inputEntry id="c"><text>&gt;= 5</text></inputEntry><outputEntry id="e"><text>2</text></outputEntry>
   <annotationEntry><text>{basis}</text></annotationEntry></rule>
 </decisionTable></decision></definitions>"""
LATER = Validity.read(gyldig_fra="2027-01-01", lov="lov nr. 611 af 14.06.2011")
FILES = {
    "a form that breaks its schema": (
        ("skema.form", b'{"type": "default", "components": [{"type": "textfield", "key": "a b", "label": "A"}]}'),
        "Feltet skal have en nøgle af bogstaver (a-z), tal og _, ikke 'a b'.",
        "The component needs a key of letters (a-z), digits and _, not 'a b'.",
    ),
    "a rule row without basis": (
        ("graense.dmn", TABLE.format(basis="").encode()),
        "Hjemmel mangler i regel 2; skriv i kolonnen hjemmel, hvilken lov reglen hviler på.",
        "The legal basis is missing in rule 2; say in the column hjemmel which law it rests on.",
    ),
    "overlapping periods of validity": (
        ("graense.dmn", TABLE.format(basis="§ 47").encode()),
        (
            "Version 1 af graense er udgivet fra 2027-01-01 (lov nr. 611 af 14.06.2011), og perioderne overlapper. "
            "Sæt slutdatoen til senest 2027-01-01, eller udgiv fra 2027-01-01 for at afløse den."
        ),
        (
            "Version 1 of graense is published from 2027-01-01 (lov nr. 611 af 14.06.2011), and the periods overlap. "
            "Set the end to 2027-01-01 at the latest, or publish from 2027-01-01 to replace it."
        ),
    ),
}


@pytest.fixture
def announced(house):
    """The table is published for the day on which a law comes into force."""
    with house.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("graense.dmn", TABLE.format(basis="§ 48").encode())], validity=LATER)
    return house


@pytest.mark.parametrize("what", FILES)
def test_a_file_is_refused_over_the_api(announced, client, what):
    file, danish, english = FILES[what]
    before = stored(announced)
    answer = Caller(client, "procesdesigner").upload("/v2/deployments", file)
    found = [(f["messageDa"], f["messageEn"]) for f in answer.json.get("findings", [])]
    found += [(e["messageDa"], e["messageEn"]) for e in answer.json.get("errors", [])]
    assert (answer.status_code, (danish, english) in found) == (400, True)
    assert stored(announced) == before


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("what", FILES)
def test_a_file_is_refused_on_the_screen(announced, screen, what, language):
    assert announced
    (name, source), *words = FILES[what]
    status, page = screen("procesdesigner", "/processer", language, filer=(BytesIO(source), name))
    assert (status, words[language == "en"] in page) == (400, True)


@pytest.mark.parametrize("what", FILES)
def test_a_file_is_refused_on_the_command_line(announced, command_line, tmp_path, what):
    (name, source), danish, english = FILES[what]
    (tmp_path / name).write_bytes(source)
    before = stored(announced)
    refused = command_line("deploy", tmp_path / name)
    assert (refused.exit_code, danish in refused.output, english in refused.output) == (2, True, True)
    assert stored(announced) == before


# ------------------------------------------------------------------ import

ROW = {"external_id": "K-1", "process": "p_fire", "element": "Indstil", "institution": "SDO", "opened_at": "2026-11-02"}
ROWS = {
    "an unknown institution": (
        ROW | {"institution": "XXX"},
        "institution",
        "Institutionen kendes ikke; opret den først, eller ret værdien.",
        "Unknown institution; enter it first, or correct the value.",
    ),
    "a missing column": (
        {name: value for name, value in ROW.items() if name != "institution"},
        "institution",
        "Mangler; skal udfyldes.",
        "Missing; must be given.",
    ),
    "a wrong column": (
        ROW | {"afdeling": "A1"},
        "afdeling",
        "Kolonnen kendes ikke. Brug external_id, process, element, institution, opened_at, ",
        "Unknown column. Use external_id, process, element, institution, opened_at, ",
    ),
    "a date before the case was opened": (
        ROW | {"entered_at": "2026-11-01"},
        "entered_at",
        "Ligger før opened_at; ret den ene.",
        "Lies before opened_at; correct one of them.",
    ),
}


@pytest.mark.parametrize("path", ["/v2/kf/cases/import", "/v2/kf/cases/import/dry-run"])
@pytest.mark.parametrize("what", ROWS)
def test_a_row_is_refused_over_the_api_with_every_row_beside_it(house, client, what, path):
    row, column, danish, english = ROWS[what]
    before = stored(house)
    good = ROW | {"external_id": "K-0"}
    answer = Caller(client, "teamleder").upload(path, ("cases.json", orjson.dumps([good, row])))
    tried = [
        (f"rows.{p['row']}.{p['column']}", p["messageDa"], p["messageEn"]) for p in answer.json.get("problems", [])
    ]
    told = tried or [(e["field"], e["messageDa"], e["messageEn"]) for e in answer.json["errors"]]
    assert [(field, danish in da, english in en) for field, da, en in told] == [(f"rows.2.{column}", True, True)]
    assert stored(house) == before


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("button", ["proev", "indlaes"])
@pytest.mark.parametrize("what", ROWS)
def test_a_row_is_refused_on_the_screen(screen, what, button, language):
    row, column, *words = ROWS[what]
    file = (BytesIO(orjson.dumps([row])), "cases.json")
    status, page = screen("teamleder", "/sager/indlaes", language, fil=file, handling=button)
    assert (status, words[language == "en"] in page, f">{column}</td>" in page) == (422, True, True)


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
@pytest.mark.parametrize("what", ROWS)
def test_a_row_is_refused_on_the_command_line(house, command_line, tmp_path, what, options):
    row, column, danish, english = ROWS[what]
    file = tmp_path / "cases.json"
    file.write_bytes(orjson.dumps([row]))
    before = stored(house)
    refused = command_line("import", "cases", file, *options)
    assert (refused.exit_code > 0, danish in refused.output, english in refused.output) == (True, True, True)
    assert column in refused.output
    assert stored(house) == before


# ------------------------------------------------------------------ an institution elsewhere


def test_an_unknown_institution_of_a_switch_is_refused_over_the_api(house, client):
    before = stored(house)
    body = {"institution": "XXX", "on": False, "reason": "Prøve"}
    answer = Caller(client, "procesdesigner").post("/v2/kf/processes/p_fire/activation", body)
    told = [(e["field"], e["messageDa"], e["messageEn"]) for e in answer.json["errors"]]
    assert told == [("institution", "Institutionen XXX kendes ikke.", "Unknown institution XXX.")]
    assert stored(house) == before
