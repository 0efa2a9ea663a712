"""HubSpot's properties: live, kept for minutes, there while HubSpot is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import requests

from hubsync.domain.mapping import Section
from hubsync.services import now
from hubsync.services.connection.properties import FRESH, KnownProperties, known_properties, read_properties
from hubsync.store import end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.mappings import CachedProperties
from tests.kit.acme import Acme

BOTH = ["GET /crm/properties/2026-09/companies", "GET /crm/properties/2026-09/contacts"]


def reading(acme: Acme, **more: bool) -> tuple[KnownProperties, list[str]]:
    found: list[KnownProperties] = []

    def read() -> None:
        found.append(read_properties(acme.team_id, **more))
        end_read()

    calls = acme.calls_of(read)
    return found[0], calls


def age(by: timedelta) -> None:
    with write_transaction() as session:
        session.query(CachedProperties).update({"read_at": now() - by})


def test_they_are_read_live_and_only_what_can_be_written(acme: Acme) -> None:
    known, calls = reading(acme)
    assert sorted(calls) == BOTH
    assert known.trouble == ""
    employees = known.find(Section.COMPANIES, "numberofemployees")
    assert employees is not None
    assert employees.type == "number"
    assert known.find(Section.COMPANIES, "hs_object_id") is None
    assert known.find(Section.CONTACTS, "lastname") is not None
    assert known.find(Section.COMPANIES, "lastname") is None


def test_they_are_not_read_again_for_minutes_unless_asked(acme: Acme) -> None:
    first, _calls = reading(acme)
    again, calls = reading(acme)
    assert calls == []
    assert again.by_section == first.by_section
    assert sorted(reading(acme, refresh=True)[1]) == BOTH
    age(FRESH + timedelta(seconds=1))
    assert sorted(reading(acme)[1]) == BOTH
    assert reading(acme)[1] == []


def test_a_refresh_shows_what_changed_in_hubspot(acme: Acme) -> None:
    reading(acme)
    url = f"{acme.sandbox.url}/sandbox/api/properties/companies/rank"
    requests.put(
        url, json={"label": "Rank", "type": "number", "fieldType": "number"}, timeout=10
    ).raise_for_status()
    assert known_properties(acme.team_id).is_gone(Section.COMPANIES, "rank")
    assert reading(acme, refresh=True)[0].find(Section.COMPANIES, "rank") is not None


def busy(acme: Acme) -> None:
    acme.fault(action="status", status=503, times=None)


def contacts_busy(acme: Acme) -> None:
    acme.fault(action="status", status=503, path="properties/2026-09/contacts", times=None)


def rubbish(acme: Acme) -> None:
    acme.fault(action="html", times=None)


def disconnected(acme: Acme) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "disconnected", "access_sealed": ""})


def lost(acme: Acme) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "lost"})


def never_connected(acme: Acme) -> None:
    with write_transaction() as session:
        session.query(Connection).delete()


@pytest.mark.parametrize("trouble", [busy, contacts_busy, rubbish, disconnected, lost])
def test_when_hubspot_cannot_be_read_what_was_read_last_stays(acme: Acme, trouble: Callable[[Acme], None]) -> None:
    before, _calls = reading(acme)
    trouble(acme)
    known = read_properties(acme.team_id, refresh=True)
    end_read()
    assert known.trouble
    assert known.by_section == before.by_section
    assert known_properties(acme.team_id).by_section == before.by_section


@pytest.mark.parametrize("trouble", [busy, contacts_busy, rubbish, disconnected, lost, never_connected])
def test_without_any_reading_nothing_counts_as_gone(acme: Acme, trouble: Callable[[Acme], None]) -> None:
    trouble(acme)
    known = read_properties(acme.team_id)
    end_read()
    assert known.trouble
    assert not known.is_gone(Section.COMPANIES, "name")


def test_another_account_has_properties_of_its_own(acme: Acme) -> None:
    reading(acme)
    with write_transaction() as session:
        session.query(Connection).update({"hubspot_account_id": "7654321"})
    assert known_properties(acme.team_id).by_section == {}
