"""Two booking pages are made at a time, first come, first served."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from hubsync.web.bookings.turns import Turns

PATIENCE = 30


def wait_until_waiting(turns: Turns, number: int) -> None:
    """Until *number* threads stand in the queue; they tell nobody, so they are counted."""
    pause = Event()
    for _ in range(PATIENCE * 200):
        if turns.waiting == number:
            return
        pause.wait(0.005)
    raise AssertionError(f"{turns.waiting} wait, not {number}")


def test_whoever_asked_first_is_first_and_never_more_are_inside_than_there_are_places() -> None:
    turns = Turns(2)
    go_on = [Event() for _ in range(5)]
    inside: list[int] = []
    entered = [Event() for _ in range(5)]

    def make(number: int) -> None:
        with turns.turn():
            inside.append(number)
            entered[number].set()
            go_on[number].wait(PATIENCE)

    threads = [Thread(target=make, args=(number,)) for number in range(5)]
    for number, thread in enumerate(threads):
        thread.start()
        if number < 2:
            assert entered[number].wait(PATIENCE)
        else:
            wait_until_waiting(turns, number - 1)
    assert inside == [0, 1]
    for leaving, entering in ((1, 2), (0, 3), (3, 4)):
        go_on[leaving].set()
        assert entered[entering].wait(PATIENCE)
        assert inside[-1] == entering
        threads[leaving].join(PATIENCE)
    assert inside == [0, 1, 2, 3, 4]
    for event in go_on:
        event.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert turns.waiting == 0


def test_a_page_that_fails_frees_its_place() -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="no page"), turns.turn():
        raise ValueError("no page")
    again = Event()

    def make() -> None:
        with turns.turn():
            again.set()

    Thread(target=make, daemon=True).start()
    assert again.wait(PATIENCE)
