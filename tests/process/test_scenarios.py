"""Every path of every shipped diagram, as its scenario files tell it."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Case, Document
from kfflow.scenarios import files
from kfflow.service import letters
from kfflow.service.accounts import SYSTEM
from tests.conftest import ROOT
from tests.unit.letters.reading import LETTERS

pytestmark = pytest.mark.timeout(1200)  # the first test waits until all scenarios have been played
SCENARIOS = files.find(ROOT / "workflows", None)


def label(path):
    return f"{path.parents[1].name}/{path.stem}"


@pytest.mark.parametrize("path", SCENARIOS, ids=label)
def test_scenario_goes_as_it_says(report, path):
    results = [r for r in report.results if (r.file, r.folder) == (path.name, path.parents[1].name)]
    assert [r.danish for r in results] == [""]


def test_scenarios_reach_every_element_of_every_diagram(report):
    assert {c.process_id: c.missed for c in report.coverage if c.missed} == {}


@pytest.mark.usefixtures("report")
def test_every_letter_of_the_scenarios_comes_out_the_same_again(ground):
    with ground.command(SYSTEM) as ctx:
        cases = ctx.session.scalars(select(Case).where(Case.key.in_(select(Document.case_key)))).all()
        verified = [one for case in cases for one in letters.verify(ctx, case)]
        assert len({one.document.template for one in verified}) == len(LETTERS)
        assert [(one.document.template, one.problem_en) for one in verified if not one.holds] == []


def test_every_form_id_is_written_once():
    """Forms are found by their id alone: of two with the same id one would silently take the other's place."""
    ids = [path.stem for path in (ROOT / "workflows").glob("*/forms/*.form")]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
