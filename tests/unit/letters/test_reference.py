"""The table of letters in the documentation, held against what the diagrams say."""

import re

from lxml import etree

from kfflow.engine.bpmn.names import KF, ZEEBE
from tests.unit.letters.reading import ROOT

TABLE = ROOT / "docs" / "reference" / "letters.md"
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| [^|]+ \|([^|]*)\|$", re.MULTILINE)
QUOTED = re.compile(r"\b[A-ZÆØÅ]\w+")


def shown(diagram):
    """Give which task shows the letter of which element; that of a called process stands by the process."""
    calls = {task_of(one): one.get("processId") for one in diagram.iter(f"{{{ZEEBE}}}calledElement")}
    for said in diagram.iter(f"{{{KF}}}letter"):
        for element in QUOTED.findall(said.get("element")):
            yield task_of(said), calls.get(element, element)


def issued(diagrams):
    """Give what diagrams issue: template, process, element, and the tasks that show the letter before."""
    across = [one for diagram in diagrams.values() for one in shown(diagram) if one[1] in diagrams]
    for process, diagram in diagrams.items():
        for header in diagram.iter(f"{{{ZEEBE}}}header"):
            if header.get("key") == "skabelon":
                element = task_of(header)
                tasks = {task for task, made in [*shown(diagram), *across] if made in {element, process}}
                yield header.get("value"), process, element, tasks


def task_of(extension):
    return next(one.get("id") for one in extension.iterancestors() if one.get("id"))


def test_table_says_what_the_diagrams_issue_and_which_tasks_show_it():
    said = [(*row[:3], set(QUOTED.findall(row[3]))) for row in ROW.findall(TABLE.read_text(encoding="utf-8"))]
    diagrams = {path.stem: etree.parse(path).getroot() for path in (ROOT / "bpmn").glob("*.bpmn")}
    assert said == sorted(issued(diagrams), key=lambda row: row[:3])
