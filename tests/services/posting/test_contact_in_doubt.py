"""A contact that was sent and whose answer was lost is found again, and counts as what it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.held_calls import while_held
from tests.kit.previews import seed

LOST = {"action": "drop", "method": "POST", "path": "/contacts", "when": "after", "times": 1}


def through(delivery_id: int) -> Delivery:
    with later(hours=2):
        run_due()
    found = read_delivery(delivery_id)
    end_read()
    return found


@pytest.fixture
def remembered(acme: Any) -> Any:
    """Acme is remembered, so that nothing but the contact is new."""
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    return acme


def test_what_our_create_made_counts_as_registered_with_its_association(remembered: Any) -> None:
    remembered.fault(**LOST)
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.contact) == ("retrying", "intent")
    ended = through(delivery.id)
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")
    contact = next(each for each in remembered.records("contacts") if "mika" in each["properties"]["email"])
    assert (ended.contact_id, remembered.companies_of(contact)) == (contact["id"], {ended.company_id})


def test_clearing_it_up_costs_one_call(remembered: Any) -> None:
    remembered.fault(**LOST)
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = remembered.calls_of(lambda: through(delivery.id))
    assert [each.split("/")[0] for each in calls] == ["POST ", "GET "]


def associated_with(acme: Any, delivery: Delivery) -> set[str]:
    """The companies of the delivery's contact at HubSpot."""
    contact = next(each for each in acme.records("contacts") if each["id"] == delivery.contact_id)
    companies: set[str] = acme.companies_of(contact)
    return companies


def test_it_is_associated_with_the_company_that_took_the_place_of_a_deleted_one(remembered: Any) -> None:
    remembered.fault(**LOST)
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    before = delivery.company_id
    remembered.delete("companies", before)
    ended = through(delivery.id)
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")
    assert ended.company_id != before
    assert associated_with(remembered, ended) == {ended.company_id}


def test_it_is_associated_with_a_company_that_was_refused_when_it_was_sent(acme: Any) -> None:
    acme.fault(action="status", status=400, method="POST", path="/companies", except_path="/search", times=1)
    acme.fault(**LOST)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.company, delivery.contact) == ("refused", "intent")
    ended = through(delivery.id)
    assert (ended.company, ended.contact, associated_with(acme, ended)) == ("refused", "created", set())
    with later(hours=3):
        again = retry(delivery.id)
    assert (again.state, again.association) == ("posted", "made")
    assert associated_with(acme, again) == {again.company_id}


def test_it_is_associated_with_a_company_that_a_retry_posts_before_it_is_found(acme: Any) -> None:
    acme.fault(action="status", status=400, method="POST", path="/companies", except_path="/search", times=1)
    acme.fault(**LOST)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.company, delivery.contact) == ("refused", "intent")
    with later(hours=3):
        again = retry(delivery.id)
    assert (again.state, again.contact, again.association) == ("posted", "created", "made")
    assert associated_with(acme, again) == {again.company_id}


def test_a_contact_that_was_there_before_is_a_duplicate_and_is_left_alone(remembered: Any) -> None:
    with later(seconds=2):
        remembered.fault(**LOST)
        delivery = remembered.book("Kato Rei", "rei@acme.co.jp", "Acme")
        assert delivery.contact == "intent"  # HubSpot's 409 is what was lost
    ended = through(delivery.id)
    assert (ended.state, ended.contact, ended.association) == ("duplicate", "duplicate", "none")


def test_when_nothing_was_written_it_is_created_once(remembered: Any) -> None:
    remembered.fault(**LOST | {"when": "before"})
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    ended = through(delivery.id)
    assert (ended.state, ended.contact) == ("posted", "created")
    assert len(remembered.records("contacts")) == 2


def test_a_look_that_fails_leaves_it_a_duplicate(remembered: Any) -> None:
    remembered.fault(**LOST)
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    remembered.fault(action="status", status=503, method="GET", path="/contacts", times=1)
    assert through(delivery.id).contact == "duplicate"


def killed(delivery_id: int, **left: Any) -> None:
    """As the row is when the worker was killed between HubSpot's answer about the contact and the commit."""
    lease = {"state": "sending", "lease_owner": "dead", "lease_until": now() - timedelta(minutes=2)}
    steps = {"contact": "", "contact_id": "", "association": ""}
    with write_transaction() as session:
        session.query(Delivery).filter_by(id=delivery_id).update(lease | steps | left)


@pytest.mark.parametrize(
    "company",
    [{}, {"company": "", "company_id": "", "hubspot_account_id": ""}],
    ids=["searched for", "remembered"],
)
def test_a_worker_that_died_behind_the_company_may_have_sent_the_contact(
    remembered: Any, company: dict[str, str]
) -> None:
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    killed(delivery.id, **company)
    ended = through(delivery.id)
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")
    assert len(remembered.records("contacts")) == 2
    assert db.session.query(Delivery).filter_by(contact="duplicate").count() == 0


def test_a_worker_may_die_behind_a_company_that_turned_up_meanwhile(acme: Any) -> None:
    acme.fault(action="drop", method="POST", path="/companies", except_path="/search", when="before", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.company == "intent"
    acme.hubspot_recovers()
    with later(hours=0.05):
        acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    seen: list[str] = []

    def look() -> None:
        seen.append(read_delivery(delivery.id).company)
        end_read()

    acme.fault(action="delay", hold=True, method="POST", path="/contacts", times=1)
    looking = while_held(acme, look)
    ended = through(delivery.id)
    looking.join()
    assert seen == ["duplicate"], "the row says that the company is done before the contact is sent"
    assert (ended.state, ended.company, ended.contact) == ("posted", "duplicate", "created")


def test_what_another_booking_of_the_guest_registered_is_not_claimed_twice(remembered: Any) -> None:
    remembered.fault(**LOST | {"when": "before"})
    first = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Connection).update({"circuit_until": None})
    assert remembered.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"
    ended = through(first.id)
    assert (ended.state, ended.contact, ended.association) == ("duplicate", "duplicate", "none")


def test_a_delivery_that_is_given_up_says_that_its_contact_may_have_been_sent(remembered: Any) -> None:
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    killed(delivery.id, attempts_used=11)
    assert through(delivery.id).reason == "abandoned"
    ended = retry(delivery.id)
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")


@pytest.mark.parametrize(("behind", "outcome"), [(120, "created"), (290, "created"), (600, "duplicate")])
def test_a_clock_of_hubspots_that_is_a_few_minutes_behind_changes_nothing(
    remembered: Any, behind: int, outcome: str
) -> None:
    remembered.settings(clock_offset_seconds=-behind)
    remembered.fault(**LOST)
    delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert through(delivery.id).contact == outcome


def test_a_contact_that_a_person_made_minutes_before_is_a_duplicate(remembered: Any) -> None:
    seed(remembered, "contacts", email="mika@acme.co.jp")
    with later(hours=0.02):
        remembered.fault(**LOST)
        delivery = remembered.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert delivery.contact == "intent"
    assert through(delivery.id).contact == "duplicate"


def test_what_another_team_registered_in_the_same_account_is_not_claimed(remembered: Any) -> None:
    with write_transaction() as session:
        other = rows.add_team(session, "other")
        rows.add_connection(session, other.id)
        session.query(Delivery).update({"team_id": other.id})
    with later(seconds=2):
        remembered.fault(**LOST)
        delivery = remembered.book("Kato Rei", "rei@acme.co.jp", "Acme")
        assert delivery.contact == "intent"
    assert through(delivery.id).contact == "duplicate"
