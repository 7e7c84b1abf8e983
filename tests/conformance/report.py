"""Writes docs/conformance.md from the runs: `python -m tests.conformance.report`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from kfflow.engine import Verdict
from tests.conformance import elements, misses, runs

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
HEAD = """# What kfflow runs, and what it refuses

This page is written by `make conformance` from runs of third-party cases that lie beside the checkout (their content
is not part of kfflow; cases are named by their ids). A test compares it with the runs, so it cannot go stale.

Every diagram gets one of three verdicts, on the command line (`kfflow lint`), in the API (`POST /v2/kf/lint`) and at
deployment: it **runs**; it is a **draft** that opens in the designer, with findings at the elements that keep it from
running; or it is **refused** because it is no readable BPMN. Nothing is ignored silently.
"""
SUITES = (
    ("Execution, our dialect (FEEL)", lambda: runs.execution("models_feel"), misses.EXECUTION),
    ("Execution, as published (Camunda 7, JUEL)", lambda: runs.execution("models"), misses.AS_PUBLISHED),
    ("DMN and FEEL", runs.dmn, misses.DMN),
    ("Validation", runs.validation, misses.VALIDATION),
    ("Import and export (MIWG)", runs.imports, misses.IMPORT),
)
LEVELS = {
    "core": "feature and engine tests, core",
    "optional": "feature tests, optional",
    "hmcts": "court processes",
    "reported": "broken models refused or reported",
    "accepted": "valid models not refused",
    "all": "round trips without loss",
}
SAID = {Verdict.RUNS: "runs", Verdict.DRAFT: "refused: {}", Verdict.REFUSED: "refused: {}"}


def render() -> str:
    """Give the whole page."""
    return "\n".join([HEAD, *_figures(), "", *_elements(), "", *_misses()]) + "\n"


def _figures() -> Iterator[str]:
    yield "## Figures"
    yield ""
    yield "| suite | part | passed | of |"
    yield "|---|---|---|---|"
    for title, run, _ in SUITES:
        results = sorted(run(), key=lambda r: r.level)
        for level, part in groupby(results, key=lambda r: r.level):
            found = list(part)
            yield f"| {title} | {LEVELS.get(level, level)} | {sum(r.passed for r in found)} | {len(found)} |"


def _elements() -> Iterator[str]:
    yield "## Elements"
    yield ""
    yield "Each in the smallest process that has it; what is refused is refused by its id, with this rule. Kinds of"
    yield "events that BPMN does not allow in a place (§10.5.2 to §10.5.4) are refused there as `event-kind`."
    for group, found in groupby(elements.samples(), key=lambda s: s.group):
        yield from ("", f"### {group}", "", "| element | kfflow |", "|---|---|")
        yield from (f"| {sample.name} | {_verdict(sample)} |" for sample in found)


def _verdict(sample: elements.Sample) -> str:
    judged = sample.judged()
    rules = sorted({f"`{f.rule}`" for f in judged.findings if f.severity == "error"})
    return SAID[judged.verdict].format(", ".join(rules))


def _misses() -> Iterator[str]:
    yield "## Misses, one by one"
    for title, run, known in SUITES:
        failed = {r.case: misses.reason(r.case, known) or "**not explained**" for r in run() if not r.passed}
        if not failed:
            continue
        yield from ("", f"### {title}", "")
        for reason in dict.fromkeys(failed.values()):
            yield from (f"{reason}", "")
            yield from (f"- `{case}`" for case, why in failed.items() if why == reason)
            yield ""


if __name__ == "__main__":
    PAGE.write_text(render())
