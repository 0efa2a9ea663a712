"""When "not modified" says enough: what lies beyond what was read would look free."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hubsync.domain.busy_times import Window
from hubsync.feeds.reading import Person, Validators, read_for
from tests.feeds.calendars import DECEMBER, HOST

HOUR = timedelta(hours=1)
LEFT = Validators('"one"', "", DECEMBER.start, DECEMBER.end, read_for(HOST))


@pytest.mark.parametrize(
    "window", [DECEMBER, Window(DECEMBER.start + HOUR, DECEMBER.end), Window(DECEMBER.start, DECEMBER.end - HOUR)]
)
def test_it_does_within_what_was_read(window: Window) -> None:
    assert LEFT.suffice(window, HOST)
    assert replace(LEFT, etag="", last_modified="Sun, 29 Nov 2026 10:00:00 GMT").suffice(window, HOST)


@pytest.mark.parametrize(
    "window", [Window(DECEMBER.start - HOUR, DECEMBER.end), Window(DECEMBER.start, DECEMBER.end + HOUR)]
)
def test_it_does_not_beyond_that(window: Window) -> None:
    assert not LEFT.suffice(window, HOST)


def test_it_does_not_without_a_validator_or_a_reading() -> None:
    assert not replace(LEFT, etag="").suffice(DECEMBER, HOST)
    assert not replace(LEFT, covered_from=None).suffice(DECEMBER, HOST)
    assert not Validators('"one"').suffice(DECEMBER, HOST)


@pytest.mark.parametrize(
    "person", [replace(HOST, zone="Asia/Tokyo"), replace(HOST, emails=frozenset({"new@acme.example"}))]
)
def test_it_does_not_for_another_zone_or_other_addresses(person: Person) -> None:
    assert not LEFT.suffice(DECEMBER, person)


def test_addresses_are_the_same_in_any_case() -> None:
    assert LEFT.suffice(DECEMBER, replace(HOST, emails=frozenset({" HOST@acme.example", "Ren@Acme.example"})))


def test_nothing_of_the_person_shows() -> None:
    assert "host" not in repr((HOST, LEFT))
