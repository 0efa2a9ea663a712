"""Which state follows which; the diagram that people read is the table that the code obeys."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubsync.domain.delivery_states import (
    BEGINNINGS,
    DISMISSABLE,
    DISMISSED,
    FINAL,
    IN_TROUBLE,
    NEEDS_A_PERSON,
    RETRIABLE,
    SETTLED,
    TRANSITIONS,
    DeliveryState,
    counted_as,
    may_follow,
)

PAGE = Path(__file__).parents[2] / "docs" / "design" / "deliveries.md"
BESIDE = (DeliveryState.SENDING, DeliveryState.HELD)
RESTING = [state for state in DeliveryState if state not in FINAL and state not in BESIDE]


def drawn() -> str:
    """The diagram of the table, in Mermaid."""
    begin = [f"[*] --> {state}: {event}" for state, event in BEGINNINGS.items()]
    steps = [
        f"{before} --> {after}: {event}" for before in TRANSITIONS for after, event in TRANSITIONS[before].items()
    ]
    ends = [f"{state} --> [*]" for state in FINAL]
    return "\n    ".join(["stateDiagram-v2", *begin, *steps, *ends])


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(DeliveryState)


@pytest.mark.parametrize("state", FINAL)
def test_what_is_final_goes_on_only_when_it_was_undone_and_is_posted_again(state: DeliveryState) -> None:
    assert [each for each in DeliveryState if may_follow(each, state)] == [DeliveryState.SENDING]
    assert state not in RETRIABLE


@pytest.mark.parametrize("state", RESTING)
def test_everything_else_goes_on_only_in_the_hands_of_a_worker(state: DeliveryState) -> None:
    assert [each for each in DeliveryState if may_follow(each, state)] == [DeliveryState.SENDING]


def test_what_is_held_only_begins_when_somebody_lets_it() -> None:
    assert [each for each in DeliveryState if may_follow(each, DeliveryState.HELD)] == [DeliveryState.PENDING]
    assert DeliveryState.HELD not in {*RETRIABLE, *DISMISSABLE, *IN_TROUBLE, *SETTLED}


def test_a_worker_may_end_in_every_state_that_is_no_beginning() -> None:
    before = {DeliveryState.PENDING, DeliveryState.HELD}
    assert set(TRANSITIONS[DeliveryState.SENDING]) == set(DeliveryState) - before


def test_a_dismissed_delivery_is_counted_by_its_mark_which_is_no_state() -> None:
    assert DISMISSED not in set(DeliveryState)
    for state in NEEDS_A_PERSON:
        assert (counted_as(state, dismissed=False), counted_as(state, dismissed=True)) == (state, DISMISSED)


def test_the_diagram_of_the_documents_is_the_table() -> None:
    assert f"```mermaid\n{drawn()}\n```" in PAGE.read_text(), f"draw this in {PAGE.name}:\n{drawn()}"
