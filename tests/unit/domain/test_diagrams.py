import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow.domain import diagrams

TASK = {"type": "userTask", "name": "Indstilling", "lane": "sagsbehandler", "deadline": "3 AD", "hjemmel": "§ 46"}


def texts(former, current, language="da"):
    return [change.text(language) for change in diagrams.difference(former, current)]


def test_equal_versions_differ_in_nothing():
    assert diagrams.difference({"a": TASK}, {"a": dict(TASK)}) == []


def test_a_new_element_is_told_with_role_deadline_and_basis():
    assert texts({}, {"a": TASK}) == [
        "Opgaven »Indstilling« er ny; banen (rollen) er sagsbehandler; fristen er 3 AD; hjemlen er § 46."
    ]
    assert texts({}, {"a": TASK}, "en") == [
        (
            'The task "Indstilling" is new; the lane (role) is sagsbehandler;'
            " the deadline is 3 AD; the legal basis is § 46."
        )
    ]


def test_a_removed_element_is_told():
    assert texts({"a": TASK}, {}) == ["Opgaven »Indstilling« er fjernet."]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"deadline": "5 AD"}, "Opgaven »Indstilling«: fristen er ændret fra »3 AD« til »5 AD«."),
        ({"deadline": ""}, "Opgaven »Indstilling«: fristen er fjernet (var »3 AD«)."),
        ({"form": "indstilling"}, "Opgaven »Indstilling«: formularen er sat til »indstilling«."),
        (
            {"name": "Skriv indstilling"},
            "Opgaven »Indstilling«: navnet er ændret fra »Indstilling« til »Skriv indstilling«.",
        ),
        ({"ukendt": "x"}, "Opgaven »Indstilling«: egenskaben ukendt er sat til »x«."),
    ],
)
def test_a_changed_property_is_told_before_and_after(changes, expected):
    assert texts({"a": TASK}, {"a": TASK | changes}) == [expected]


def test_a_flow_and_an_unknown_type_are_told_by_their_id():
    former = {"f": {"type": "sequenceFlow", "condition": "a > 1"}, "x": {"type": "noget"}}
    current = {"f": {"type": "sequenceFlow", "condition": "a > 2"}}
    assert texts(former, current) == [
        "Elementet »x« er fjernet.",
        "Vejen »f«: betingelsen er ændret fra »a > 1« til »a > 2«.",
    ]


def test_a_rule_is_told_by_its_conditions_and_its_columns_by_their_headings():
    rule = {"type": "rule", "conditions": 'Type "frigang"', "column Interval": '"P7D"'}
    always = {"type": "rule", "conditions": "", "column År": "12"}
    assert texts(
        {"r": rule, "s": always}, {"r": rule | {"column Interval": '"P9D"'}, "s": always | {"column År": "20"}}
    ) == [
        'Reglen »Type "frigang"«: kolonnen »Interval« er ændret fra »"P7D"« til »"P9D"«.',
        "Reglen »altid«: kolonnen »År« er ændret fra »12« til »20«.",
    ]


def test_long_values_are_cut():
    [text] = texts({"a": {"script": "x" * 500}}, {"a": {"script": "y"}})
    assert len(text) < 250


DESCRIBED = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from(["name", "type", "timer", "x"]), st.text(max_size=5)),
    max_size=3,
)


@given(DESCRIBED, DESCRIBED)
def test_nothing_that_changed_is_kept_back(former, current):
    told = {change.element_id for change in diagrams.difference(former, current)}
    shared = former.keys() & current.keys()
    changed = {
        key
        for key in shared
        if any(former[key].get(name, "") != current[key].get(name, "") for name in former[key] | current[key])
    }
    assert told == (former.keys() ^ current.keys()) | changed
