"""Deadlines that a decision table gives (`kf:deadline table`): what the table is asked, and what its row says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kfflow.domain.deadlines import FromTable
from kfflow.domain.deadlines.table_rows import ASKED, Row, read_row
from kfflow.engine.outcome import DeadlineRule, Decided, Environment
from kfflow.errors import EngineFailure, InvalidInput


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose deadline is looked up: a task's, or with the process as its own element that of a whole case."""

    process_id: str
    element_id: str
    name: str
    priority: int | None = None

    def inputs(self) -> Mapping[str, object]:
        return dict(zip(ASKED, (self.process_id, self.element_id, self.priority), strict=True))


def looked_up(said: DeadlineRule, table: str, asking: Asking, env: Environment) -> DeadlineRule:
    """Complete what an element says of its deadline by the row of its table.

    Without a row, or with one that cannot be read, the obstacle names table, process and element.
    """
    try:
        decided = env.decide(table, asking.inputs())
        row = _row(decided)
    except (EngineFailure, InvalidInput) as problem:
        return replace(said, obstacle=_obstacle(problem, table, asking))
    return replace(
        said,
        rule=row.rule,
        hjemmel=decided.hjemmel,
        kind=row.kind,
        calendar=row.calendar,
        roll=row.roll,
        warn_share=row.warn_share,
        escalate_to=row.escalate_to,
        table=FromTable(table, decided.version, decided.hjemmel),
    )


def _row(decided: Decided) -> Row:
    if decided.output is None:
        raise InvalidInput("tabellen har ingen række for opgaven.", "the table has no row for the task.")
    if not isinstance(decided.output, Mapping):
        raise InvalidInput("tabellen giver ikke en række.", "the table does not give one row.")
    return read_row(decided.output)


def _obstacle(problem: EngineFailure | InvalidInput, table: str, asking: Asking) -> tuple[str, str]:
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    da = "; ".join(f.message_da for f in fields) or problem.message_da
    en = "; ".join(f.message_en for f in fields) or problem.message_en
    of = _shown(asking.priority)
    whom = f"{asking.element_id} i {asking.process_id} (prioritet {of})"
    whom_en = f"{asking.element_id} in {asking.process_id} (priority {of})"
    return (
        f"Tabellen {table} giver ingen frist for {whom}: {da}",
        f"The table {table} gives no deadline for {whom_en}: {en}",
    )


def _shown(priority: int | None) -> str:
    return "-" if priority is None else str(priority)
