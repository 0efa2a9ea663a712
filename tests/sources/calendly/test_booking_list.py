"""Calendly's own list of bookings, read through our client a few calls at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.errors import SourceBusy, SourceRefused
from hubsync.net.deadline import Deadline
from hubsync.sources.calendly import SOURCE
from hubsync.sources.calendly.booking_list import EVENTS_PER_PAGE, FEWEST_LEFT, LEAST_SECONDS
from hubsync.sources.client import AccountHolder, BookingList, Known, SourceClient
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.records import Invitee
from scheduler_sandbox.calendly.webhooks import CREATED

BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=90)


class NearlyOver(Deadline):
    """Whatever the time, less of it is left than another event takes."""

    def left(self) -> float:
        return LEAST_SECONDS / 2


@dataclass
class Listing:
    """The whole list, page by page, as the services read it."""

    client: SourceClient
    token: str
    holder: AccountHolder
    is_known: Known = lambda external_id: False
    pages: list[BookingList] = field(default_factory=list)

    def page(self, cursor: str = "", deadline: Deadline | None = None) -> BookingList:
        asked = (self.token, self.holder, cursor, BEGIN, END)
        return self.client.list_bookings(*asked, self.is_known, deadline or Deadline.after(10))

    def read(self) -> list[Booking]:
        cursor = ""
        while not self.pages or (cursor := self.pages[-1].cursor):
            self.pages.append(self.page(cursor))
        return [booking for page in self.pages for booking in page.bookings]


@pytest.fixture
def listing(calendly: CalendlyServer, client: SourceClient) -> Callable[..., Listing]:
    def make(who: str = "owner") -> Listing:
        token = calendly.account.make_token(getattr(calendly.account, who))
        return Listing(client, token, client.look_up_holder(token, Deadline.after(10)))

    return make


def book(calendly: CalendlyServer, number: int) -> list[Invitee]:
    return [calendly.account.book(starts_at=BEGIN + timedelta(days=each)) for each in range(number)]


def ids(invitees: Iterable[Invitee]) -> list[str]:
    return [each.id for each in invitees]


def calls(calendly: CalendlyServer) -> list[str]:
    return [each.path.rpartition("/")[2] for each in calendly.requests]


def test_a_booking_of_the_list_is_the_one_that_the_webhook_brings(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    invitee = calendly.account.book(starts_at=BEGIN, tracking={"utm_source": "card"})
    (listed,) = listing().read()
    assert listed == SOURCE.read(json.loads(calendly.webhooks.body(CREATED, invitee)))
    assert (listed.guest.email, listed.url_params) == (invitee.email, {"utm_source": "card"})


@pytest.mark.parametrize("number", [0, 1, EVENTS_PER_PAGE, EVENTS_PER_PAGE + 1, 12])
@pytest.mark.parametrize("most_per_page", [2, 100])
def test_every_booking_is_listed_once_in_the_order_of_their_starts(
    calendly: CalendlyServer, listing: Callable[..., Listing], number: int, most_per_page: int
) -> None:
    made = book(calendly, number)
    calendly.account.switches.most_per_page = most_per_page
    whole = listing()
    assert [each.external_id for each in whole.read()] == ids(made)
    size = min(EVENTS_PER_PAGE, most_per_page)
    assert len(whole.pages) == max(1, -(-number // size))


def test_a_page_is_a_few_calls(calendly: CalendlyServer, listing: Callable[..., Listing]) -> None:
    book(calendly, 12)
    whole = listing()
    calendly.reset()
    whole.page()
    assert calls(calendly) == ["scheduled_events", *["invitees"] * EVENTS_PER_PAGE]
    query = calendly.requests[0].query
    assert (query["min_start_time"], query["sort"]) == ("2026-12-01T00:00:00.000000Z", "start_time:asc")


def test_what_starts_at_another_time_is_not_listed(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    calendly.account.book(starts_at=BEGIN - timedelta(minutes=1))
    calendly.account.book(starts_at=END + timedelta(minutes=1))
    within = [calendly.account.book(starts_at=at) for at in (BEGIN, END)]
    assert [each.external_id for each in listing().read()] == ids(within)


def test_what_is_known_is_left_out(calendly: CalendlyServer, listing: Callable[..., Listing]) -> None:
    made = book(calendly, 3)
    whole = listing()
    whole.is_known = {made[0].id, made[2].id}.__contains__
    assert [each.external_id for each in whole.read()] == [made[1].id]


def test_every_guest_of_a_group_event_is_listed_page_by_page(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    first = calendly.account.book(calendly.account.event_types[1], starts_at=BEGIN)
    others = [calendly.account.book(at=first.event, email=f"guest{each}@kaede-foods.example") for each in range(4)]
    last = calendly.account.book(starts_at=BEGIN + timedelta(days=1))
    calendly.account.switches.most_per_page = 2
    whole = listing()
    assert [each.external_id for each in whole.read()] == ids([first, *others, last])
    assert len(whole.pages) == 3


def test_moved_cancelled_and_missed_bookings_are_listed_as_what_they_are(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    former, cancelled, missed = book(calendly, 3)
    moved = calendly.account.reschedule(former, BEGIN + timedelta(days=9))
    calendly.account.cancel(cancelled, "Illness")
    calendly.account.mark_no_show(missed)
    listed = {each.external_id: each for each in listing().read()}
    assert {key: (each.event, each.replaces, each.replaced_by) for key, each in listed.items()} == {
        former.id: (BookingEvent.MOVED, "", moved.id),
        moved.id: (BookingEvent.MOVED, former.id, ""),
        cancelled.id: (BookingEvent.CANCELLED, "", ""),
        missed.id: (BookingEvent.NO_SHOW, "", ""),
    }


def test_a_member_lists_its_own(calendly: CalendlyServer, listing: Callable[..., Listing]) -> None:
    calendly.account.book(starts_at=BEGIN)
    mine = calendly.account.book(calendly.account.event_types[2], starts_at=BEGIN)
    assert [each.external_id for each in listing("member").read()] == [mine.id]


def test_an_event_that_may_not_be_looked_at_or_is_unreadable_costs_no_other(
    calendly: CalendlyServer, listing: Callable[..., Listing], caplog: pytest.LogCaptureFixture
) -> None:
    first, hidden, odd, last = book(calendly, 4)
    calendly.account.switches.hidden = {hidden.event.id}
    odd.id = "x" * 300
    assert [each.external_id for each in listing().read()] == ids([first, last])
    assert "payload.uri" in caplog.text
    assert not [word for word in (first.email, first.name, hidden.event.id, "xxx") if word in caplog.text]


# ---- its limits


def test_when_few_calls_are_left_it_says_how_long_to_wait(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    book(calendly, 1)
    whole = listing()
    assert whole.page().pause_seconds == 0
    calendly.account.switches.calls_a_minute = FEWEST_LEFT + 1
    assert 0 < whole.page().pause_seconds <= 60


def test_a_refusal_in_the_middle_of_a_page_costs_nothing_of_it(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    made = book(calendly, 4)
    whole = listing()

    def is_known(external_id: str) -> bool:
        if external_id == made[1].id:  # what is asked after this one is asked too soon
            calendly.account.switches.busy = [7]
        return False

    whole.is_known = is_known
    page = whole.page()
    assert ([each.external_id for each in page.bookings], page.pause_seconds) == (ids(made[:2]), 7)
    rest = whole.page(page.cursor)
    assert ([each.external_id for each in rest.bookings], rest.cursor) == (ids(made[2:]), "")


def test_a_refusal_at_its_beginning_is_one(calendly: CalendlyServer, listing: Callable[..., Listing]) -> None:
    book(calendly, 1)
    whole = listing()
    calendly.account.switches.busy = [7]
    with pytest.raises(SourceBusy):
        whole.page()


def test_a_refusal_before_anything_was_found_out_is_one(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    book(calendly, 1)
    whole = listing()
    calendly.account.calls, calendly.account.switches.calls_a_minute = 0, 1  # enough for the list of events
    with pytest.raises(SourceBusy):
        whole.page()
    assert calls(calendly)[-2:] == ["scheduled_events", "invitees"]


def test_an_event_that_is_gone_meanwhile_is_left_out(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    first, gone, last = book(calendly, 3)
    whole = listing()

    def is_known(external_id: str) -> bool:
        calendly.account.events.pop(gone.event.id, None)
        return False

    whole.is_known = is_known
    assert [each.external_id for each in whole.page().bookings] == ids([first, last])


def test_a_page_ends_with_its_time_and_goes_on_where_it_was(
    calendly: CalendlyServer, listing: Callable[..., Listing]
) -> None:
    made = book(calendly, 3)
    whole = listing()
    page = whole.page(deadline=NearlyOver(Deadline.after(10).at))
    assert [each.external_id for each in page.bookings] == ids(made[:1])
    rest = whole.page(page.cursor)
    assert ([each.external_id for each in rest.bookings], rest.cursor) == (ids(made[1:]), "")


def test_a_page_that_calendly_does_not_know_any_more_is_refused(listing: Callable[..., Listing]) -> None:
    with pytest.raises(SourceRefused) as refused:
        listing().page(json.dumps(["gone", 0, ""]))
    assert refused.value.said == "The supplied parameters are invalid."
