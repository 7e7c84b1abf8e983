"""Answers judged on the server: each problem with its field and how to mend it; the answers as JSON values.

What is hidden, disabled or read-only does not count, whatever comes in for it; what the form does not ask is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kfflow.domain.forms import messages, values
from kfflow.domain.forms.messages import Problem
from kfflow.domain.forms.model import (
    CHOICES,
    SEVERAL_CHOICES,
    Data,
    Evaluate,
    Field,
    FieldType,
    Form,
    Option,
    Path,
    inputs,
    put_at,
    value_at,
)
from kfflow.domain.forms.patterns import LONGEST_TEXT, compile_pattern
from kfflow.domain.forms.presenting import chosen, computed, is_hidden, is_readonly, merged, options_of, visible
from kfflow.domain.forms.submitting import MOST_ITEMS
from kfflow.errors import FieldProblem, InvalidInput

LONGEST_ANSWER = 20_000


@dataclass(slots=True)
class _Judging:
    """One judgement on its way: what is known of the case, and the problems found."""

    context: Data
    evaluate: Evaluate
    today: date | None
    problems: list[FieldProblem] = field(default_factory=list)

    def refuse(self, name: str, problem: Problem) -> None:
        self.problems.append(FieldProblem(name, problem.da, problem.en, problem.code))


def validate(
    form: Form,
    answers: Data,
    evaluate: Evaluate,
    *,
    context: Data | None = None,
    today: date | None = None,
) -> dict[str, object]:
    """Give the answers that count, as JSON values at their paths, with computed fields.

    `context` is what expressions see beside the answers (the case's variables); `today` is needed where a form
    refuses dates in the past. Raises InvalidInput with every problem, named like the controls (`liste.0.navn`).
    """
    judging = _Judging(context or {}, evaluate, today)
    judging.problems.extend(_unknown(form.fields, answers))
    readable = _readable(form.fields, answers)
    data = _with_nulls(form.fields, merged(judging.context, readable))
    shown = visible(form, data, evaluate)
    asked = [one for one in inputs(form.fields) if one.id in shown]
    result = _judge_fields(judging, asked, answers, data, "")
    if judging.problems:
        raise InvalidInput("Ret de markerede felter.", "Correct the marked fields.", fields=judging.problems)
    for path, value in _leaves(form.fields, computed(form, merged(data, result), evaluate, shown)):
        put_at(result, path, value)
    return result


def known_of(form: Form, answers: Data, context: Data) -> dict[str, object]:
    """Give what conditions see while a form is being filled in: the case's variables and what can be read so far."""
    return _with_nulls(form.fields, merged(context, _readable(form.fields, answers)))


def _leaves(fields: Iterable[Field], data: Data) -> Iterator[tuple[Path, object]]:
    for one in inputs(fields):
        if one.type is FieldType.EXPRESSION:
            yield one.path, value_at(data, one.path)


def _unknown(fields: Iterable[Field], answers: object, prefix: str = "") -> Iterator[FieldProblem]:
    """Give a problem for each answer that the form does not ask for."""
    paths = {one.path: one for one in inputs(fields)}
    yield from _unknown_below(paths, answers, (), prefix)


def _unknown_below(paths: Mapping[Path, Field], data: object, at: Path, prefix: str) -> Iterator[FieldProblem]:
    for name, value in data.items() if isinstance(data, Mapping) else ():
        path = (*at, str(name))
        known = paths.get(path)
        if known is not None:
            yield from _unknown_items(known, value, prefix)
        elif isinstance(value, Mapping) and any(other[: len(path)] == path for other in paths):
            yield from _unknown_below(paths, value, path, prefix)
        else:
            problem = messages.unknown(".".join(path))
            yield FieldProblem(prefix + ".".join(path), problem.da, problem.en, problem.code)


def _unknown_items(known: Field, value: object, prefix: str) -> Iterator[FieldProblem]:
    if known.type is FieldType.DYNAMICLIST and isinstance(value, list):
        for number, item in enumerate(value[:MOST_ITEMS]):
            yield from _unknown(known.fields, item, f"{prefix}{known.key}.{number}.")


def _readable(fields: Iterable[Field], answers: Data) -> dict[str, object]:
    """Give the answers with what can be read as values, for conditions to see."""
    readable: dict[str, object] = {}
    for one in inputs(fields):
        raw = value_at(answers, one.path)
        if raw is None:
            continue
        if one.type is FieldType.DYNAMICLIST:
            items = raw if isinstance(raw, list) else []
            put_at(readable, one.path, [_readable(one.fields, item) for item in items if isinstance(item, Mapping)])
        else:
            put_at(readable, one.path, _read(one, raw))
    return readable


def _with_nulls(fields: Iterable[Field], data: dict[str, object]) -> dict[str, object]:
    for one in inputs(fields):
        if value_at(data, one.path) is None:
            put_at(data, one.path, None)
    return data


def _judge_fields(
    judging: _Judging, asked: Iterable[Field], answers: Data, data: Data, prefix: str
) -> dict[str, object]:
    result: dict[str, object] = {}
    for one in asked:
        if one.type is FieldType.EXPRESSION or is_readonly(one, data, judging.evaluate):
            continue
        raw = value_at(answers, one.path)
        if one.type is FieldType.DYNAMICLIST:
            put_at(result, one.path, _judge_list(judging, one, raw, data, prefix))
        else:
            put_at(result, one.path, _judge(judging, one, raw, data, prefix + one.key))
    return result


def _judge_list(judging: _Judging, one: Field, raw: object, data: Data, prefix: str) -> list[object]:
    name = prefix + one.key
    if raw is None:
        return []
    if not isinstance(raw, list) or len(raw) > MOST_ITEMS or not all(isinstance(item, Mapping) for item in raw):
        judging.refuse(name, messages.not_a_list(MOST_ITEMS))
        return []
    return [_judge_item(judging, one, item, data, f"{name}.{number}.") for number, item in enumerate(raw)]


def _judge_item(judging: _Judging, one: Field, item: Data, data: Data, prefix: str) -> dict[str, object]:
    """Judge one item; its conditions see the item's answers over the form's."""
    seen = merged(data, _with_nulls(one.fields, _readable(one.fields, item)))
    asked = _shown_inputs(one.fields, seen, judging.evaluate)
    return _judge_fields(judging, asked, item, seen, prefix)


def _shown_inputs(fields: Iterable[Field], data: Data, evaluate: Evaluate) -> Iterator[Field]:
    for one in fields:
        if is_hidden(one, data, evaluate):
            continue
        if one.type is FieldType.GROUP:
            yield from _shown_inputs(one.fields, data, evaluate)
        else:
            yield from inputs([one])


def _judge(judging: _Judging, one: Field, raw: object, data: Data, name: str) -> object:
    value = _read(one, raw)
    if one.type in CHOICES:
        value = _choose(options_of(one, data, judging.evaluate), value)
    if _is_empty(value):
        if not _is_blank(raw) and one.type not in CHOICES:
            judging.refuse(name, messages.unreadable(one))
        elif one.required:
            judging.refuse(name, messages.missing(one))
        elif not _is_blank(raw):
            judging.refuse(name, messages.unreadable(one))
        return _nothing(one)
    problem = _broken_limit(judging, one, value, data)
    if problem is None and one.required and value is False:
        problem = messages.missing(one)
    if problem is not None:
        judging.refuse(name, problem)
    return str(value) if one.as_text and isinstance(value, int | float) else value


def _choose(options: tuple[Option, ...], raw: object) -> object:
    return [chosen(options, item) for item in raw] if isinstance(raw, list) else chosen(options, raw)


def _nothing(one: Field) -> object:
    if one.type in SEVERAL_CHOICES:
        return []
    return False if one.type is FieldType.CHECKBOX else None


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])


