import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow.domain import forms
from kfflow.errors import InvalidInput


def evaluate(expression: str, data):
    """A tiny stand-in for FEEL: `name = "value"`, `name > 3`, `name`."""
    name, operator, literal = [*expression.split(" ", 2), "", ""][:3]
    value = data.get(name)
    if operator == "=":
        return value == json.loads(literal)
    if operator == ">":
        return value is not None and value > json.loads(literal)
    return value


def form(*components, **more):
    return forms.parse_form(json.dumps({"type": "default", "schemaVersion": 19, "components": components, **more}), "f")


def field(kind, key="felt", **more):
    return {"type": kind, "key": key, "label": "Felt", "id": f"Field_{key}", **more}


def problems(*components, **more):
    with pytest.raises(InvalidInput) as refused:
        form(*components, **more)
    return [(problem.field, problem.code) for problem in refused.value.fields]


def answer_problems(drawn, answers, **more):
    with pytest.raises(InvalidInput) as refused:
        forms.validate(drawn, answers, evaluate, **more)
    return [(problem.field, problem.code) for problem in refused.value.fields]


CHOICES = [{"label": "Ja", "value": "ja"}, {"label": "Nej", "value": "nej"}]


def test_a_form_gives_its_fields_with_what_they_ask():
    drawn = form(
        field("textfield", "navn", description="Fulde navn", validate={"required": True, "maxLength": 20}),
        field("select", "type", values=CHOICES),
        {"type": "text", "text": "# Vejledning", "id": "t"},
    )
    navn, kind, text = drawn.fields
    assert (navn.key, navn.label, navn.description, navn.required) == ("navn", "Felt", "Fulde navn", True)
    assert navn.limits.max_length == 20
    assert [option.value for option in kind.options] == ["ja", "nej"]
    assert (text.type, text.content) == (forms.FieldType.TEXT, "# Vejledning")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "gyldig JSON"),
        ("{", "linje 1"),
        ("[]", "JSON-objekt"),
        ('{"components": NaN}', "gyldig JSON"),
        ("[" * 100_000, "gyldig JSON"),
        (" " * 1_000_001, "større end 1 MB"),
    ],
)
def test_what_is_no_form_is_refused_in_words(text, message):
    with pytest.raises(InvalidInput) as refused:
        forms.parse_form(text, "f")
    assert message in refused.value.message("da")


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        (field("hologram"), [("felt", "form-type")]),
        (field("filepicker"), [("felt", "form-type")]),
        (field("textfield", label=""), [("felt", "form-label")]),
        (field("textfield", key="1a"), [("1a", "form-key")]),
        (field("textfield", key="a b"), [("a b", "form-key")]),
        ({"type": "textfield", "label": "x"}, [("components[0]", "form-key")]),
        (field("select"), [("felt", "form-options")]),
        (field("radio", values=[*CHOICES, CHOICES[0]]), [("felt", "form-options")]),
        (field("number", validate={"min": 5, "max": 1}), [("felt", "form-limits")]),
        (field("number", validate={"min": "lav"}), [("felt", "form-limits")]),
        (field("textfield", validate={"minLength": -1}), [("felt", "form-limits")]),
        (field("textfield", validate={"validationType": "iban"}), [("felt", "form-limits")]),
        (field("textfield", validate={"pattern": "(a+)+$"}), [("felt", "form-pattern")]),
        (field("textfield", conditional={"hide": "a > 1"}), [("felt", "form-feel")]),
        (field("datetime", subtype="måned"), [("felt", "form-type")]),
        ({"type": "image", "source": "x.png", "id": "i"}, [("i", "form-label")]),
        (7, [("components[0]", "form")]),
        ({"type": "group", "components": 7, "id": "g"}, [("components[0].components", "form")]),
    ],
)
def test_a_component_that_is_wrong_is_named(component, expected):
    assert problems(component) == expected


def test_all_problems_are_reported_at_once():
    assert problems(field("textfield", label=""), field("textfield"), field("hologram", "x")) == [
        ("felt", "form-label"),
        ("felt", "form-duplicate"),
        ("x", "form-type"),
    ]


