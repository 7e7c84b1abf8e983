"""How deep JSON may be nested: to the limit, through lists and objects alike."""

import pytest

from kfflow.domain import nesting


def nested(levels, wrap):
    value = 7
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"a": 1, "b": value}])
def test_what_is_nested_to_the_limit_is_not_too_deep_and_one_level_more_is(wrap):
    assert not nesting.is_too_deep(nested(nesting.DEEPEST, wrap))
    assert nesting.is_too_deep(nested(nesting.DEEPEST + 1, wrap))


def test_an_empty_list_is_a_level():
    assert not nesting.is_too_deep(nested(nesting.DEEPEST - 1, lambda value: [[] if value == 7 else value]))
    assert nesting.is_too_deep(nested(nesting.DEEPEST, lambda value: [[] if value == 7 else value]))


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None, {}, []]])
def test_a_flat_value_is_not_too_deep(value):
    assert not nesting.is_too_deep(value)
