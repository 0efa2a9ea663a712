"""180 days without a post: access is given up, HubSpot is not called, and only Connect brings it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection import account_switch
from hubsync.services.connection.activation import AuthorizedAccount
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.properties import read_properties
from hubsync.services.connection.status import read_status
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.operations.daily_check import check_now
from hubsync.services.teams import audit
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.broken_tables import accept_writing, refuse_writing
from tests.kit.clock import later
from tests.kit.connections import change, read_account, stored
from tests.kit.held_calls import while_held
from tests.kit.settings import change_settings


def connect(acme: Any, account_id: str = "1234567") -> None:
    """Somebody presses Connect and agrees."""
    grant = acme.grant()
    person_id = db.session.query(Person.id).scalar()
    end_read()
    authorized = AuthorizedAccount(
        method="oauth",
        account_id=account_id,
        account_name="",
        ui_domain="",
        time_zone="",
        scopes=(),
        at=now(),
        access_token=grant["access_token"],
        refresh_token=grant["refresh_token"],
        access_expires_at=now() + timedelta(minutes=30),
    )
    account_switch.activate_or_park(acme.team_id, person_id, authorized)


def idle_days(acme: Any) -> float:
    """For how many days nothing was posted, as the expiry counts."""
    end = read_status(acme.team_id).expires_at
    end_read()
    assert end is not None
    return 180 - (end - now()) / timedelta(days=1)


def test_the_next_post_makes_no_call_and_its_booking_waits(acme: Any, caplog: pytest.LogCaptureFixture) -> None:
    made: list[Any] = []
    connected_at = stored().connected_at
    with later(days=181):
        calls = acme.calls_of(lambda: made.append(acme.book("Sato Mika", "mika@acme.co.jp", "Acme")))
        standing = read_status(acme.team_id)
        end_read()
        assert acme.calls_of(lambda: made.append(acme.book("Kato Rei", "rei@acme.co.jp", "Acme"))) == []
    assert calls == []
    assert [(each.state, each.reason, each.attempts_used) for each in made] == [("waiting", "idle_expired", 0)] * 2
    assert (standing.state, standing.code) == ("lost", "idle_expired")
    assert standing.since == connected_at + timedelta(days=180)
    assert stored().lost_at == standing.since
    entries = audit.read_trail(acme.team_id, 10)
    assert [(each.action, each.details["code"]) for each in entries] == [(AuditAction.ACCESS_LOST, "idle_expired")]
    assert "nothing was posted for 180 days" in caplog.text


def test_a_booking_whose_expiry_cannot_be_written_down_is_tried_again(acme: Any) -> None:
    with write_transaction() as session:
        refuse_writing(session, "connections", "UPDATE OF lost_at")
    with later(days=181):
        made = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert (made.state, made.attempts_used, made.lease_owner) == ("retrying", 1, "")
        with write_transaction() as session:
            accept_writing(session, "connections")
        with later(hours=1):
            run_due()
        assert db.session.query(Delivery.state).scalar() == "waiting"
        end_read()


def test_one_day_before_it_is_posted_and_the_time_starts_anew(acme: Any) -> None:
    with later(days=179.9):
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"
    with later(days=179.9 + 179.9):
        assert acme.book("Kato Rei", "rei@acme.co.jp", "Acme").state == "posted"


def test_editor_and_check_do_not_ask_hubspot_either(acme: Any) -> None:
    read_properties(acme.team_id)
    with later(days=181):
        assert acme.calls_of(lambda: read_properties(acme.team_id, refresh=True)) == []
        assert read_properties(acme.team_id, refresh=True).trouble == "idle_expired"
        assert acme.calls_of(lambda: check_now(acme.team_id)) == []
    assert stored().state == "connected"  # nobody posted, so nobody was told that it failed


def test_connect_brings_it_back_and_retry_posts_what_waited(acme: Any) -> None:
    with later(days=181):
        waiting = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert retry(waiting.id).state == "waiting"
        assert acme.calls_of(run_due) == []
        connect(acme)
        assert read_status(acme.team_id).state == "connected"
        end_read()
        assert retry(waiting.id).state == "posted"


def test_a_booking_that_is_not_to_be_posted_ends_no_access(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Team).update({"plan": "free"})
    with later(days=181):
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "skipped"
    assert stored().state == "connected"


def test_with_expiry_switched_off_it_is_posted_whenever(acme: Any) -> None:
    change_settings(acme.app, idle_expiry_days=0)
    with later(days=4000):
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"


def test_a_longer_time_set_later_spares_a_connection_that_nobody_posted_to(acme: Any) -> None:
    with later(days=181):
        assert read_status(acme.team_id).code == "idle_expired"
        end_read()
        change_settings(acme.app, idle_expiry_days=365)
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"


# ---- what starts the time anew


def test_a_duplicate_company_that_is_remembered_and_a_duplicate_contact_count(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(last_posted_at=None, connected_at=now() - timedelta(days=100))
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme"))
    assert calls == ["POST /crm/objects/2026-09/contacts"]
    assert idle_days(acme) < 1


def test_partial_counts(acme: Any) -> None:
    change(connected_at=now() - timedelta(days=100))
    acme.fault(action="status", status=403, path="/contacts", times=1)
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "partial"
    assert idle_days(acme) < 1


def test_partial_counts_whose_answer_came_in_an_earlier_attempt(acme: Any) -> None:
    change(connected_at=now() - timedelta(days=100))
    acme.fault(action="status", status=503, path="/contacts", times=None)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company) == ("retrying", "created")
    assert idle_days(acme) > 99
    with write_transaction() as session:
        session.query(Delivery).update({"attempts_used": 11, "next_attempt_at": now()})
    acme.hubspot_recovers()
    assert run_due() == [(delivery.id, "partial")]
    assert idle_days(acme) < 1


@pytest.mark.parametrize("status", [400, 403])
def test_a_booking_of_which_nothing_stands_does_not_count(acme: Any, status: int) -> None:
    change(connected_at=now() - timedelta(days=100))
    acme.fault(action="status", status=status, path="/crm/objects", times=None)
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "failed"
    assert idle_days(acme) > 99


def test_reads_checks_and_refreshes_do_not_count(oauth_acme: Any) -> None:
    change(connected_at=now() - timedelta(days=100), access_expires_at=now())
    read_account(oauth_acme)
    read_properties(oauth_acme.team_id, refresh=True)
    check_now(oauth_acme.team_id)
    deadline = Deadline.after(5)
    with_access(  # as "Send a test" does
        oauth_acme.team_id,
        deadline,
        lambda client: client.create_contact({"email": "a@acme.co.jp"}, deadline, None),
    )
    assert idle_days(oauth_acme) > 99


def test_what_was_posted_into_the_former_account_does_not_count_for_the_new_one(acme: Any) -> None:
    acme.fault(action="delay", hold=True, method="POST", path="/contacts", times=1)

    def connect_another() -> None:
        change(hubspot_account_id="7654321", connected_at=now())

    connecting = while_held(acme, connect_another)
    assert acme.book("Sato Mika", "mika@acme.co.jp", "").state == "posted"
    connecting.join()
    assert stored().hubspot_account_id == "7654321"
    assert stored().last_posted_at is None
