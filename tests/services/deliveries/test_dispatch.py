"""Who may take a delivery, when, and what an ended attempt leaves behind."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.matching import CompanyKeys
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.deliveries.dispatch import deliver, read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.posting import company_registry
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord


def change(**values: Any) -> None:
    with write_transaction() as session:
        session.query(Delivery).update(values)


def last_post() -> Any:
    found = db.session.query(Connection.last_posted_at).scalar()
    end_read()
    return found


def test_a_delivery_that_a_worker_has_is_nobody_elses(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(state="sending", lease_owner="another", lease_until=now() + timedelta(seconds=30), contact="")
    assert acme.calls_of(lambda: deliver(delivery.id, Deadline.after(5))) == []
    assert acme.calls_of(lambda: retry(delivery.id)) == []
    assert read_delivery(delivery.id).lease_owner == "another"


def test_a_delivery_that_is_not_due_yet_is_not_taken(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert acme.calls_of(lambda: deliver(delivery.id, Deadline.after(5))) == []


def test_a_posted_delivery_is_not_tried_again(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    retry(delivery.id)
    assert len(read_delivery(delivery.id).attempts) == 1


def test_an_ended_attempt_leaves_no_lease_and_only_an_ended_delivery_is_finished(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.lease_owner, delivery.lease_until, delivery.finished_at) == ("", None, None)
    ended = retry(delivery.id)
    assert (ended.lease_owner, ended.lease_until) == ("", None)
    assert ended.finished_at is not None


def test_a_delivery_that_is_still_retrying_is_no_post(acme: Any) -> None:
    acme.fault(action="status", status=503, path="/contacts", times=1)
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "retrying"
    assert last_post() is None


def test_a_duplicate_known_from_memory_alone_is_no_post(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(MappingRecord).update({"contacts_on": False})
        session.query(Connection).update({"last_posted_at": None})
    assert acme.calls_of(lambda: acme.book("Kato Rei", "rei@acme.co.jp", "Acme")) == []
    assert last_post() is None


def test_a_paused_mapping_skips(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"active": False})
    assert acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme")) == []
    delivery = db.session.query(Delivery).one()
    assert (delivery.state, delivery.reason) == ("skipped", "paused")


def test_a_wrong_client_secret_refuses_no_record(acme: Any) -> None:
    tokens = acme.grant()
    with write_transaction() as session:
        connection = session.query(Connection).one()
        connection.refresh_sealed = tools().vault.seal(
            sealed_place(acme.team_id, "refresh token"), tokens["refresh_token"]
        )
        connection.access_expires_at = now()
    registered = acme.sandbox.state.apps.get(acme.sandbox.settings.client_id)
    acme.sandbox.state.apps.put(replace(registered, client_secret="another"))
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("retrying", "app_misconfigured")


def test_a_mistake_of_ours_at_the_last_attempt_is_partial_when_something_stands(acme: Any) -> None:
    acme.fault(action="status", status=503, path="/contacts", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.map("companies", "description", "fact:start")
    with write_transaction() as session:
        session.get_one(Calendar, acme.calendar_id).time_zone = "Not/AZone"
    change(attempts_used=11, next_attempt_at=now())
    acme.hubspot_recovers()
    assert run_due() == [(delivery.id, "partial")]


def test_a_company_made_in_this_attempt_is_not_made_again_when_the_contact_meets_a_404(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)
    acme.fault(action="status", status=404, path="/contacts", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("partial", "created", "refused")
    assert len(acme.records("companies")) == 1


def test_a_create_that_hubspot_did_not_take_leaves_nothing_to_look_for(acme: Any) -> None:
    acme.fault(action="status", status=429, method="POST", path="/companies", skip=1, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company) == ("retrying", "")
    acme.hubspot_recovers()
    other = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")  # free at once
    assert (other.state, other.company) == ("posted", "created")


class TestWithoutASynchronousAttempt:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SYNC_BUDGET_SECONDS": "0"}

    def test_the_background_posts_it(self, acme: Any) -> None:
        delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert (delivery.state, delivery.attempts) == ("pending", [])
        assert run_due() == [(delivery.id, "posted")]


class TestWithASmallBudget:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SYNC_BUDGET_SECONDS": "1"}

    @pytest.mark.parametrize("slow", ["/companies/search", "/contacts"])
    def test_nobody_waits_longer_for_hubspot(self, acme: Any, slow: str) -> None:
        acme.fault(action="delay", delay=20, path=slow, times=1)
        began = time.monotonic()
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "retrying"
        assert time.monotonic() - began < 15

    def test_nobody_waits_longer_for_another_booking_of_the_same_company(self, acme: Any) -> None:
        keys = CompanyKeys(domain="acme.co.jp", name="acme")
        company_registry.claim("1234567", keys, timedelta(hours=1), Deadline.after(1))
        began = time.monotonic()
        delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert (delivery.state, delivery.reason) == ("retrying", "company_busy")
        assert 0.5 < time.monotonic() - began < 15
