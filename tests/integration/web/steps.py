"""A process of tasks in a row, and what its scenario expects when it has the two A and B."""

from tests.integration.service import diagrams

SCENARIO = """
name: 'To trin'
process: proces
at: 2026-11-24T09:00:00+01:00
start: {variables: {}}
steps:
  - complete: A
  - expect_open: [B]
expect: {state: ACTIVE}
"""


def source(*names: str) -> bytes:
    return diagrams.sequence("proces", *(diagrams.user_task(n) for n in names), ids=list(names))
