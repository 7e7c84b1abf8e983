"""Deadlines that a table gives: the table is known, and has a row for the element."""

from collections.abc import Callable, Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import must, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.dmn import DeadlineUse, DecisionModel, has_row
from kfflow.engine.findings import Finding

FindTable = Callable[[str], DecisionModel | None]
"""Finds the model of a decision among those that a diagram may name; None when there is none."""


def uses(node: Node) -> Iterator[DeadlineUse]:
    """Give the table that an element takes its deadline from; of a process the element is the process itself."""
    for written in ext.all_written(node.xml, "deadline"):
        table = written.get("table", "")
        if table and not table.startswith("="):
            yield DeadlineUse(table, node.process.id, node.id)


def check(diagram: Diagram, find: FindTable) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        for use in uses(node):
            yield from _looked_up(diagram, node, use, find)


def _looked_up(diagram: Diagram, node: Node, use: DeadlineUse, find: FindTable) -> Iterator[Finding]:
    model = find(use.table)
    if model is None:
        yield say(
            diagram, "deadline-table-unknown", must(node), node,
            f"{title(node)} henter sin frist i tabellen {use.table}, som ikke findes.",
            f"{title(node)} takes its deadline from the table {use.table}, which does not exist.",
        )  # fmt: skip
    elif not has_row(model.source, use):
        yield say(
            diagram, "deadline-row-missing", must(node), node,
            f"Tabellen {use.table} har ingen række for {title(node)} ({use.process_id}, {use.element_id}).",
            f"The table {use.table} has no row for {title(node)} ({use.process_id}, {use.element_id}).",
        )  # fmt: skip
