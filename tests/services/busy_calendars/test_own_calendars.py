"""Adding a busy calendar reads it; nothing is kept of one that cannot be read; it is its person's alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubsync.domain.busy_calendars import MOST_OF_A_PERSON, CalendarKind, WhenUnreadable
from hubsync.errors import (
    FeedAddressPrivate,
    FeedBusy,
    FeedError,
    FeedNotFound,
    FeedNotHttps,
    FeedRefused,
    NotFound,
    Refused,
)
from hubsync.services import now, tools
from hubsync.services.busy_calendars import own_calendars
from hubsync.services.busy_calendars.access import place_of
from hubsync.services.busy_calendars.accounts import add_account, find_account
from hubsync.services.busy_calendars.readings import change_calendar, new_worker, note_fault, take
from hubsync.services.busy_calendars.status import find_busy_calendar, list_busy_calendars
from hubsync.store import db, end_read, write_transaction
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.people import Identity, Person
from scheduler_sandbox.calendars import CalendarServer, PersonalCalendar, write_event
from tests.kit import rows
from tests.kit.busy_calendars import HOUR, add, busy_times, person_id, stored, tomorrow

pytestmark = pytest.mark.slow


def counted() -> int:
    found = db.session.query(BusyCalendar).count()
    end_read()
    return found


def test_what_is_added_is_read_and_its_address_is_sealed(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider, name=" Work\n")
    row = stored(calendar_id)
    assert (row.name, row.place, row.kind) == ("Work", "127.0.0.1", CalendarKind.ICS)
    assert busy_times(calendar_id) == [(tomorrow(9), tomorrow(10))]
    assert row.read_at is not None
    assert row.next_read_at is not None
    assert row.next_read_at > row.read_at
    assert provider.account.secret not in row.access_sealed
    opened = json.loads(tools().vault.open(place_of(calendar_id), row.access_sealed))
    assert opened["address"] == provider.feed_url()


def test_busy_times_that_overlap_are_kept_as_one(acme: Any, provider: CalendarServer) -> None:
    provider.account.calendars[0].put(write_event(tomorrow(10), tomorrow(11), "Next"))
    provider.account.calendars[0].put(write_event(tomorrow(9), tomorrow(10), "Beside"))
    assert busy_times(add(provider)) == [(tomorrow(9), tomorrow(11))]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("{url}/ics/wrong/work.ics", FeedNotFound),
        ("https://127.0.0.2:1/", FeedError),
        ("http://calendar.example/a.ics", FeedNotHttps),
        ("https://10.0.0.1/a.ics", FeedAddressPrivate),
        ("not an address", FeedError),
    ],
)
def test_nothing_is_kept_of_what_cannot_be_read(
    acme: Any, provider: CalendarServer, address: str, kind: type[FeedError]
) -> None:
    with pytest.raises(kind):
        own_calendars.add_feed(person_id(), address.format(url=provider.url), "", WhenUnreadable.SHOW_TIMES)
    assert counted() == 0


def test_the_same_one_is_not_added_twice(acme: Any, provider: CalendarServer) -> None:
    add(provider)
    with pytest.raises(Refused) as refused:
        add(provider, name="Again")
    assert refused.value.field is None
    assert counted() == 1


def test_no_more_are_added_than_are_read(acme: Any, provider: CalendarServer) -> None:
    with write_transaction() as session:
        for _ in range(MOST_OF_A_PERSON):
            rows.add_busy_calendar(session, person_id())
    provider.reset()
    with pytest.raises(Refused):
        add(provider)
    assert provider.requests == []


def test_a_name_that_is_too_long_is_refused_before_anything_is_asked(acme: Any, provider: CalendarServer) -> None:
    with pytest.raises(Refused) as refused:
        add(provider, name="x" * 101)
    assert (refused.value.field, provider.requests) == ("name", [])
    calendar_id = add(provider, name="")
    assert stored(calendar_id).name == "127.0.0.1"
    with pytest.raises(Refused):
        own_calendars.change(person_id(), calendar_id, " ", WhenUnreadable.SHOW_NONE)
    own_calendars.change(person_id(), calendar_id, "Home", WhenUnreadable.SHOW_NONE)
    assert (stored(calendar_id).name, stored(calendar_id).when_unreadable) == ("Home", WhenUnreadable.SHOW_NONE)


def test_another_person_s_does_not_exist(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    with write_transaction() as session:
        other = rows.add_person(session, "ren@acme.example").id
    for act in (
        lambda: own_calendars.read_now(other, calendar_id),
        lambda: own_calendars.remove(other, calendar_id),
        lambda: own_calendars.change(other, calendar_id, "Mine", WhenUnreadable.SHOW_TIMES),
        lambda: find_busy_calendar(other, calendar_id),
    ):
        with pytest.raises(NotFound):
            act()
    assert list_busy_calendars(other) == []
    assert stored(calendar_id).name == "Work"


def test_what_is_removed_leaves_nothing(acme: Any, provider: CalendarServer) -> None:
    own_calendars.remove(person_id(), add(provider))
    assert counted() == 0
    assert db.session.query(BusyTimes).count() == 0


def test_read_now_brings_what_is_new_and_says_what_kept_it_from_that(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    provider.account.calendars[0].put(write_event(tomorrow(14), tomorrow(15), "New"))
    assert own_calendars.read_now(person_id(), calendar_id) == ""
    assert len(busy_times(calendar_id)) == 2
    provider.switches.sign_in = True
    assert own_calendars.read_now(person_id(), calendar_id) == "feed_is_web_page"
    assert len(busy_times(calendar_id)) == 2, "a page is unreachable, never empty"
    provider.switches.sign_in = False
    assert own_calendars.read_now(person_id(), calendar_id) == ""
    assert (stored(calendar_id).fault_code, stored(calendar_id).faulty_since) == ("", None)


def test_a_server_that_asked_for_a_pause_is_not_asked_at_a_press(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    provider.switches.busy = 7200
    assert own_calendars.read_now(person_id(), calendar_id) == FeedBusy.code
    provider.switches.busy = 0
    provider.reset()
    assert own_calendars.read_now(person_id(), calendar_id) == FeedBusy.code
    assert provider.requests == []


def test_invitations_that_the_person_declined_are_free(acme: Any, provider: CalendarServer) -> None:
    with write_transaction() as session:
        person = session.get_one(Person, person_id())
        session.add(
            Identity(person_id=person.id, issuer="https://id.example", subject="1", shown="mika@personal.example")
        )
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:mika@personal.example"
    provider.account.calendars[0].put(write_event(tomorrow(14), tomorrow(15), "Declined", declined))
    assert len(busy_times(add(provider))) == 1


def test_what_is_ahead_is_shown_as_proof(acme: Any, provider: CalendarServer) -> None:
    for hour in range(11):
        provider.account.calendars[0].put(
            write_event(tomorrow(11) + 2 * hour * HOUR, tomorrow(12) + 2 * hour * HOUR, "")
        )
    provider.account.calendars[0].put(write_event(now() - 3 * HOUR, now() - 2 * HOUR, "Over"))
    provider.account.calendars[0].put(write_event(tomorrow(9), tomorrow(10), "", "RRULE:FREQ=DAILY;INTERVAL=0"))
    shown = find_busy_calendar(person_id(), add(provider))
    assert (shown.ahead, len(shown.next_times), shown.left_out, len(shown.unread)) == (12, 10, 1, 1)
    assert shown.next_times[0].start == tomorrow(9)


def test_another_address_is_read_before_it_takes_the_place_of_the_former(
    acme: Any, provider: CalendarServer
) -> None:
    calendar_id = add(provider)
    provider.account.calendars.append(PersonalCalendar("Home", "home"))
    with pytest.raises(FeedNotFound):
        own_calendars.renew(person_id(), calendar_id, address=provider.feed_url("gone"))
    assert own_calendars.read_now(person_id(), calendar_id) == ""
    assert len(busy_times(calendar_id)) == 1
    late = new_worker()
    assert take(calendar_id, late)
    own_calendars.renew(person_id(), calendar_id, address=provider.feed_url("home"))
    assert busy_times(calendar_id) == []
    assert not change_calendar(calendar_id, late, lambda session, row: note_fault(session, row, "feed_busy", None))
    other = add(provider)
    with pytest.raises(Refused):
        own_calendars.renew(person_id(), calendar_id, address=provider.feed_url())
    own_calendars.renew(person_id(), other, address=provider.feed_url())


def test_another_password_is_tried_before_it_takes_the_place_of_the_former(
    acme: Any, provider: CalendarServer
) -> None:
    account = provider.account
    found = find_account(provider.caldav_url, account.user, account.password)
    calendar_id = add_account(person_id(), found, [0], "Work", WhenUnreadable.SHOW_TIMES)
    account.password = "another app password"
    assert own_calendars.read_now(person_id(), calendar_id) == "feed_refused"
    with pytest.raises(FeedRefused):
        own_calendars.renew(person_id(), calendar_id, password="a guess")
    own_calendars.renew(person_id(), calendar_id, password="another app password")
    assert (stored(calendar_id).fault_code, len(busy_times(calendar_id))) == ("", 1)
    assert own_calendars.read_now(person_id(), calendar_id) == ""
