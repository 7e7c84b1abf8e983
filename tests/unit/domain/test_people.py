import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow.domain import people


@given(st.integers(0, people.HIGHEST))
def test_a_synthetic_id_is_never_a_cpr_number(number):
    person_id = people.synthetic_id(number)
    assert people.is_synthetic_id(person_id)
    assert not people.may_be_cpr(person_id)


@pytest.mark.parametrize("text", ["010190-1234", "0101901234", "født 311299 9999."])
def test_what_could_be_a_cpr_number_is_seen(text):
    assert people.may_be_cpr(text)


@pytest.mark.parametrize(
    "text", ["SYN-000123", "320190-1234", "2251799813685249", "72 55 55 55", "SYN-1", "syn-000123"]
)
def test_other_numbers_are_no_cpr_numbers(text):
    assert not people.may_be_cpr(text)


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_numbers_without_an_id_are_refused(number):
    with pytest.raises(ValueError, match="no synthetic person"):
        people.synthetic_id(number)


def test_made_up_people_are_marked():
    assert people.display_name("Bo Prøve", "SYN-000001") == "Bo Prøve (SYNTETISK)"
    assert people.display_name("Bo Prøve", "4711") == "Bo Prøve"


@pytest.mark.parametrize(("name", "expected"), [("Bo Prøve", "BP"), ("Åse van der Test", "ÅT"), ("Bo", "B"), ("", "")])
def test_initials(name, expected):
    assert people.initials(name) == expected
