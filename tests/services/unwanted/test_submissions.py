"""Limits on completed booking forms: an office books, and one address closes no page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from hubsync.services.unwanted.submissions import take_turn
from tests.kit.free_times import NOW
from tests.kit.settings import change_settings

OFFICE = "203.0.113.7"
GUESTS = 40


@pytest.fixture(autouse=True)
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with app.app_context(), time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_forty_guests_of_one_office_are_let_in_at_one_instant_with_a_correction_each() -> None:
    assert [take_turn("intro", OFFICE) for _ in range(2 * GUESTS)] == [None] * 2 * GUESTS
    assert take_turn("another", OFFICE) is not None, "and a machine is stopped, on whatever page"
    assert take_turn("intro", "203.0.113.8") is None, "which has not closed the page for others"


def test_a_limit_of_nought_is_none(app: Flask) -> None:
    change_settings(app, forms_per_address=0, forms_per_page=0)
    assert {take_turn("intro", OFFICE) for _ in range(150)} == {None}
