"""Letters: a task that prepares one (`kf:letter`) names the service or send task that makes it, or calls who does."""

from collections.abc import Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import must, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.findings import Finding
from kfflow.feel import FeelSyntaxError, compile_expression

MAKERS = frozenset({"serviceTask", "sendTask", "callActivity"})


def check(diagram: Diagram) -> Iterator[Finding]:
    makers = {node.id for node in diagram.all_nodes() if node.type in MAKERS}
    for node in diagram.all_nodes():
        for said in ext.all_written(node.xml, "letter"):
            yield from _check(diagram, node, said.get("element", ""), makers)


def _check(diagram: Diagram, node: Node, named: str, makers: set[str]) -> Iterator[Finding]:
    if named.startswith("="):
        yield from _expression(diagram, node, named)
    elif named not in makers:
        yield say(
            diagram, "letter-missing", must(node), node,
            f"{title(node)}: brevet dannes af en service- eller sendetask eller kaldt proces, og »{named}« er ingen.",
            f"{title(node)}: a service or send task or a called process makes the letter, and “{named}” is none.",
        )  # fmt: skip


def _expression(diagram: Diagram, node: Node, text: str) -> Iterator[Finding]:
    try:
        compile_expression(text.removeprefix("="))
    except FeelSyntaxError as problem:
        yield say(
            diagram, "expression", must(node), node,
            f"{title(node)}: brevets udtryk (tegn {problem.column}): {problem.message_da}.",
            f"{title(node)}: the letter's expression (column {problem.column}): {problem.message}.",
        )  # fmt: skip