def _is_blank(raw: object) -> bool:
    return raw is None or raw == [] or (isinstance(raw, str) and not raw.strip())


def _read(one: Field, raw: object) -> object:
    """Give the answer as a JSON value, or None when it is missing or cannot be read."""
    match one.type:
        case FieldType.NUMBER:
            return values.read_number(raw)
        case FieldType.CHECKBOX:
            return values.read_boolean(raw)
        case FieldType.DATETIME:
            return _read_instant(one, raw)
        case FieldType.TEXTFIELD | FieldType.TEXTAREA:
            return values.clean_text(raw) if isinstance(raw, str) else None
        case FieldType.CHECKLIST | FieldType.TAGLIST:
            return _choose(one.options, raw) if isinstance(raw, list) else None
        case _:
            return _choose(one.options, raw)


def _read_instant(one: Field, raw: object) -> str | None:
    if one.subtype == "time":
        return values.read_time(raw)
    return values.read_datetime(raw) if one.subtype == "datetime" else values.read_date(raw)


def _broken_limit(judging: _Judging, one: Field, value: object, data: Data) -> Problem | None:
    if one.type in CHOICES:
        return _bad_choice(judging, one, value, data)
    if one.type is FieldType.NUMBER and isinstance(value, int | float):
        return _bad_number(judging, one, value, data)
    if one.type is FieldType.DATETIME:
        return _bad_date(judging, one, str(value), data)
    return _bad_text(one, value) if isinstance(value, str) else None


