"""What differs between two texts, line by line."""

from kfflow.domain import texts


def told(former, latter, language="da"):
    return [change.text(language) for change in texts.difference(former, latter)]


def test_equal_texts_differ_in_nothing():
    assert told("en\nto\n", "en\nto") == []


def test_each_place_is_told_with_its_line_in_both_languages():
    former, latter = "en\nto\ntre\nfem", "en\n to to\ntre\nfire\nfem"
    assert told(former, latter) == ["Linje 2: ændret fra »to« til »to to«.", "Linje 4: »fire« er ny."]
    assert told(former, latter, "en") == ["Line 2: changed from “to” to “to to”.", "Line 4: “fire” is new."]


def test_lines_that_are_gone_are_told_by_where_they_stood():
    assert told("en\nto\ntre", "tre") == ["Linje 1: »en ⏎ to« er fjernet."]


def test_a_long_place_is_cut():
    assert told("", "x" * 200) == [f"Linje 1: »{'x' * 120}…« er ny."]
