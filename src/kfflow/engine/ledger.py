"""What one command changes, collected while it runs."""

from collections.abc import Mapping

from kfflow.engine.outcome import Closed, CloseReason, Happened, Opened, Thrown, WaitingKind


class Ledger:
    """The lists that become an Outcome."""

    def __init__(self) -> None:
        self.opened: list[Opened] = []
        self.closed: list[Closed] = []
        self.happened: list[Happened] = []
        self.thrown: list[Thrown] = []
        self.variables: dict[str, object] = {}

    def note(self, kind: str, element_id: str, element_type: str, name: str = "", **data: object) -> None:
        self.happened.append(Happened(kind, element_id, element_type, name, data))

    def close(self, token: str, element_id: str, reason: CloseReason, kind: WaitingKind) -> None:
        """Record that a waiting place is no more; one that opened in this very command was never seen outside."""
        for index, opened in enumerate(self.opened):
            if opened.token == token:
                del self.opened[index]
                return
        self.closed.append(Closed(token, element_id, reason, kind))

    def throw(self, thrown: Thrown) -> None:
        self.thrown.append(thrown)

    def write(self, values: Mapping[str, object]) -> None:
        self.variables |= values
