"""What an attempt makes of trouble: which step it costs, and whether the delivery comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from cryptography.fernet import Fernet

from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRow
from hubsync.store.sealed import Vault
from tests.kit.held_calls import let_workers_die, while_held

LATER = timedelta(minutes=10)
CONTACT = "POST /crm/objects/2026-09/contacts"
UNREADABLE = {"status": "error", "message": "Something is wrong with it.", "category": "VALIDATION_ERROR"}


def test_a_gone_company_that_cannot_be_found_anew_does_not_hold_back_the_contact(acme: Any) -> None:
    acme.delete("companies", acme.book("Sato Mika", "mika@acme.co.jp", "Acme").company_id)
    acme.fault(action="status", status=403, path="/companies/search", times=1)
    delivery = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("partial", "refused", "created")
    assert [remark["section"] for remark in delivery.remarks if remark["kind"] == "refused"] == ["companies"]
    again = retry(delivery.id)
    assert (again.state, again.company, again.association) == ("posted", "created", "made")


def test_a_company_of_an_earlier_attempt_that_is_gone_is_looked_up_again(acme: Any) -> None:
    acme.fault(action="status", status=503, path="/contacts", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company) == ("retrying", "created")
    acme.delete("companies", delivery.company_id)
    with time_machine.travel(now() + LATER, tick=True):
        assert run_due() == [(delivery.id, "posted")]
    (company,), (contact,) = acme.records("companies"), acme.records("contacts")
    assert acme.companies_of(contact) == {company["id"]} == {read_delivery(delivery.id).company_id}


def test_a_refused_contact_makes_no_second_company_while_the_search_lags(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.fault(action="status", status=400, path="/contacts", body=UNREADABLE, times=1)
    delivery = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("partial", "duplicate", "refused")
    assert len(acme.records("companies")) == 1


@pytest.mark.parametrize(
    "trouble",
    [{"status": 429, "policy": "DAILY"}, {"status": 477, "retry_after": "7200"}],
    ids=["daily limit", "account migration"],
)
def test_a_paused_connection_uses_up_no_attempts(acme: Any, trouble: dict[str, Any]) -> None:
    acme.fault(action="status", path="/companies", times=2, **trouble)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.attempts_used) == ("retrying", 0)
    with write_transaction() as session:
        assert delivery.next_attempt_at == session.query(Connection).one().paused_until > now()
        session.query(Delivery).update({"attempts_used": 11, "next_attempt_at": now()})
    acme.hubspot_recovers()
    assert run_due() == [(delivery.id, "retrying")]
    with write_transaction() as session:
        session.query(Delivery).update({"next_attempt_at": now()})
    acme.hubspot_recovers()
    assert run_due() == [(delivery.id, "posted")]


def test_a_burst_over_the_limit_uses_up_an_attempt(acme: Any) -> None:
    acme.fault(action="status", status=429, path="/companies", times=1)
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").attempts_used == 1


def test_tokens_that_no_key_opens_are_tried_again_once_the_key_is_back(acme: Any) -> None:
    other = Vault([Fernet.generate_key().decode()])
    token = acme.token()
    place = sealed_place(acme.team_id, "access token")
    with write_transaction() as session:
        session.query(Connection).one().access_sealed = other.seal(place, token)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("retrying", "secret_unreadable")
    with write_transaction() as session:
        session.query(Connection).one().access_sealed = tools().vault.seal(place, token)
    with time_machine.travel(now() + LATER, tick=True):
        assert run_due() == [(delivery.id, "posted")]


def test_the_last_attempt_posts_the_contact_alone_and_a_retry_completes_it(acme: Any) -> None:
    acme.fault(action="status", status=503, path="/companies", times=2)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.contact) == ("retrying", "")
    with write_transaction() as session:
        session.query(Delivery).update({"attempts_used": 11, "next_attempt_at": now()})
    acme.hubspot_recovers()
    assert run_due() == [(delivery.id, "partial")]
    left = read_delivery(delivery.id)
    assert (left.company, left.contact, left.association, left.reason) == (
        "refused",
        "created",
        "",
        "hubspot_busy",
    )
    again = retry(delivery.id)
    assert (again.state, again.company, again.association) == ("posted", "created", "made")
    assert acme.companies_of(acme.records("contacts")[0]) == {again.company_id}


def test_a_delivery_of_which_nothing_stands_fails_when_its_attempts_are_used_up(acme: Any) -> None:
    acme.fault(action="status", status=503, times=3)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Delivery).update({"attempts_used": 11, "next_attempt_at": now()})
    acme.hubspot_recovers()
    assert run_due() == [(delivery.id, "failed")]


def test_a_retry_has_all_its_attempts_ahead(acme: Any) -> None:
    acme.fault(action="status", status=503, times=2)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    again = retry(delivery.id)
    assert (again.state, again.attempts_used) == ("retrying", 1)


def test_a_refused_association_of_a_retry_is_partial_and_can_be_retried(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/companies", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.fault(action="status", status=403, path="/associations", times=1)
    again = retry(delivery.id)
    assert (again.state, again.association, again.reason) == ("partial", "refused", "permission_missing")
    calls = acme.calls_of(lambda: retry(delivery.id))
    assert [call.split(" ")[0] for call in calls] == ["PUT"]
    assert read_delivery(delivery.id).state == "posted"


def test_who_finishes_for_a_worker_that_died_says_nothing_of_a_refusal_that_is_over(acme: Any) -> None:
    refused = {"status": "error", "message": "No.", "category": "VALIDATION_ERROR"}
    acme.fault(action="status", status=400, method="POST", path="/companies", except_path="/search", body=refused)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, [each["kind"] for each in delivery.remarks]) == ("partial", ["refused"])
    acme.fault(action="delay", delay=0.0, hold=True, method="PUT", path="/associations", times=1)
    thread = while_held(acme, let_workers_die)
    retry(delivery.id)
    thread.join()
    run_due()
    ended = read_delivery(delivery.id)
    assert (ended.state, ended.company, ended.remarks) == ("posted", "created", [])


def test_access_that_is_lost_in_mid_delivery_keeps_it_waiting(acme: Any) -> None:
    acme.fault(action="status", status=401, path="/contacts", times=2)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.attempts_used) == ("waiting", "access_lost", 0)
    assert delivery.company == "created"


def test_a_booking_of_which_nothing_can_be_posted_is_skipped(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRow).filter(MappingRow.section == "contacts").delete()
    delivery = acme.book("Sato Mika", "mika@gmail.com")
    assert (delivery.state, delivery.reason) == ("skipped", "nothing_mapped")
    acme.map("companies", "city", "fact:calendar")
    delivery = acme.book("Sato Mika", "mika@gmail.com", "なし")
    assert (delivery.state, delivery.reason) == ("skipped", "nothing_to_post")
    end_read()
    calls = requests.get(f"{acme.sandbox.url}/sandbox/api/calls", timeout=60).json()["results"]
    assert [call for call in calls if "/crm/" in call["path"]] == []