def _bad_choice(judging: _Judging, one: Field, value: object, data: Data) -> Problem | None:
    allowed = [option.value for option in options_of(one, data, judging.evaluate)]
    choices = value if one.type in SEVERAL_CHOICES and isinstance(value, list) else [value]
    return None if all(_is_among(choice, allowed) for choice in choices) else messages.no_such_choice(one)


def _is_among(choice: object, allowed: list[object]) -> bool:
    return any(choice == other and isinstance(choice, bool) == isinstance(other, bool) for other in allowed)


def _bad_number(judging: _Judging, one: Field, value: float, data: Data) -> Problem | None:
    low = _bound(judging, one.limits.minimum, data)
    high = _bound(judging, one.limits.maximum, data)
    if (low is not None and value < low) or (high is not None and value > high):
        return messages.outside(one, low, high)
    digits = one.limits.decimal_digits
    if digits is not None and values.decimals_of(value) > digits:
        return messages.too_many_decimals(one, digits)
    return None


def _bound(judging: _Judging, bound: float | str | None, data: Data) -> float | None:
    if isinstance(bound, str):
        return values.read_number(judging.evaluate(bound[1:], data))
    return bound


def _bad_date(judging: _Judging, one: Field, value: str, data: Data) -> Problem | None:
    is_past = judging.today is not None and one.subtype != "time" and value[:10] < judging.today.isoformat()
    if one.limits.no_past_dates and is_past:
        return messages.past(one)
    earliest, latest = (
        judging.evaluate(other, data) if other else None for other in (one.limits.not_before, one.limits.not_after)
    )
    if values.is_before(value, earliest):
        return messages.too_early(one, str(earliest))
    return messages.too_late(one, str(latest)) if values.is_before(str(latest), value) else None


def _bad_text(one: Field, value: str) -> Problem | None:
    limits = one.limits
    longest = min(limits.max_length or LONGEST_ANSWER, LONGEST_ANSWER)
    if len(value) > longest:
        return messages.too_long(one, longest, len(value))
    if limits.min_length is not None and len(value) < limits.min_length:
        return messages.too_short(one, limits.min_length, len(value))
    if limits.text_kind and not messages.TEXT_KINDS[limits.text_kind].fullmatch(value):
        return messages.wrong_kind(limits.text_kind)
    if limits.pattern and not _matches(limits.pattern, value):
        return messages.wrong_pattern(one)
    return None


def _matches(pattern: str, value: str) -> bool:
    return len(value) <= LONGEST_TEXT and compile_pattern(pattern).search(value) is not None
