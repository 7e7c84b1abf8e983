"""Which files are under law beside what they say themselves: by the version before them, or by the diagram that calls.

What was put in force under law stays under law, so that leaving every basis out is no way past the rules.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from kfflow.engine.claims import Claim, claim_of
from kfflow.persistence import validity as in_force
from kfflow.persistence.definition_list import sources_under_law
from kfflow.persistence.tables import DecisionDefinition, ProcessDefinition, Resource
from kfflow.service.context import Context

File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class _Calling:
    """The diagrams under law that may call a table: those in operation, and those of the same deployment."""

    sources: Sequence[bytes]

    def any_of(self, ids: Iterable[str]) -> bool:
        quoted = [re.escape(one.encode()) for one in ids]
        called = re.compile(b"[\"'](?:" + b"|".join(quoted) + b")[\"']") if quoted else None
        return called is not None and any(called.search(source) for source in self.sources)


def among(ctx: Context, diagrams: Sequence[File], tables: Sequence[File]) -> frozenset[str]:
    """Give the names of the files that are under law, whatever they say."""
    claims = {name: claim_of(source, name) for name, source in [*diagrams, *tables]}
    held = {name for name, _ in diagrams if _was_process_under_law(ctx, claims[name])}
    if tables:
        own = [source for name, source in diagrams if name in held or claims[name].names_basis]
        calling = _Calling([*own, *sources_under_law(ctx.session)])
        held |= {name for name, _ in tables if _is_table_under_law(ctx, claims[name], calling)}
    return frozenset(held)


def _was_process_under_law(ctx: Context, claim: Claim) -> bool:
    before = map(partial(in_force.latest, ctx.session, ProcessDefinition), claim.ids)
    return any(version is not None and version.hjemmel for version in before)


def _is_table_under_law(ctx: Context, claim: Claim, calling: _Calling) -> bool:
    return calling.any_of(claim.ids) or any(_had_column(ctx, one) for one in claim.ids)


def _had_column(ctx: Context, decision_id: str) -> bool:
    before = in_force.latest(ctx.session, DecisionDefinition, decision_id)
    resource = ctx.session.get(Resource, before.resource_key) if before is not None else None
    return resource is not None and claim_of(resource.source, resource.name).names_basis
