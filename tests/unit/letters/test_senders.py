"""Who sends each shipped letter and is data controller for it, by the table in force."""

import pytest

from kfflow.engine.dmn import compile_decisions
from tests.unit.letters.reading import LETTERS, ROOT

TABLE = (ROOT / "bpmn" / "brev_afsender.dmn").read_bytes()
DIRECTORATE, AREA, PRISON = "Direktoratet for Kriminalforsorgen", "Kriminalforsorgsområde Vest", "Nyborg Fængsel"
PROBATION = "Kriminalforsorgen i Frihed"
OF_DIRECTORATE = {"klage_afgoerelse", "klage_afvisning"}
OF_AREA = {
    *("afgoerelse", "notat_afslag", "afgoerelse_reaktion", "straffetidsberegning", "tilsigelse", "hoering"),
    *("anbringelse", "loesladelse_stoppet"),
    *("overfoerselsordre", "klagefremsendelse", "underretning_forurettet", "notat_forurettet"),
}


def said(template: str, role: str | None = None) -> tuple[str, str]:
    asked = {"skabelon": template, "afgoerelse_rolle": role, "institution": PRISON, "omraade": "vest"}
    found = compile_decisions(TABLE, "brev_afsender.dmn").evaluate("brev_afsender", asked).output
    return found["afsender"], found["dataansvarlig"]


@pytest.mark.parametrize("name", LETTERS)
def test_letter_is_sent_by_whoever_decides(name):
    template = name.removesuffix(".typ")
    sender = DIRECTORATE if template in OF_DIRECTORATE else AREA if template in OF_AREA else PRISON
    expected = (PROBATION, AREA) if template == "tilsyn_reaktion" else (sender, sender)
    assert said(template) == expected


@pytest.mark.parametrize(
    ("role", "sender"), [("direktorat", DIRECTORATE), ("enhedschef", PRISON), ("omraadekontor", AREA)]
)
def test_decision_is_sent_by_the_authority_of_its_role(role, sender):
    assert {said(template, role) for template in ("afgoerelse", "notat_afslag")} == {(sender, sender)}
