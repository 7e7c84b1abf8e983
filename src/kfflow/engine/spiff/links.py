# SPDX-License-Identifier: LGPL-3.0-or-later
"""Link events: a path that goes on elsewhere in the same scope (BPMN 2.0 §13.5.2)."""

from typing import TYPE_CHECKING

from kfflow.engine.spiff.element import FlowSpec
from kfflow.engine.spiff.events import EventSpec

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token


class LinkThrow(EventSpec):
    """Goes on at the link of the same name."""

    target = ""

    def chosen_flows(self, token: "Token") -> list[FlowSpec]:
        _ = token
        return [FlowSpec(f"{self.element_id}_link", self.element_name, self.target)]


class LinkCatch(EventSpec):
    """Where a link arrives."""
