"""Texts of a diagram become expressions; what does not compile becomes a finding at its element."""

from kfflow import feel
from kfflow.engine.bpmn.model import Node
from kfflow.engine.expressions import Expression, compile_feel, compile_text
from kfflow.engine.findings import Finding, Severity

MAX_LENGTH = 10_000
NOTHING = Expression("")


class Compiler:
    """Compiles for one diagram and keeps what failed."""

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self.findings: list[Finding] = []

    def feel(self, text: str, node: Node, line: int | None = None) -> Expression:
        """Compile text that is always FEEL."""
        return self._compile(text, node, line, always=True)

    def text(self, text: str, node: Node, line: int | None = None) -> Expression:
        """Compile text that is FEEL with a leading `=`, a literal without."""
        return self._compile(text, node, line, always=False)

    def optional(self, text: str | None, node: Node) -> Expression | None:
        return self.text(text, node) if text and text.strip() else None

    def report(  # noqa: PLR0917 - as a lint rule says it
        self,
        rule: str,
        node: Node,
        da: str,
        en: str,
        fix: str = "",
        severity: Severity = Severity.ERROR,
        *,
        line: int | None = None,
    ) -> None:
        found = Finding(rule, severity, da, en, node.id, node.name or None, line or node.line, fix, self.resource)
        self.findings.append(found)

    def _compile(self, text: str, node: Node, line: int | None, *, always: bool) -> Expression:
        if len(text) > MAX_LENGTH:
            self.report(
                "expression-too-long",
                node,
                f"Udtrykket på {node.id} er over {MAX_LENGTH} tegn.",
                f"The expression of {node.id} is longer than {MAX_LENGTH} characters.",
            )
            return NOTHING
        try:
            return compile_feel(text) if always else compile_text(text)
        except feel.FeelSyntaxError as problem:
            self.findings.append(_syntax_finding(problem, text, node, line, self.resource))
            return NOTHING


def _syntax_finding(problem: feel.FeelSyntaxError, text: str, node: Node, line: int | None, resource: str) -> Finding:
    shown = text if len(text) <= 80 else text[:77] + "…"  # noqa: PLR2004 - what fits a line of the list
    return Finding(
        "expression",
        Severity.ERROR,
        f"Udtrykket {shown!r} kan ikke læses (tegn {problem.column}): {problem.message_da}",
        f"The expression {shown!r} cannot be read (column {problem.column}): {problem.message}",
        node.id,
        node.name or None,
        line or node.line,
        resource=resource,
    )
