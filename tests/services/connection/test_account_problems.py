"""A full or suspended account is one trouble of the connection: told once, no attempt used up, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubspot_sandbox.pages.fault_text import PRESETS
from hubsync.services import now
from hubsync.services.connection.status import ConnectionStatus, read_status
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.notices.open_failures import read_open_failures
from hubsync.store import db, end_read
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from tests.kit.clock import later
from tests.kit.mail_server import MailServer, body
from tests.kit.notices import send_notices

FAULTS = {key: fault for key, _, _, fault in PRESETS}
CODES = {"full": "account_full", "contacts_full": "account_full", "suspended": "account_suspended"}


def begin(acme: Any, key: str) -> None:
    """The account gets into trouble and stays there."""
    acme.fault(times=None, **FAULTS[key])


def end(acme: Any) -> None:
    acme.sandbox.state.faults.clear()


def states(acme: Any) -> list[tuple[str, str, int]]:
    found = db.session.query(Delivery).populate_existing().order_by(Delivery.id).all()
    end_read()
    return [(each.state, each.reason, each.attempts_used) for each in found]


def standing(acme: Any) -> ConnectionStatus:
    found = read_status(acme.team_id)
    end_read()
    return found


@pytest.mark.parametrize("key", CODES)
def test_bookings_are_kept_and_posted_when_it_is_over(acme: Any, key: str) -> None:
    begin(acme, key)
    for number in range(3):
        acme.book("Sato Mika", f"mika{number}@acme.co.jp", "Acme")
    assert states(acme) == [("retrying", CODES[key], 0)] * 3
    assert standing(acme).code == CODES[key]
    assert standing(acme).waiting == 3
    end(acme)
    with later(hours=2):
        run_due()
    assert [state for state, _, _ in states(acme)] == ["posted"] * 3
    assert (standing(acme).code, standing(acme).paused_until) == ("", None)
    assert len(acme.records("contacts")) == 3
    assert len(acme.records("companies")) == 1


def test_only_the_first_booking_asks_hubspot(acme: Any) -> None:
    begin(acme, "full")
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert acme.calls_of(lambda: acme.book("Kato Rei", "rei@beta.co.jp", "Beta")) == []
    with later(minutes=30):
        assert acme.calls_of(run_due) == []
    with later(minutes=70):
        assert len(acme.calls_of(run_due)) <= 4


@pytest.mark.slow  # thirty days of due work
@pytest.mark.parametrize("key", CODES)
def test_weeks_of_it_use_up_no_attempt_and_nothing_is_given_up(acme: Any, key: str) -> None:
    begin(acme, key)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    for days in range(1, 31):
        with later(days=days):
            run_due()
    assert states(acme) == [("retrying", CODES[key], 0)]
    end(acme)
    with later(days=32):
        run_due()
        assert read_delivery(delivery.id).state == "posted"


def test_a_retry_that_succeeds_has_all_others_posted_at_once(acme: Any) -> None:
    begin(acme, "full")
    ids = [acme.book("Sato Mika", f"mika{number}@acme.co.jp", "Acme").id for number in range(3)]
    end(acme)
    assert retry(ids[0]).state == "posted"
    assert standing(acme).code == ""
    acme.hubspot_recovers()
    run_due()
    assert [state for state, _, _ in states(acme)] == ["posted"] * 3


def test_an_account_that_can_still_be_read_stays_full(acme: Any) -> None:
    begin(acme, "contacts_full")
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert standing(acme).call == "write contacts"
    with later(hours=2):
        acme.hubspot_recovers()
        acme.book("Kato Rei", "rei@beta.co.jp", "Beta")  # searches and creates a company
    assert standing(acme).code == "account_full"


def test_it_is_told_in_one_mail_however_many_bookings_meet_it(acme: Any, smtp: MailServer) -> None:
    begin(acme, "full")
    for number in range(3):
        acme.book("Sato Mika", f"mika{number}@acme.co.jp", "Acme")
    assert send_notices() == 1
    text = body(smtp.mails[0])
    assert "it is full" in text
    assert "3 bookings are kept until HubSpot takes records again." in text
    assert "Account & Billing > Usage & Limits" in text
    assert "limit of contacts" not in text  # HubSpot's own words stay on the delivery's page
    assert "mika" not in text
    for days in (1, 8, 20):
        with later(days=days):
            acme.book("Kato Rei", f"rei{days}@beta.co.jp", "Beta")
            run_due()
            assert send_notices() == 0


def test_the_log_tells_it_once(acme: Any, caplog: pytest.LogCaptureFixture) -> None:
    begin(acme, "suspended")
    for number in range(3):
        acme.book("Sato Mika", f"mika{number}@acme.co.jp", "Acme")
    told = [each for each in caplog.messages if "suspended" in each]
    assert len(told) == 1
    assert "mika" not in "".join(caplog.messages)


def test_an_erased_person_is_refused_for_good_and_the_company_stands(acme: Any) -> None:
    acme.fault(times=1, **FAULTS["erased"])
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.contact) == ("partial", "person_erased", "refused")
    assert delivery.company == "created"
    assert standing(acme).code == ""
    assert read_open_failures(acme.team_id).partial == 1


def test_another_account_knows_nothing_of_it(acme: Any) -> None:
    begin(acme, "full")
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    row = db.session.query(Connection).populate_existing().one()
    assert row.paused_code == "account_full"
    assert now() + timedelta(minutes=50) < row.paused_until < now() + timedelta(minutes=61)
    end_read()
