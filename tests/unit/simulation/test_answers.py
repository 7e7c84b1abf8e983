"""What people answer: for every form that kfflow ships, and from the data file."""

from datetime import UTC, datetime
from random import Random

import pytest

from kfflow.domain import forms
from kfflow.domain.forms import Form
from kfflow.service.forms import INSTITUTIONS, evaluator_at
from kfflow.simulation import figures
from kfflow.simulation.answers import Answering, Answers
from tests.conftest import ROOT

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KNOWN = {
    "idag": "2026-03-02",
    "nu": "2026-03-02T10:00:00+01:00",
    "indsat_id": "SYN-000001",
    "er_i": "SDO",
    "ledigt_sted": "KRA",
    "nyt_regime": "aaben",
    "regime": "aaben",
    "anledning": "eget_oenske",
    "sagstype": "udgang",
    "udgangstype": "regelmaessig",
    "formaal": "familie",
    "straftype": "tidsbestemt",
    "straf_maaneder": 6,
    "foedt_dato": "1990-05-01",
    "straf_start": "2026-01-05",
    "straf_slut": "2026-07-05",
    "udgang_fra": "2026-03-06T16:00:00+01:00",
    "udgang_til": "2026-03-08T21:00:00+01:00",
    "ansvarlige": [
        {"value": "leif.kold", "label": "Leif Kold (0)"},
        {"value": "signe.friis", "label": "Signe Friis (1)"},
    ],
}
PLACES = ("SDO", "KRA", "VEJ")
SHIPPED = {path.stem: path for path in sorted(ROOT.glob("workflows/*/forms/*.form"))}


def form(name: str) -> Form:
    return forms.parse_form(SHIPPED[name].read_text(encoding="utf-8"), name)


def answering(seed: int = 1, **known: object) -> Answering:
    return Answering(KNOWN | known, evaluator_at(AT, KNOWN | known), AT, Random(seed))


@pytest.mark.parametrize("name", SHIPPED)
def test_answers_of_every_shipped_form_are_accepted(name: str) -> None:
    asked, situation = form(name), answering()
    given = Answers(figures.profile()).of(name, asked, situation)
    known = KNOWN | {INSTITUTIONS: [{"value": code, "regimer": ["aaben", "lukket", "arrest"]} for code in PLACES]}
    judged = forms.validate(asked, given, evaluator_at(AT, known), context=known, today=AT.date())
    assert forms.validate(asked, judged, evaluator_at(AT, known), context=known, today=AT.date()) == judged


def test_answers_name_only_shipped_forms() -> None:
    told = Answers(figures.profile())
    assert {*told.forms, *told.follows} - SHIPPED.keys() == set()


def test_answers_name_only_fields_of_their_form() -> None:
    unknown = {
        (name, field)
        for name, told in Answers(figures.profile()).forms.items()
        for outcome in told.get("outcomes", [])
        for field in outcome["answers"].keys() - {one.key for one in forms.inputs(form(name).fields)}
    }
    assert unknown == set()


def test_messages_name_only_elements_of_the_diagrams() -> None:
    drawn = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("bpmn/*.bpmn"))
    waited = Answers(figures.profile()).messages
    assert {element for element in waited if f'id="{element}"' not in drawn} == set()


def test_outcome_without_share_takes_what_is_left() -> None:
    told = Answers(figures.profile())
    drawn = [told.of("godkend_handleplan", form("godkend_handleplan"), answering(seed)) for seed in range(400)]
    rejected = sum(given["handleplan_valg"] == "afvis" for given in drawn)
    assert 10 < rejected < 45


def test_outcome_that_cannot_happen_is_not_drawn() -> None:
    told = Answers(figures.profile())
    situation = answering(indstilling="afslag")
    given = told.of("traef_afgoerelse", form("traef_afgoerelse"), situation)
    assert given["udfald"] == "afslag"


def test_not_before_is_the_instant_that_the_case_knows() -> None:
    told = Answers(figures.profile())
    situation = answering(udgang_start="2026-03-06T16:00:00+01:00")
    assert told.not_before("registrer_afgang", situation) == datetime(2026, 3, 6, 15, tzinfo=UTC)
