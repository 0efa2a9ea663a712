"""What must be true after any number of kills: nothing lost, nothing doubled, no team told twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.crash.driver import Booked, SystemUnderTest

HELD = "lease_owner != '' OR replay_id IS NOT NULL"
WITH_DELIVERIES = "LEFT JOIN deliveries ON deliveries.booking_id = bookings.id"


def assert_that_nothing_is_lost_or_doubled(system: SystemUnderTest) -> None:
    """Compare what HubSync wrote down, what HubSpot holds and what was mailed with what was booked."""
    look_at_the_deliveries(system)
    look_at_hubspot(system)
    told = Counter(address for mail in system.mails() for address in mail["recipients"])
    assert [address for address, number in told.items() if number > 1] == [], "a team was told twice"


def look_at_the_deliveries(system: SystemUnderTest) -> None:
    """Every accepted booking is there once, with one delivery that has come to its end; the kept counts agree."""
    assert system.booked.keys() | system.told.keys() == system.answered, "the source was never answered"
    assert system.open_deliveries() == {}
    rows = system.read(f"SELECT external_id, state, {HELD} FROM bookings {WITH_DELIVERIES}")
    assert [row for row in rows if row[2]] == [], "a worker that is gone still holds a delivery"
    assert Counter(row[0] for row in rows) == Counter(system.booked.keys())
    counted = system.read("SELECT state, sum(number) FROM delivery_counts WHERE day = '' GROUP BY state")
    assert {state: number for state, number in counted if number} == Counter(row[1] for row in rows)


def look_at_hubspot(system: SystemUnderTest) -> None:
    """HubSpot has each company, contact and association that was booked, once, and nothing else."""
    booked = system.booked.values()
    companies, contacts = system.records("companies"), system.records("contacts")
    assert _doubled(_values(companies, "domain")) == [], "a company was doubled"
    assert _doubled(_values(contacts, "email")) == [], "a contact was doubled"
    assert set(_values(companies, "domain")) == {each.domain for each in booked}
    assert set(_values(contacts, "email")) == {each.email for each in booked if each.contact}
    domains = {each["id"]: each["properties"]["domain"] for each in companies}
    linked = {one["properties"]["email"]: [domains[link["id"]] for link in one["associated"]] for one in contacts}
    assert linked == {each.email: _companies_of(each) for each in booked if each.contact}


def _companies_of(booked: Booked) -> list[str]:
    return [booked.domain] if booked.linked else []


def _values(records: list[dict[str, Any]], name: str) -> list[str]:
    return [each["properties"][name] for each in records]


def _doubled(values: list[str]) -> list[str]:
    return [value for value, number in Counter(values).items() if number > 1]
