"""Erasing a guest: what goes is said first, then it is gone."""

from __future__ import annotations

from datetime import timedelta

from hubsync.services import now
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.page import words
from tests.kit.tab import Tab
from tests.web.deliveries.test_replays import shown


def test_what_goes_is_said_before_and_gone_after_the_address_was_typed_and_a_receipt_stays(
    log: Log, owner: Browser
) -> None:
    first = log.add("posted", guest_email="mika@acme.example", search_email="mika@acme.example")
    log.add("failed", guest_email="mika@acme.example", search_email="mika@acme.example")
    other = log.add("posted", guest_email="rei@acme.example", search_email="rei@acme.example")
    tab = Tab(owner).open(f"/teams/acme/deliveries/{first}")
    tab.open(f"/teams/acme/deliveries/{first}/erase-guest")
    assert "HubSync keeps 2 bookings of mika@acme.example in this team." in tab.text
    tab.press("Erase this guest for good", typed_email="")
    assert (tab.status, "Type the guest's address again." in tab.text) == (422, True)
    tab.press("Erase this guest for good", typed_email="mika@acme.example")
    assert "This is the receipt." in tab.text
    assert "mika@acme.example" not in tab.text
    with log.app.app_context():
        assert [row.id for row in db.session.query(Delivery.id)] == [other]
    assert "mika@acme.example" not in words(shown(owner, "/teams/acme/deliveries"))
    assert owner.get(f"/teams/acme/deliveries/{first}/erase-guest").status_code == 404


def test_appointments_to_come_are_counted_whose_times_become_free(log: Log, owner: Browser) -> None:
    mika = {"guest_email": "mika@acme.example", "search_email": "mika@acme.example"}
    first, *others = [log.add("posted", **mika) for _ in range(4)]
    page = f"/teams/acme/deliveries/{first}/erase-guest"
    assert "becomes free" not in words(shown(owner, page))
    with log.app.app_context(), write_transaction() as session:
        for number, delivery_id in enumerate((first, *others)):
            booking = session.get_one(Delivery, delivery_id).booking
            booking.ends_at = now() + timedelta(days=-1 if number == 1 else 1)
            booking.host_id = None if number == 2 else booking.calendar.owner_id
            booking.cancelled_at = now() if number == 3 else None
    assert "1 appointment is still to come. Its time becomes free on the booking page" in words(shown(owner, page))


def test_a_booking_without_an_address_cannot_be_searched_for(log: Log, owner: Browser) -> None:
    delivery = log.add("posted", guest_email="")
    assert "no e-mail address" in words(shown(owner, f"/teams/acme/deliveries/{delivery}/erase-guest"))


def test_the_menu_marks_deliveries_on_every_page_that_belongs_to_them(log: Log, owner: Browser) -> None:
    log.connect()
    delivery = log.add("failed", guest_email="mika@acme.example")
    for page in ("", "/missed", f"/{delivery}", f"/{delivery}/answers", f"/{delivery}/erase-guest"):
        marked = shown(owner, f"/teams/acme/deliveries{page}").select(".side-bar .places [aria-current]")
        assert [words(each).split()[0] for each in marked] == ["Deliveries"], page
