"""Totals of a batch add up."""

from hypothesis import given
from hypothesis import strategies as st

from kfflow.domain.batches import Totals
from kfflow.domain.lifecycle import ItemState


@given(st.lists(st.sampled_from(list(ItemState))))
def test_totals_are_the_items_counted(states):
    totals = Totals.of({state: states.count(state) for state in set(states)})
    assert totals.frozen == len(states)
    assert totals.is_over == (ItemState.PENDING not in states)
