"""The table of letters in the documentation, held against what the diagrams say."""

import re

from lxml import etree

from kfflow.engine.bpmn.names import KF, ZEEBE
from tests.unit.letters.reading import ROOT

TABLE = ROOT / "docs" / "reference" / "letters.md"
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| [^|]+ \|([^|]*)\|$", re.MULTILINE)
QUOTED = re.compile(r"\b[A-ZÆØÅ]\w+")


def issued(path):
    """Give what a diagram issues: template, process, element, and the tasks that show the letter before."""
    diagram = etree.parse(path).getroot()
    shown = [(task_of(said), QUOTED.findall(said.get("element"))) for said in diagram.iter(f"{{{KF}}}letter")]
    for header in diagram.iter(f"{{{ZEEBE}}}header"):
        if header.get("key") == "skabelon":
            element = task_of(header)
            yield header.get("value"), path.stem, element, {task for task, made in shown if element in made}


def task_of(extension):
    return next(one.get("id") for one in extension.iterancestors() if one.get("id"))


def test_table_says_what_the_diagrams_issue_and_which_tasks_show_it():
    said = [(*row[:3], set(QUOTED.findall(row[3]))) for row in ROW.findall(TABLE.read_text(encoding="utf-8"))]
    drawn = [one for path in (ROOT / "bpmn").glob("*.bpmn") for one in issued(path)]
    assert said == sorted(drawn, key=lambda row: row[:3])
