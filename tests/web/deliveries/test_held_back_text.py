"""What is said of bookings that came before there was posting: how many, where they are, and what posts them."""

from __future__ import annotations

import pytest

from hubsync.services.bookings.booking_page import new_form_id
from hubsync.services.mapping.storage import remove_mapping, switch_active
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Team
from tests.kit.page import Element, words
from tests.kit.page_bookings import complete_page_booking
from tests.kit.source_calendars import send, sent
from tests.kit.workshop import Workshop, workshop

__all__ = ["sent", "workshop"]

LOG = "/teams/acme/deliveries"


def book(workshop: Workshop) -> int:
    """Complete a booking on the calendar's page; return its delivery's id."""
    with workshop.app.app_context():
        calendar = db.session.get_one(Calendar, workshop.calendar_id)
        answers = {row.id: f"{new_form_id()}@example.com" for row in calendar.questions if row.label == "Email"}
        return complete_page_booking(calendar, answers).id


def have_plan(workshop: Workshop, plan: str) -> None:
    with workshop.app.app_context(), write_transaction() as session:
        session.query(Team).update({"plan": plan})


def states(workshop: Workshop) -> list[str]:
    with workshop.app.app_context():
        return [state for (state,) in db.session.query(Delivery.state).order_by(Delivery.id)]


def message(shown: Element) -> str:
    """The first message of the page, without its button."""
    return words(shown.select_one("main .notice.tone-good > div"))


def shown_by(workshop: Workshop, shown: Element) -> list[str]:
    """The states of the rows of the log to which the message leads."""
    link = shown.select_one("main .notice.tone-good a")
    assert link is not None
    log = workshop.owner.open(str(link["href"]))
    assert log.select_one("form.choosing") is not None, "Retry of many is offered there"
    return [words(row.select_one(".badge-state")) for row in log.select("table.log tbody tr")]


def outcome(workshop: Workshop, delivery_id: int) -> str:
    return words(workshop.owner.open(f"{LOG}/{delivery_id}").select_one(".outcome"))


def test_the_first_save_tells_how_many_came_before_and_leads_to_them(workshop: Workshop) -> None:
    book(workshop)
    book(workshop)
    answer = workshop.owner.press(workshop.editor)
    saved = workshop.owner.open(str(answer.headers["Location"]))
    assert "2 bookings came before and were not posted." in message(saved)
    assert "from now on. 2 bookings" in message(saved)
    assert shown_by(workshop, saved) == ["skipped", "skipped"]
    address = str(saved.select_one("main .notice.tone-good a")["href"])
    assert f"state=skipped&calendar={workshop.calendar_id}" in address
    again = workshop.owner.open(str(workshop.owner.press(workshop.editor).headers["Location"]))
    assert "came before" not in words(again), "it was told, and the log keeps it"


def test_the_first_save_of_a_sources_calendar_leads_to_what_waits(sent: Workshop) -> None:
    send(sent, 1)
    saved = sent.owner.open(str(sent.owner.press(sent.editor).headers["Location"]))
    assert "1 booking came before and was not posted. Show it in Deliveries" in message(saved)
    assert shown_by(sent, saved) == ["waiting"]


def test_where_none_came_before_nothing_is_said_of_them(workshop: Workshop) -> None:
    saved = workshop.owner.open(str(workshop.owner.press(workshop.editor).headers["Location"]))
    assert message(saved).endswith("Bookings are posted by it from now on.")


def test_a_mapping_that_is_saved_paused_promises_no_posts(workshop: Workshop) -> None:
    book(workshop)
    answer = workshop.owner.press(workshop.editor, active=None)
    told = message(workshop.owner.open(str(answer.headers["Location"])))
    assert "HubSpot is paused" in told
    assert "from now on" not in told
    assert "came before" not in told
    answer = workshop.owner.press(workshop.editor, active="on")
    assert "1 booking came before" in message(workshop.owner.open(str(answer.headers["Location"])))


