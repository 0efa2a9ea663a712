"""From TimeRex to HubSpot over real sockets: booked, repeated, moved and cancelled at its stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduler_sandbox.sending import Sender, Verdict
from scheduler_sandbox.timerex import OLDER_HEADER, Calendar, Guest, TimeRex, take_200
from tests.journeys.receiving_team import CONTACT, ReceivingTeam, answer

pytestmark = pytest.mark.slow

CALENDAR = Calendar("導入相談", questions=["従業員数", "ご興味"])
START = datetime(2026, 12, 8, 1, tzinfo=UTC)


def guest(name: str, email: str) -> Guest:
    return Guest(name, email, "あおば物流", "よろしく", {"従業員数": "120", "ご興味": ["在庫管理", "配車"]})


AYA, KEN = guest("森 彩", "mori@aoba-logi.co.jp"), guest("林 健", "hayashi@aoba-logi.co.jp")


class Space(ReceivingTeam):
    """A space at TimeRex whose webhook posts to a team of HubSync, and the owner of that team at a browser."""

    def __init__(self, installation: Any, browser: Any) -> None:
        super().__init__(installation, browser)
        self.timerex = TimeRex(Sender((0.05, 0.05), take_200))
        self.add_space(self.timerex, "Team space")

    def add_space(self, timerex: TimeRex, name: str) -> None:
        """Go through the steps of the page: the address goes to TimeRex, and the token that it makes here."""
        browser = self.owner.browser
        browser.open(self.owner.calendars).follow("Team Settings").follow("Integrations").follow("TimeRex")
        browser.press("Add", name=name)
        address = browser.page.select_one("#address")
        assert address is not None
        browser.press("Keep it", secret=timerex.make_webhook(str(address["value"])))
        assert "kept, encrypted" in browser.text


@pytest.fixture
def space(installation: Any, browser: Any) -> Iterator[Space]:
    made = Space(installation, browser)
    yield made
    made.timerex.stop()


def test_a_booking_becomes_a_company_and_a_contact_once_and_associated(space: Space) -> None:
    booking, told = space.timerex.book(CALENDAR, AYA, START, {"utm_source": "newsletter"})
    first = answer(*told)
    assert first["state"] == "waiting"  # its calendar was made just now, nobody mapped it
    assert space.installation.records("contacts") == []
    space.map_calendar(CALENDAR.name)
    space.owner.retry()
    assert space.companies_of_contacts() == {"mori@aoba-logi.co.jp": {"あおば物流"}}

    space.installation.calls()
    again = answer(*space.timerex.repeat(booking.id))
    assert (again, space.installation.calls()) == ({**first, "state": "posted"}, [])

    _, told = space.timerex.book(CALENDAR, KEN, START + timedelta(hours=1))
    second = answer(*told)
    assert (second["state"], space.installation.calls()) == ("posted", [CONTACT])  # the company is remembered
    assert space.companies_of_contacts() == {
        "mori@aoba-logi.co.jp": {"あおば物流"},
        "hayashi@aoba-logi.co.jp": {"あおば物流"},
    }
    _, told = space.timerex.book(CALENDAR, AYA, START + timedelta(days=3))
    assert answer(*told)["state"] == "duplicate"
    assert len(space.installation.records("companies")) == 1
    assert len(space.installation.records("contacts")) == 2
    stored = space.bookings()[0]
    assert (stored.host, stored.locale, stored.url_params) == ("佐々木 健", "ja", {"utm_source": "newsletter"})
    assert stored.location.startswith("https://meet.example/")
    assert {"120", "よろしく"} <= {each for each in stored.answers.values() if isinstance(each, str)}
    assert ["在庫管理", "配車"] in stored.answers.values()


@pytest.mark.parametrize("tells_former", [False, True])
def test_what_is_moved_and_cancelled_goes_on_under_its_delivery(space: Space, tells_former: bool) -> None:
    space.timerex.switches.tells_former = tells_former
    first, told = space.timerex.book(CALENDAR, AYA, START)
    delivery = answer(*told)
    space.map_calendar(CALENDAR.name)
    space.owner.retry()
    space.installation.calls()

    second, told = space.timerex.change(first.id, START + timedelta(days=1))
    assert answer(*told)["delivery"] == delivery["delivery"]
    third, told = space.timerex.change(second.id, START + timedelta(days=2))
    assert answer(*told)["delivery"] == delivery["delivery"]
    for each in (first, second):  # a former time comes once more
        assert answer(*space.timerex.repeat(each.id))["delivery"] == delivery["delivery"]
    (booking,) = space.bookings()
    assert (booking.starts_at, booking.cancelled_at) == (third.starts_at, None)

    assert answer(*space.timerex.cancel(third.id, "都合により"))["delivery"] == delivery["delivery"]
    (booking,) = space.bookings()
    assert (booking.starts_at, booking.cancelled_at is not None) == (third.starts_at, True)
    assert space.installation.calls() == []
    assert space.companies_of_contacts() == {"mori@aoba-logi.co.jp": {"あおば物流"}}


def test_a_booking_that_is_first_heard_of_when_it_is_cancelled_is_posted_and_says_so(space: Space) -> None:
    _, told = space.timerex.book(CALENDAR, KEN, START)
    answer(*told)
    space.map_calendar(CALENDAR.name)
    address, token = space.timerex.address, space.timerex.token
    space.timerex.delete_webhook()
    missed, _ = space.timerex.book(CALENDAR, AYA, START)
    space.timerex.address, space.timerex.token = address, "another one"
    (refused,) = space.timerex.cancel(missed.id)
    assert (refused.wait().outcome, [each.status for each in refused.attempts]) == (Verdict.GIVE_UP, [401] * 3)
    assert len(space.bookings()) == 1

    space.timerex.token = token
    switches = space.timerex.switches
    switches.header, switches.bearer, switches.calendar_in_event = OLDER_HEADER, True, True
    cancelled = answer(*space.timerex.cancel(missed.id))
    assert cancelled["state"] == "posted"
    assert space.companies_of_contacts() == {"mori@aoba-logi.co.jp": {"あおば物流"}}
    assert answer(*space.timerex.repeat(missed.id)) == cancelled
    assert [each.cancelled_at is not None for each in space.bookings()] == [False, True]
    assert "cancelled" in space.owner.latest_delivery()


def test_a_guest_without_an_address_is_kept_and_becomes_a_company(space: Space) -> None:
    space.timerex.switches.without_email = space.timerex.switches.list_values = True
    _, told = space.timerex.book(CALENDAR, AYA, START)
    answer(*told)
    space.map_calendar(CALENDAR.name)
    assert "no e-mail" in space.owner.retry()
    assert space.companies_of_contacts() == {}
    assert [each["properties"]["name"] for each in space.installation.records("companies")] == ["あおば物流"]
    (booking,) = space.bookings()
    assert (booking.guest_email, ["120"] in booking.answers.values()) == ("", True)


def test_each_space_has_an_address_and_a_token_of_its_own(space: Space) -> None:
    mine = TimeRex(Sender((0.05, 0.05), take_200))
    space.add_space(mine, "My Space")
    for each in (space.timerex, mine):
        _, told = each.book(CALENDAR, AYA, START)
        answer(*told)
    mine.token = space.timerex.token  # the other space's
    _, [refused] = mine.book(CALENDAR, KEN, START)
    assert refused.wait().outcome is Verdict.GIVE_UP
    assert len({each.calendar_id for each in space.bookings()}) == len(space.bookings()) == 2
    mine.stop()
