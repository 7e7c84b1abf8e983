"""What people answer: outcomes drawn by their shares, and the rest of a form from its own schema and the case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from typing import Any

from kfflow.domain import forms
from kfflow.domain.forms import Evaluate, Field, FieldType, Form, Option
from kfflow.domain.forms.model import SEVERAL_CHOICES, SINGLE_CHOICE, has_value_at, put_at
from kfflow.simulation.figures import Profile, read
from kfflow.simulation.hours import ZONE, local_text

Known = Mapping[str, Any]
MOST_ROUNDS = 5
"""How often an answer may show fields that have to be answered in turn."""
PLACES = ("er_i", "ledigt_sted", "nyt_regime")
SENTENCE = "Samlet vurdering af forholdene (SYNTETISK)."


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody about to answer: what the case knows, how FEEL reads it, the instant and the lots."""

    known: Known
    evaluate: Evaluate
    at: datetime
    rng: Random

    @property
    def today(self) -> str:
        return self.at.astimezone(ZONE).date().isoformat()

    def with_known(self, **more: object) -> "Answering":
        """Give the same with more known."""
        return replace(self, known={**self.known, **more})

    def value(self, told: object) -> object:
        """Give what the data file says: a text beginning with = is FEEL, dates become ISO text."""
        if isinstance(told, str) and told.startswith("="):
            return plain(self.evaluate(told[1:], self.known))
        return told

    def instant(self, told: str) -> datetime | None:
        """Give the instant that an expression names, None when the case does not know it."""
        found = self.evaluate(told.removeprefix("="), self.known)
        if isinstance(found, str):
            found = datetime.fromisoformat(found)
        if not isinstance(found, datetime):
            return None
        return found if found.tzinfo else found.replace(tzinfo=ZONE)


def plain(value: object) -> object:
    """Give a value of FEEL as JSON has it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


class Answers:
    """The answers of the data file, by form."""

    def __init__(self, profile: Profile) -> None:
        told = read("answers.toml")
        self.profile = profile
        self.forms: dict[str, dict[str, Any]] = told["form"]
        self.messages: dict[str, dict[str, Any]] = told["message"]
        self.follows: dict[str, dict[str, Any]] = told["follows"]
        self.kept = frozenset(told["kept"]["dates"])
        self.placing = frozenset(form for form, said in self.forms.items() if any(name in str(said) for name in PLACES))
        """The forms whose answers say where the person is or is to go."""

    def of(
        self, form_id: str | None, form: Form | None, answering: Answering, settled: Known | None = None
    ) -> dict[str, object]:
        """Give answers that the form accepts; none when the task has no form. What is `settled` is not drawn."""
        if form is None or form_id is None:
            return {}
        if settled is None:
            chosen = self._drawn(self.forms.get(form_id, {}).get("outcomes", []), answering)
        else:
            chosen = {name: answering.value(told) for name, told in settled.items()}
        return self._completed(form, chosen, answering)

    def minutes(self, form_id: str | None) -> float:
        """Give how long a task with this form takes on average."""
        return float(self.forms.get(form_id or "", {}).get("minutes", self.profile["task_minutes"]))

    def not_before(self, form_id: str | None, answering: Answering) -> datetime | None:
        """Give the instant before which nobody does a task with this form."""
        told = self.forms.get(form_id or "", {}).get("not_before")
        return None if told is None else answering.instant(told)

    def _drawn(self, outcomes: list[dict[str, Any]], answering: Answering) -> dict[str, object]:
        """Draw among the outcomes that can happen to the case; the one without a share takes what is left."""
        able = [o for o in outcomes if "when" not in o or answering.evaluate(o["when"], answering.known) is True]
        drawn = answering.rng.random()
        for outcome in able:
            drawn -= self.profile.share(outcome.get("share", 1.0))
            if drawn < 0:
                return {name: answering.value(told) for name, told in outcome["answers"].items()}
        return {}

    def _completed(self, form: Form, chosen: dict[str, object], answering: Answering) -> dict[str, object]:
        answers = {name: value for name, value in chosen.items() if value is not None}
        for _ in range(MOST_ROUNDS):
            missing = list(_missing(form, answers, answering))
            if not missing:
                break
            for field in missing:
                put_at(answers, field.path, self._filled(field, answering))
        return answers

    def _filled(self, field: Field, answering: Answering) -> object:
        known = answering.known.get(field.key)
        if field.type is FieldType.DATETIME:
            return _moment(field, known if field.key in self.kept else None, answering)
        if field.type in SINGLE_CHOICE:
            return _choice(forms.options_of(field, answering.known, answering.evaluate), known)
        if field.type in SEVERAL_CHOICES:
            return [option.value for option in field.options[:2]]
        if field.type is FieldType.CHECKBOX:
            return True
        if field.type is FieldType.NUMBER:
            return known if isinstance(known, int | float) else field.limits.minimum or 1
        return known if isinstance(known, str) and known else SENTENCE[: field.limits.max_length]


def _missing(form: Form, answers: dict[str, object], answering: Answering) -> Iterator[Field]:
    """Give the fields that are shown, must be answered, and are not."""
    shown = forms.visible(form, forms.known_of(form, answers, answering.known), answering.evaluate)
    for field in forms.inputs(form.fields):
        asked = field.id in shown and field.required and not field.is_locked and field.is_answered
        if asked and not has_value_at(answers, field.path):
            yield field


def _moment(field: Field, known: object, answering: Answering) -> str:
    if isinstance(known, str) and known:
        return known
    return answering.today if field.subtype == "date" else local_text(answering.at)


def _choice(options: Sequence[Option], known: object) -> object:
    values = [option.value for option in options]
    return known if known in values else values[0]