def test_the_end_of_a_pause_leads_to_what_came_meanwhile(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    with workshop.app.app_context():
        switch_active(workshop.calendar_id, active=False)
    book(workshop)
    shown = workshop.owner.open(workshop.advanced)
    field = shown.select_one("main input[name=csrf_token]")
    assert field is not None
    workshop.owner.send(f"{workshop.editor}/active", [("csrf_token", str(field["value"])), ("active", "on")])
    active = workshop.owner.open(workshop.advanced)
    assert "HubSpot is active" in message(active)
    assert "1 booking came before" in message(active)
    assert shown_by(workshop, active) == ["skipped"]


def test_the_premium_plan_leads_to_what_came_without_it(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    have_plan(workshop, "free")
    book(workshop)
    settings = "/teams/acme/settings"
    field = workshop.owner.open(settings).select_one("main input[name=csrf_token]")
    assert field is not None
    workshop.owner.send(f"{settings}/plan", [("csrf_token", str(field["value"])), ("plan", "premium")])
    changed = workshop.owner.open(settings)
    assert "1 booking came before and was not posted." in message(changed)
    assert shown_by(workshop, changed) == ["skipped"]


@pytest.mark.parametrize(
    ("reason", "then"),
    [
        ("not_added", "When this booking came in, HubSpot was not added to its calendar."),
        ("paused", "When this booking came in, HubSpot was paused for its calendar."),
        ("plan", "When this booking came in, the team did not have the Premium Plan."),
    ],
)
def test_a_delivery_tells_that_what_kept_it_back_is_over_and_retry_posts_it(
    workshop: Workshop, reason: str, then: str
) -> None:
    if reason != "not_added":
        workshop.owner.press(workshop.editor)
    with workshop.app.app_context():
        switch_active(workshop.calendar_id, active=False)
    if reason == "plan":
        have_plan(workshop, "basic")
    delivery = book(workshop)
    assert "When this booking came in" not in outcome(workshop, delivery), "it is still so"
    have_plan(workshop, "premium")
    if reason == "not_added":
        workshop.owner.press(workshop.editor)
    with workshop.app.app_context():
        switch_active(workshop.calendar_id, active=True)
    assert outcome(workshop, delivery).endswith(f"{then} That has changed since: press Retry to post it.")
    field = workshop.owner.open(f"{LOG}/{delivery}").select_one("main input[name=csrf_token]")
    assert field is not None
    workshop.owner.send(f"{LOG}/{delivery}/retry", [("csrf_token", str(field["value"]))])
    assert states(workshop) == ["posted"]


def test_what_is_in_the_way_by_now_is_told_instead(workshop: Workshop) -> None:
    delivery = book(workshop)
    workshop.owner.press(workshop.editor, active=None)
    told = outcome(workshop, delivery)
    assert "was not added to its calendar. Now HubSpot is paused for its calendar. Switch it on in" in told
    assert told.endswith("Go to Advanced settings")
    with workshop.app.app_context():
        switch_active(workshop.calendar_id, active=True)
    workshop.disconnect()
    told = outcome(workshop, delivery)
    assert "Once it is, press Retry to post it. Go to the HubSpot page" in told
    have_plan(workshop, "free")
    told = outcome(workshop, delivery)
    assert "Now the team does not have the Premium Plan. The owner can change the plan" in told
    with workshop.app.app_context():
        remove_mapping(workshop.calendar_id)
    have_plan(workshop, "premium")
    assert "HubSpot was not added to this calendar. Add HubSpot in" in outcome(workshop, delivery)


def test_access_that_is_there_again_is_told_and_retry_posts_it(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    workshop.disconnect()
    delivery = book(workshop)
    assert "Press Connect on the HubSpot page" in outcome(workshop, delivery)
    with workshop.app.app_context(), write_transaction() as session:
        session.query(Connection).one().state = "connected"
    told = outcome(workshop, delivery)
    assert "the team was not connected to HubSpot. That has changed since: press Retry to post it." in told
    assert "Press Connect" not in told