def test_keys_may_repeat_in_different_groups_and_lists_but_not_in_one():
    inner = field("textfield")
    form(
        inner,
        {"type": "group", "path": "g", "components": [inner], "id": "a"},
        {"type": "dynamiclist", "path": "l", "components": [inner], "id": "b"},
    )
    assert problems({"type": "group", "components": [inner], "id": "a"}, inner) == [("felt", "form-duplicate")]
    assert problems(field("textfield", "a"), field("textfield", "a.b")) == [("a.b", "form-duplicate")]


def test_a_form_of_a_later_schema_is_refused():
    assert problems(schemaVersion=20) == [("schemaVersion", "form")]


def test_too_many_and_too_deep_fields_are_refused():
    assert problems(*[field("textfield", f"f{n}") for n in range(502)]) == [("components[500]", "form")]
    nested = field("textfield")
    for _ in range(8):
        nested = {"type": "group", "components": [nested]}
    assert [code for _, code in problems(nested)] == ["form"]


@pytest.mark.parametrize(
    ("component", "sent", "expected"),
    [
        (field("textfield"), "  Åse \r\n", "  Åse"),
        (field("textarea"), "a\r\nb", "a\nb"),
        (field("textfield"), "", None),
        (field("number"), "3,5", 3.5),
        (field("number"), "3.5", 3.5),
        (field("number"), "1.234,5", 1234.5),
        (field("number"), "12 000", 12000),
        (field("number"), "−4", -4),
        (field("number"), 7, 7),
        (field("number"), 7.25, 7.25),
        (field("number", serializeToString=True), "3,5", "3.5"),
        (field("checkbox"), "on", True),
        (field("checkbox"), True, True),
        (field("checkbox"), False, False),
        (field("checkbox"), None, False),
        (field("radio", values=CHOICES), "ja", "ja"),
        (field("select", values=[{"label": "Tre", "value": 3}]), "3", 3),
        (field("select", values=[{"label": "Sand", "value": True}]), "true", True),
        (field("checklist", values=CHOICES), ["ja", "nej"], ["ja", "nej"]),
        (field("checklist", values=CHOICES), None, []),
        (field("taglist", values=CHOICES), ["nej"], ["nej"]),
        (field("datetime", subtype="date"), "24.11.2026", "2026-11-24"),
        (field("datetime", subtype="date"), "24/11/2026", "2026-11-24"),
        (field("datetime", subtype="date"), "4-1-2026", "2026-01-04"),
        (field("datetime", subtype="date"), "2026-11-24", "2026-11-24"),
        (field("datetime", subtype="time"), "kl. 14.10", "14:10"),
        (field("datetime", subtype="time"), "9:05", "09:05"),
        (field("datetime", subtype="datetime"), "24.11.2026 kl. 14.10", "2026-11-24T14:10:00"),
        (field("datetime", subtype="datetime"), "2026-11-24T14:10", "2026-11-24T14:10:00"),
        (field("datetime", subtype="datetime"), "2026-11-24T14:10:00+01:00", "2026-11-24T14:10:00+01:00"),
        (field("textfield", validate={"pattern": r"^SYN-\d{6}$"}), "SYN-000123", "SYN-000123"),
        (field("textfield", validate={"validationType": "email"}), "a@b.dk", "a@b.dk"),
    ],
)
def test_an_answer_becomes_a_json_value(component, sent, expected):
    result = forms.validate(form(component), {} if sent is None else {"felt": sent}, evaluate)
    assert result == {"felt": expected}
    assert type(result["felt"]) is type(expected)


