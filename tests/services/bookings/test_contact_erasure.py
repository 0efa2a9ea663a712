"""The contact of an erased guest at HubSpot: removed as wished, none of anybody else's, and never half told."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.errors import NotConnected
from hubsync.services.bookings import guest_erasures
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import Connection
from hubsync.store.guest_erasures import GuestErasure
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry
from tests.kit.clock import later
from tests.kit.meetings import meetings_at, switch_meetings_on, synchronise

EMAIL = "mika@acme.co.jp"
ERASE, ARCHIVE = "gdpr-delete", "DELETE"


def erase(acme: Any, wish: ContactWish = ContactWish.ERASED, email: str = EMAIL) -> GuestErasure:
    person = db.session.query(Person.id).scalar()
    end_read()
    erasure_id = guest_erasures.begin(email, acme.team_id, by=person, wish=wish)
    guest_erasures.carry_on(erasure_id)
    return stored(acme, erasure_id)


def stored(acme: Any, erasure_id: int) -> GuestErasure:
    found = guest_erasures.find_receipt(acme.team_id, erasure_id)
    end_read()
    return found


def test_what_hubsync_put_on_the_timeline_goes_along_and_nothing_else_of_it(acme: Any) -> None:
    switch_meetings_on(acme.calendar_id)
    contact_id = acme.book("Sato Mika", EMAIL, "Acme").contact_id
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    synchronise(acme.sandbox, contact_id, "2030-01-07T01:00:00.000Z", hs_meeting_title="By hand")
    assert erase(acme).contact_fate is ContactFate.DONE
    titles = [each["properties"]["hs_meeting_title"] for each in meetings_at(acme.sandbox)]
    assert sorted(titles) == ["By hand", "Intro call: Kato Rei"]


def emails(acme: Any) -> list[str]:
    return sorted(each["properties"]["email"] for each in acme.records("contacts"))


def put(acme: Any, **properties: str) -> str:
    answer = requests.post(
        f"{acme.sandbox.url}/crm/v3/objects/contacts",
        json={"properties": properties},
        headers={"Authorization": f"Bearer {acme.token()}"},
        timeout=60,
    )
    return str(answer.json()["id"])


def merge(acme: Any, gone: str, into: str) -> None:
    url = f"{acme.sandbox.url}/sandbox/api/records/contacts/{gone}/merge"
    requests.post(url, json={"into": into}, timeout=60).raise_for_status()


@pytest.mark.parametrize("wish", [ContactWish.ERASED, ContactWish.ARCHIVED])
def test_the_contact_is_removed_as_wished_and_the_others_stay(acme: Any, wish: ContactWish) -> None:
    for email in (EMAIL, "rei@acme.co.jp"):
        acme.book("Sato Mika", email, "Acme")
    calls = acme.calls_of(lambda: erase(acme, wish))
    assert emails(acme) == ["rei@acme.co.jp"]
    assert (ERASE in calls[-1], calls[-1].startswith(ARCHIVE), len(calls)) == (
        wish is ContactWish.ERASED,
        wish is ContactWish.ARCHIVED,
        2,
    )
    row = stored(acme, 1)
    assert (row.contact_fate, row.registered_ids, row.email_sealed) == (ContactFate.DONE, [], "")
    actions = [each.action for each in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-2:] == ["guest_erased", "guest_erased_at_hubspot"]
    again = put(acme, email=EMAIL) if wish is ContactWish.ARCHIVED else None
    assert again is None or again in {each["id"] for each in acme.records("contacts")}


def test_without_a_wish_hubspot_is_not_called(acme: Any) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    assert acme.calls_of(lambda: erase(acme, ContactWish.LEFT)) == []
    assert emails(acme) == [EMAIL]


def test_of_another_contact_that_has_the_address_as_a_further_one_nothing_is_touched(acme: Any) -> None:
    other = put(acme, email="boss@acme.co.jp")
    merge(acme, put(acme, email=EMAIL), into=other)
    acme.book("Sato Mika", EMAIL, "Acme")  # HubSpot has it: a duplicate
    assert erase(acme).contact_fate == ContactFate.NOT_THEIRS
    assert emails(acme) == ["boss@acme.co.jp"]


def test_a_contact_that_hubsync_registered_is_removed_under_another_main_address_too(acme: Any) -> None:
    delivery = acme.book("Sato Mika", EMAIL, "Acme")
    with acme.sandbox.state.lock:  # somebody made another address the main one, by hand
        (record,) = [each for each in acme.sandbox.state.records if each.id == delivery.contact_id]
        record.properties |= {"email": "mika@home.example", "hs_additional_emails": EMAIL}
        acme.sandbox.state.records.put(record)
    assert erase(acme).contact_fate == ContactFate.DONE
    assert emails(acme) == []


def test_an_address_that_hubspot_does_not_know_is_not_put_on_its_list(acme: Any) -> None:
    calls = acme.calls_of(lambda: erase(acme, email="new@acme.co.jp"))
    assert stored(acme, 1).contact_fate == ContactFate.NOT_THERE
    assert not any(ERASE in each for each in calls)


def test_what_hubspot_refuses_is_told_and_the_bookings_are_gone_all_the_same(acme: Any) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    acme.fault(action="status", status=403, path=ERASE, times=1)
    row = erase(acme)
    assert (row.contact_fate, row.fault_code) == (ContactFate.REFUSED, "permission_missing")
    assert row.erased_here_at is not None
    assert row.email_sealed == ""
    assert db.session.query(BookingRecord).count() == 0
    end_read()
    assert erase(acme).contact_fate == ContactFate.DONE, "asked for once more, when the permission is there"


@pytest.mark.parametrize(("when", "fate"), [("before", ContactFate.REFUSED), ("after", ContactFate.DONE)])
def test_a_404_counts_as_done_only_when_the_contact_is_not_there_any_more(
    acme: Any, when: str, fate: ContactFate
) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    acme.fault(action="status", status=404, path=ERASE, times=1, when=when)
    assert erase(acme).contact_fate == fate
    assert emails(acme) == ([EMAIL] if fate is ContactFate.REFUSED else [])


@pytest.mark.parametrize("fault", [{"action": "status", "status": 503}, {"action": "drop", "when": "after"}])
def test_what_passes_is_tried_again_and_an_erasure_whose_answer_was_lost_counts_as_done(
    acme: Any, fault: dict[str, Any]
) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    acme.fault(**fault, path=ERASE, times=1)
    row = erase(acme)
    assert (row.contact_fate, row.finished_at) == (ContactFate.OPEN, None)
    assert row.fault_code
    assert not guest_erasures.carry_on(1), "it is too early"
    with later(minutes=2):
        assert guest_erasures.carry_on_all(lambda: False) == 1
    assert stored(acme, 1).contact_fate == ContactFate.DONE
    assert emails(acme) == []


def test_nothing_is_erased_when_hubspot_was_disconnected_meanwhile(acme: Any) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    with write_transaction() as session:
        session.query(Connection).update({"state": "disconnected"})
    with pytest.raises(NotConnected):
        erase(acme)
    assert db.session.query(GuestErasure).count() == 0
    assert db.session.query(BookingRecord).count() == 1
