"""Every error that kfflow raises on purpose, in one tree.

KfflowError
├── InvalidInput 400          a body, query or form field is wrong; names the fields
│   └── DeploymentRefused 400 a diagram, table or form cannot be executed; carries all findings
├── NotAuthenticated 401
├── Forbidden 403             the actor may not do this
├── NotFound 404              nothing there, or nothing the actor may know of
├── Conflict 409              the entity is not in the state that the command needs
│   ├── TaskTaken 409         somebody else holds or completed the task; says who and when
│   ├── SwitchedOff 409       the process is not in use at the institution
│   ├── Suspended 409         the case is suspended; says by whom, when and why
│   └── IdempotencyClash 409  the key was used for another request
├── EngineFailure 500→incident  the engine could not go on; becomes an incident, never a response
└── Unavailable 503           a part kfflow needs does not answer

Each class knows its HTTP status and a stable code. Messages name the entity and its state in
Danish and English, never personal data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that is wrong: its path (`answers.dato`), what is wrong in both languages, a stable code."""

    field: str
    message_da: str
    message_en: str
    code: str = "invalid"


class KfflowError(Exception):
    """Root of the tree."""

    status = 500
    code = "INTERNAL"
    title_da = "Intern fejl"
    title_en = "Internal error"

    def __init__(self, message_da: str = "", message_en: str = "") -> None:
        self.message_da = message_da or self.title_da
        self.message_en = message_en or message_da or self.title_en
        super().__init__(self.message_en)

    def message(self, language: str) -> str:
        return self.message_da if language == "da" else self.message_en

    def details(self) -> Mapping[str, object]:
        """Give what a problem+json body carries beside type, title, status and detail."""
        return {}


class InvalidInput(KfflowError):
    """A body, query or form field is wrong."""

    status = 400
    code = "INVALID_ARGUMENT"
    title_da = "Ugyldige oplysninger"
    title_en = "Invalid input"

    def __init__(self, message_da: str = "", message_en: str = "", *, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message_da, message_en)
        self.fields = tuple(fields)

    def details(self) -> Mapping[str, object]:
        return {
            "errors": [
                {"field": f.field, "code": f.code, "messageDa": f.message_da, "messageEn": f.message_en}
                for f in self.fields
            ]
        }


class NotAuthenticated(KfflowError):
    """Nobody is logged in, or the credentials are wrong."""

    status = 401
    code = "UNAUTHENTICATED"
    title_da = "Log ind for at fortsætte"
    title_en = "Authentication is required"


class Forbidden(KfflowError):
    """The actor is known and may not do this."""

    status = 403
    code = "FORBIDDEN"
    title_da = "Du har ikke adgang til dette"
    title_en = "You may not do this"


class NotFound(KfflowError):
    """Nothing is there, or nothing that the actor may know of."""

    status = 404
    code = "NOT_FOUND"
    title_da = "Findes ikke"
    title_en = "Not found"


class Conflict(KfflowError):
    """The entity is not in the state that the command needs."""

    status = 409
    code = "INVALID_STATE"
    title_da = "Kan ikke udføres i den nuværende tilstand"
    title_en = "Not possible in the current state"


class TaskTaken(Conflict):
    """Somebody else holds or completed the task."""

    code = "TASK_TAKEN"


class Suspended(Conflict):
    """The process instance is suspended, and does not go on before it is resumed."""

    code = "SUSPENDED"
    title_da = "Sagen er sat i bero"
    title_en = "The case is suspended"


class SwitchedOff(Conflict):
    """The process is switched off at the institution: its cases are kept elsewhere."""

    code = "SWITCHED_OFF"
    title_da = "Processen er slået fra"
    title_en = "The process is switched off"


class IdempotencyClash(Conflict):
    """The idempotency key was used for another request."""

    code = "IDEMPOTENCY_CLASH"


class EngineFailure(KfflowError):
    """The engine could not go on; the command is undone and an incident recorded."""

    code = "ENGINE_FAILURE"

    def __init__(
        self, message_da: str, message_en: str, *, element_id: str | None = None, kind: str = "EXECUTION_ERROR"
    ) -> None:
        super().__init__(message_da, message_en)
        self.element_id = element_id
        self.kind = kind


class Unavailable(KfflowError):
    """A part that kfflow needs does not answer."""

    status = 503
    code = "UNAVAILABLE"
    title_da = "Tjenesten er midlertidigt utilgængelig"
    title_en = "Temporarily unavailable"
