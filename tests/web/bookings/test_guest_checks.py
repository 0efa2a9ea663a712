"""What a calendar and a team do about a guest's address: asked about, refused at its field, or blocked."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.unwanted_bookings import UnwantedRules
from hubsync.services.teams.typed_lists import save_blocked_guests
from hubsync.services.unwanted.rules import load_rules, save_rules
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.teams import Team
from tests.kit.guest import ADDRESS, Guest, error_at, guest
from tests.kit.tab import Tab

__all__ = ["guest"]


def turn_on(guest: Guest, **rules: Any) -> None:
    with guest.app.app_context():
        _rules, version = load_rules(db.session(), guest.calendar_id)
        end_read()
        save_rules(guest.calendar_id, UnwantedRules(**rules), version)


def block(guest: Guest, *entries: str) -> None:
    with guest.app.app_context():
        team_id = db.session.get_one(Calendar, guest.calendar_id).team_id
        end_read()
        save_blocked_guests(team_id, "\n".join(entries))


def fill_in(guest: Guest, email: str, **more: str) -> Tab:
    """Open the form as a guest does and press its button."""
    names = {guest.names["Name"]: "Mika Sato", guest.names["Email"]: email}
    tab = guest.tab.open(f"{ADDRESS}?start={guest.start().replace('+', '%2B')}&time_zone=Asia/Tokyo")
    return tab.press("Complete Booking", **names, **{guest.names[name]: value for name, value in more.items()})


def emails(guest: Guest) -> list[str]:
    return [each.guest_email for each in guest.bookings()]


def test_nothing_is_asked_or_refused_until_somebody_turns_it_on(guest: Guest) -> None:
    assert "confirmed" in fill_in(guest, "mika@gmial.com").text
    assert "confirmed" in guest.get(guest.send(Email="mika@gmail.com", time="12:00").location).text


def test_a_mistyped_domain_is_asked_about_and_one_press_takes_what_was_meant(guest: Guest) -> None:
    turn_on(guest, typo_hint=True)
    asked = fill_in(guest, "Mika@gmial.com", Comment="typed with care")
    assert (asked.status, emails(guest)) == (422, [])
    alert = asked.page.select_one("[role=alert][data-focus]")
    assert "did you mean Mika@gmail.com?" in alert.words
    assert asked.page.select_one(alert.select_one("a")["href"]).words == "Yes, book with Mika@gmail.com"
    assert error_at(asked.page, guest.names["Email"]) == "", "it is a question and no error"
    assert "confirmed" in asked.press("Yes, book with").text
    assert emails(guest) == ["mika@gmail.com"]
    assert guest.answer("Email") == "Mika@gmail.com"
    assert guest.answer("Comment") == "typed with care"


def test_what_was_typed_is_kept_by_one_press_and_never_asked_about_again(guest: Guest) -> None:
    turn_on(guest, typo_hint=True)
    asked = fill_in(guest, "mika@gmial.com")
    # With the same press the guest empties another field: the answer about the address is not forgotten for it.
    again = asked.press("No, keep mika@gmial.com", **{guest.names["Name"]: ""})
    assert error_at(again.page, guest.names["Name"]) == "Please answer this."
    again.press("Complete Booking", **{guest.names["Name"]: "Mika Sato"})
    assert emails(guest) == ["mika@gmial.com"]


def test_another_mistyped_address_is_asked_about_whatever_was_said_of_the_first(guest: Guest) -> None:
    turn_on(guest, typo_hint=True)
    asked = fill_in(guest, "mika@gmial.com")
    again = asked.press("No, keep", **{guest.names["Email"]: "mika@hotmial.com"})
    assert "did you mean mika@hotmail.com?" in again.text
    again.press("No, keep")
    assert emails(guest) == ["mika@hotmial.com"]


@pytest.mark.parametrize("typed", ["mika@gmail.com", "mika@yahoo.co.jp", "mika@team-own.example"])
def test_where_work_addresses_are_wanted_free_ones_are_refused_at_the_field(guest: Guest, typed: str) -> None:
    with guest.app.app_context(), write_transaction() as session:
        session.query(Team).one().own_free_domains = ["team-own.example"]
    turn_on(guest, work_email_only=True)
    refused = fill_in(guest, typed, Comment="typed with care")
    assert (refused.status, emails(guest)) == (422, [])
    assert "Please enter your work e-mail address" in error_at(refused.page, guest.names["Email"])
    assert typed in str(refused.page.select_one(f"#{guest.names['Email']}")["value"])
    assert "typed with care" in refused.text
    refused.press("Complete Booking", **{guest.names["Email"]: "mika@acme.example"})
    assert emails(guest) == ["mika@acme.example"]


def test_nobody_is_led_to_a_free_address_where_work_addresses_are_wanted(guest: Guest) -> None:
    turn_on(guest, work_email_only=True, typo_hint=True)
    assert "did you mean" not in fill_in(guest, "mika@gmaill.com").text


@pytest.mark.parametrize("entry", ["mika@spam.example", "spam.example", "*.spam.example"])
def test_a_blocked_guest_reads_whom_to_contact_and_not_why_and_nothing_is_kept(guest: Guest, entry: str) -> None:
    block(guest, "other@acme.example", entry)
    refused = fill_in(guest, "Mika@Spam.Example")
    assert (refused.status, emails(guest)) == (403, [])
    assert "please contact Acme directly" in refused.text
    assert not [word for word in ("block", "spam", "list") if word in refused.text.lower()]
    assert "confirmed" in fill_in(guest, "mika@acme.example").text


def test_a_guest_who_has_enough_to_come_is_told_at_the_field_and_others_are_not(guest: Guest) -> None:
    turn_on(guest, most_per_guest=1)
    first = guest.send(Email="mika@acme.example")
    assert first.status_code == 303
    refused = guest.send(Email="MIKA@acme.example", time="12:00")
    assert refused.status_code == 422
    assert "No further appointment can be booked for this address" in refused.text
    assert guest.send(Email="ken@acme.example", time="12:00").status_code == 303
    cancelled = guest.tab.open(first.location).follow("Cancel").press("Cancel the booking")
    assert "cancelled" in cancelled.text
    assert guest.send(Email="mika@acme.example", time="13:00").status_code == 303


def test_a_form_sent_twice_by_a_guest_who_has_enough_is_the_same_booking(guest: Guest) -> None:
    turn_on(guest, most_per_guest=1)
    form = guest.filled()
    assert guest.post(form).location == guest.post(form).location