@pytest.mark.parametrize(
    ("component", "sent", "code"),
    [
        (field("textfield", validate={"required": True}), "   ", "required"),
        (field("checkbox", validate={"required": True}), False, "required"),
        (field("checklist", values=CHOICES, validate={"required": True}), [], "required"),
        (field("datetime", subtype="date", validate={"required": True}), None, "required"),
        (field("textfield"), "a\x00b", "unreadable"),
        (field("textfield"), 7, "unreadable"),
        (field("textfield"), {"a": 1}, "unreadable"),
        (field("number"), "mange", "unreadable"),
        (field("number"), "1.234", "unreadable"),
        (field("number"), "1e5", "unreadable"),
        (field("number"), float("nan"), "unreadable"),
        (field("number"), True, "unreadable"),
        (field("number"), 10**19, "unreadable"),
        (field("number", validate={"min": 1, "max": 5}), "6", "range"),
        (field("number", validate={"min": 1}), "0", "range"),
        (field("number", validate={"max": "=grænse"}), "9", "range"),
        (field("number", decimalDigits=1), "1,25", "decimals"),
        (field("checkbox"), "måske", "unreadable"),
        (field("radio", values=CHOICES), "måske", "choice"),
        (field("radio", values=CHOICES), ["ja"], "choice"),
        (field("checklist", values=CHOICES), ["ja", "måske"], "choice"),
        (field("checklist", values=CHOICES), "ja", "unreadable"),
        (field("datetime", subtype="date"), "31.02.2026", "unreadable"),
        (field("datetime", subtype="date"), "11/24/2026", "unreadable"),
        (field("datetime", subtype="date"), "i morgen", "unreadable"),
        (field("datetime", subtype="date"), "20261124", "unreadable"),
        (field("datetime", subtype="date"), "24.11.1850", "unreadable"),
        (field("datetime", subtype="date"), "24.11.2526", "unreadable"),
        (field("datetime", subtype="date", validate={"required": True}), "31.02.2026", "unreadable"),
        (field("number", validate={"required": True}), "femten", "unreadable"),
        (field("datetime", subtype="time"), "25:00", "unreadable"),
        (field("datetime", subtype="datetime"), "24.11.2026", "unreadable"),
        (field("datetime", subtype="date", disallowPassedDates=True), "23.11.2026", "past"),
        (field("textfield", validate={"maxLength": 3}), "fire", "length"),
        (field("textfield", validate={"minLength": 3}), "to", "length"),
        (field("textfield"), "x" * 20_001, "length"),
        (field("textfield", validate={"pattern": r"^\d{4}$"}), "12345", "format"),
        (field("textfield", validate={"pattern": r"\d"}), "1" * 201, "format"),
        (field("textfield", validate={"validationType": "email"}), "a.b.dk", "format"),
        (field("textfield", validate={"validationType": "phone"}), "ring", "format"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused_with_its_field(component, sent, code):
    answers = {} if sent is None else {"felt": sent}
    found = answer_problems(form(component), answers, today=date(2026, 11, 24), context={"grænse": 5})
    assert found == [("felt", code)]


AFTER_ADMISSION = {
    "not_before": "=indsat_dato",
    "not_before_text": "indsættelsen",
    "not_before_text_en": "the admission",
    "label_en": "Day",
}


@pytest.mark.parametrize(
    ("subtype", "answer", "admitted", "accepted"),
    [
        ("date", "04.01.2026", "2026-01-05", False),
        ("date", "05.01.2026", "2026-01-05", True),
        ("date", "04.01.2026", date(2026, 1, 5), False),
        ("date", "04.01.2026", None, True),
        ("datetime", "05.01.2026 00.00", "2026-01-05", True),
        ("datetime", "05.01.2026 09.59", "2026-01-05T10:00:00", False),
        ("datetime", "05.01.2026 09.59", "2026-01-05T10:00:00+01:00", False),
        ("datetime", "2026-01-05T09:30:00Z", "2026-01-05T10:00:00+01:00", True),
    ],
)
def test_a_date_may_have_another_that_it_cannot_lie_before(subtype, answer, admitted, accepted):
    drawn = form(field("datetime", subtype=subtype, properties=AFTER_ADMISSION))
    known = {"indsat_dato": admitted}
    if accepted:
        assert forms.validate(drawn, {"felt": answer}, evaluate, context=known)["felt"]
    else:
        assert answer_problems(drawn, {"felt": answer}, context=known) == [("felt", "too_early")]


def test_a_date_that_is_too_early_is_told_which_date_it_cannot_lie_before():
    drawn = form(field("datetime", subtype="date", properties=AFTER_ADMISSION))
    with pytest.raises(InvalidInput) as refused:
        forms.validate(drawn, {"felt": "2025-12-31"}, evaluate, context={"indsat_dato": "2026-01-05"})
    (problem,) = refused.value.fields
    assert (problem.message_da, problem.message_en) == (
        "»Felt« kan ikke ligge før indsættelsen (05.01.2026); ret den dato, der er forkert.",
        '"Day" cannot be before the admission (2026-01-05); correct whichever date is wrong.',
    )


UNTIL_LONGEST = {
    "not_after": "=hoejst",
    "not_after_text": "den længste løbetid",
    "not_after_text_en": "the longest term",
    "label_en": "Day",
}


@pytest.mark.parametrize(
    ("answer", "longest", "accepted"),
    [
        ("05.01.2026", "2026-01-05", True),
        ("06.01.2026", "2026-01-05", False),
        ("06.01.2026", date(2026, 1, 5), False),
        ("06.01.2026", None, True),
    ],
)
def test_a_date_may_have_another_that_it_cannot_lie_after(answer, longest, accepted):
    drawn = form(field("datetime", subtype="date", properties=UNTIL_LONGEST))
    known = {"hoejst": longest}
    if accepted:
        assert forms.validate(drawn, {"felt": answer}, evaluate, context=known)["felt"]
    else:
        assert answer_problems(drawn, {"felt": answer}, context=known) == [("felt", "too_late")]


def test_a_date_that_is_too_late_is_told_which_date_it_cannot_lie_after():
    drawn = form(field("datetime", subtype="date", properties=UNTIL_LONGEST))
    with pytest.raises(InvalidInput) as refused:
        forms.validate(drawn, {"felt": "2026-12-31"}, evaluate, context={"hoejst": "2026-01-05"})
    (problem,) = refused.value.fields
    assert (problem.message_da, problem.message_en) == (
        "»Felt« kan ikke ligge efter den længste løbetid (05.01.2026); vælg en tidligere dato.",
        '"Day" cannot be after the longest term (2026-01-05); choose an earlier date.',
    )


def test_another_date_without_words_or_on_what_is_no_date_is_refused():
    wordless = {"not_before": "=indsat_dato"}
    assert problems(field("datetime", subtype="date", properties=wordless)) == [("felt", "form-limits")]
    assert problems(field("number", properties=AFTER_ADMISSION)) == [("felt", "form-limits")]
    assert problems(field("datetime", subtype="date", properties={"not_after": "=hoejst"})) == [("felt", "form-limits")]


@pytest.mark.parametrize(
    "answer",
    [
        "31.12.9999 10.00",
        "9999-12-31T10:00",
        "9999-12-31T23:59:59-05:00",
        "2199-12-31T23:59:59-05:00",
        "1900-01-01T00:30:00+01:00",
        "0001-01-01T00:00:00",
    ],
)
def test_an_instant_outside_the_years_of_a_case_is_unreadable(answer):
    drawn = form(field("datetime", subtype="datetime"))
    assert answer_problems(drawn, {"felt": answer}) == [("felt", "unreadable")]


def test_a_problem_says_how_to_mend_it():
    with pytest.raises(InvalidInput) as refused:
        forms.validate(form(field("datetime", subtype="date")), {"felt": "i går"}, evaluate)
    assert refused.value.fields[0].message_da == "Skriv en dato i »Felt«, fx 24.11.2026."
    assert refused.value.fields[0].message_en == 'Write a date in "Felt", e.g. 24.11.2026.'


def test_unknown_answers_are_refused_by_name():
    drawn = form(
        field("textfield", "a.b"),
        {"type": "dynamiclist", "path": "liste", "components": [field("textfield", "navn")], "id": "l"},
    )
    answers = {"a": {"b": "x", "c": 1}, "d": 2, "liste": [{"navn": "y", "alder": 3}]}
    assert answer_problems(drawn, answers) == [("a.c", "unknown"), ("d", "unknown"), ("liste.0.alder", "unknown")]


def test_hidden_fields_are_neither_required_nor_taken():
    drawn = form(
        field("radio", "type", values=CHOICES),
        field("textfield", "grund", validate={"required": True}, conditional={"hide": '=type = "nej"'}),
    )
    assert forms.validate(drawn, {"type": "nej", "grund": "x"}, evaluate) == {"type": "nej"}
    assert answer_problems(drawn, {"type": "ja"}) == [("grund", "required")]


def test_hiding_leads_to_more_hiding():
    drawn = form(
        field("radio", "a", values=CHOICES),
        field("radio", "b", values=CHOICES, conditional={"hide": '=a = "nej"'}),
        field("textfield", "c", conditional={"hide": "=b = null"}),
    )
    assert forms.visible(drawn, {"a": "nej", "b": "ja"}, evaluate) == {"Field_a"}


def test_a_hidden_group_hides_what_is_in_it():
    drawn = form(
        field("checkbox", "a"),
        {
            "type": "group",
            "path": "g",
            "id": "g",
            "conditional": {"hide": "=a = false"},
            "components": [field("textfield", "b", validate={"required": True})],
        },
    )
    assert forms.validate(drawn, {"a": False}, evaluate) == {"a": False}
    assert forms.validate(drawn, {"a": True, "g": {"b": "x"}}, evaluate) == {"a": True, "g": {"b": "x"}}


def test_disabled_and_readonly_fields_cannot_be_answered():
    drawn = form(field("textfield", "a", disabled=True), field("textfield", "b", readonly=True))
    assert forms.validate(drawn, {"a": "snyd", "b": "snyd"}, evaluate) == {}


def test_a_list_is_judged_item_by_item():
    drawn = form(
        {
            "type": "dynamiclist",
            "path": "liste",
            "id": "l",
            "components": [
                field("number", "antal", validate={"required": True}),
                field("textfield", "note", conditional={"hide": "=antal > 3"}, validate={"required": True}),
            ],
        }
    )
    assert forms.validate(drawn, {"liste": [{"antal": "4"}, {"antal": 1, "note": "x"}]}, evaluate) == {
        "liste": [{"antal": 4}, {"antal": 1, "note": "x"}]
    }
    assert answer_problems(drawn, {"liste": [{"antal": "x"}, {"antal": 1}]}) == [
        ("liste.0.antal", "unreadable"),
        ("liste.0.note", "required"),
        ("liste.1.note", "required"),
    ]
    assert answer_problems(drawn, {"liste": "x"}) == [("liste", "unreadable")]
    assert answer_problems(drawn, {"liste": [{"antal": 4}] * 201}) == [("liste", "unreadable")]


def test_options_may_come_from_the_case():
    drawn = form(field("select", "bolig", valuesKey="adresser"), field("select", "by", valuesExpression="=byer"))
    case = {"adresser": [{"label": "Hos mor", "value": 1}, "Egen"], "byer": ["Ribe"]}
    assert forms.validate(drawn, {"bolig": "1", "by": "Ribe"}, evaluate, context=case) == {"bolig": 1, "by": "Ribe"}
    assert answer_problems(drawn, {"bolig": "1", "by": "Vejle"}, context=case) == [("by", "choice")]
    assert answer_problems(drawn, {"bolig": "1"}) == [("bolig", "choice")]


def test_drawn_options_that_the_case_chooses_among_keep_their_words():
    english = {"option_ja_en": "Yes", "option_nej_en": "No"}
    drawn = form(field("radio", values=CHOICES, valuesExpression="=mulige", properties=english))
    case = {"mulige": ["nej", "senere"]}
    for language, said in ((drawn, "Nej"), (forms.in_english(drawn), "No")):
        shown = [(option.value, option.label) for option in forms.options_of(language.fields[0], case, evaluate)]
        assert shown == [("nej", said), ("senere", "senere")]
    assert answer_problems(drawn, {"felt": "ja"}, context=case) == [("felt", "choice")]


def test_computed_fields_are_computed_here_whatever_comes_in():
    drawn = form(field("number", "a"), {"type": "expression", "key": "b", "expression": "=a", "id": "b"})
    assert forms.validate(drawn, {"a": "2", "b": 99}, evaluate) == {"a": 2, "b": 2}


def test_first_values_come_from_the_case_before_the_default():
    drawn = form(field("textfield", "a", defaultValue="x"), field("textfield", "b.c", defaultValue="y"))
    assert forms.initial(drawn, {"a": "sag"}) == {"a": "sag", "b": {"c": "y"}}


def test_a_browser_form_is_read_into_its_shape():
    drawn = form(
        field("textfield", "navn"),
        field("checkbox", "ok"),
        field("checklist", "valg", values=CHOICES),
        field("datetime", "hvornaar", subtype="datetime"),
        {"type": "group", "path": "g", "id": "g", "components": [field("number", "n")]},
        {
            "type": "dynamiclist",
            "path": "l",
            "id": "l",
            "components": [field("textfield", "x"), field("checkbox", "y")],
        },
    )
    sent = {
        "navn": ["Åse"],
        "valg": ["ja", "nej"],
        "hvornaar": ["24.11.2026", "14.10"],
        "g.n": ["3,5"],
        "l.0.x": ["a"],
        "l.2.x": ["b"],
        "l.2.y": ["on"],
    }
    read = forms.read_html(drawn, sent)
    assert read == {
        "navn": "Åse",
        "ok": False,
        "valg": ["ja", "nej"],
        "hvornaar": "24.11.2026 14.10",
        "g": {"n": "3,5"},
        "l": [{"x": "a", "y": False}, {"x": "b", "y": "on"}],
    }
    assert forms.validate(drawn, read, evaluate)["l"] == [{"x": "a", "y": False}, {"x": "b", "y": True}]


def test_a_name_that_the_form_does_not_know_is_refused():
    drawn = form(field("textfield", "a"))
    assert answer_problems(drawn, forms.read_html(drawn, {"a": ["x"], "admin": ["1"]})) == [("admin", "unknown")]


def test_variables_are_parted_into_what_the_form_asks_and_the_rest():
    asked = form(
        {"type": "textfield", "key": "navn", "label": "Navn"}, {"type": "textfield", "key": "adresse.by", "label": "By"}
    )
    given = {"navn": "Per", "andet": 1, "adresse": {"by": "Aalborg", "land": "DK"}}
    assert forms.parted(asked, given) == (
        {"navn": "Per", "adresse": {"by": "Aalborg"}},
        {"andet": 1, "adresse": {"land": "DK"}},
    )
    assert forms.parted(asked, {"adresse": "Aalborg"}) == ({"adresse": "Aalborg"}, {})


def test_expressions_are_listed_for_compiling():
    drawn = form(
        field("number", "a", validate={"min": "=b"}, conditional={"hide": "=c"}),
        {"type": "table", "label": "T", "dataSource": "=d", "columns": [{"key": "x"}], "id": "t"},
    )
    assert list(forms.expressions(drawn)) == [("a", "c"), ("a", "b"), ("t", "d")]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
EVERYTHING = form(
    field("textfield", "a", validate={"pattern": r"^\d+$"}),
    field("number", "b"),
    field("checklist", "c", values=CHOICES),
    field("datetime", "d", subtype="datetime"),
    {"type": "dynamiclist", "path": "e", "id": "e", "components": [field("radio", "f", values=CHOICES)]},
    field("checkbox", "g"),
)


@given(answers=st.dictionaries(st.sampled_from("abcdefgh"), JSON, max_size=8))
def test_any_answers_are_accepted_or_refused_never_a_crash(answers):
    with suppress(InvalidInput):
        result = forms.validate(EVERYTHING, answers, evaluate)
        assert forms.validate(EVERYTHING, result, evaluate) == result


def test_a_form_nested_too_deep_is_refused():
    text = '{"components": [], "properties": {"x": ' + "[" * 300 + "]" * 300 + "}}"
    with pytest.raises(InvalidInput, match="Nested deeper than 100 levels"):
        forms.parse_form(text, "f")


@given(source=JSON)
def test_any_json_is_a_form_or_refused(source):
    text = json.dumps({"components": [source, {"type": "textfield", "key": "a", "label": source, "validate": source}]})
    with suppress(InvalidInput):
        forms.parse_form(text, "f")
