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
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import Element, words
from tests.kit.page_bookings import complete_page_booking
from tests.kit.source_calendars import send, sent

__all__ = ["connected_team", "sent"]

LOG = "/teams/acme/deliveries"


def book(connected_team: ConnectedTeam) -> int:
    """Complete a booking on the calendar's page; return its delivery's id."""
    with connected_team.app.app_context():
        calendar = db.session.get_one(Calendar, connected_team.calendar_id)
        answers = {row.id: f"{new_form_id()}@example.com" for row in calendar.questions if row.label == "Email"}
        return complete_page_booking(calendar, answers).id


def have_plan(connected_team: ConnectedTeam, plan: str) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Team).update({"plan": plan})


def states(connected_team: ConnectedTeam) -> list[str]:
    with connected_team.app.app_context():
        return [state for (state,) in db.session.query(Delivery.state).order_by(Delivery.id)]


def message(shown: Element) -> str:
    """The first message of the page, without its button."""
    return words(shown.select_one("main .notice.tone-good > div"))


def shown_by(connected_team: ConnectedTeam, shown: Element) -> list[str]:
    """The states of the rows of the log to which the message leads."""
    link = shown.select_one("main .notice.tone-good a")
    assert link is not None
    log = connected_team.owner.open(str(link["href"]))
    assert log.select_one("form.choosing") is not None, "Retry of many is offered there"
    return [words(row.select_one(".badge-state")) for row in log.select("table.log tbody tr")]


def outcome(connected_team: ConnectedTeam, delivery_id: int) -> str:
    return words(connected_team.owner.open(f"{LOG}/{delivery_id}").select_one(".outcome"))


def test_the_first_save_tells_how_many_came_before_and_leads_to_them(connected_team: ConnectedTeam) -> None:
    book(connected_team)
    book(connected_team)
    answer = connected_team.owner.press(connected_team.editor)
    saved = connected_team.owner.open(str(answer.headers["Location"]))
    assert "2 bookings came before and were not posted." in message(saved)
    assert "from now on. 2 bookings" in message(saved)
    assert shown_by(connected_team, saved) == ["skipped", "skipped"]
    address = str(saved.select_one("main .notice.tone-good a")["href"])
    assert f"state=skipped&calendar={connected_team.calendar_id}" in address
    again = connected_team.owner.open(str(connected_team.owner.press(connected_team.editor).headers["Location"]))
    assert "came before" not in words(again), "it was told, and the log keeps it"


def test_the_first_save_of_a_sources_calendar_leads_to_what_waits(sent: ConnectedTeam) -> None:
    send(sent, 1)
    saved = sent.owner.open(str(sent.owner.press(sent.editor).headers["Location"]))
    assert "1 booking came before and was not posted. Show it in Deliveries" in message(saved)
    assert shown_by(sent, saved) == ["waiting"]


def test_where_none_came_before_nothing_is_said_of_them(connected_team: ConnectedTeam) -> None:
    saved = connected_team.owner.open(str(connected_team.owner.press(connected_team.editor).headers["Location"]))
    assert message(saved).endswith("Bookings are posted by it from now on.")


def test_a_mapping_that_is_saved_paused_promises_no_posts(connected_team: ConnectedTeam) -> None:
    book(connected_team)
    answer = connected_team.owner.press(connected_team.editor, active=None)
    told = message(connected_team.owner.open(str(answer.headers["Location"])))
    assert "HubSpot is paused" in told
    assert "from now on" not in told
    assert "came before" not in told
    answer = connected_team.owner.press(connected_team.editor, active="on")
    assert "1 booking came before" in message(connected_team.owner.open(str(answer.headers["Location"])))


def test_the_end_of_a_pause_leads_to_what_came_meanwhile(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context():
        switch_active(connected_team.calendar_id, active=False)
    book(connected_team)
    shown = connected_team.owner.open(connected_team.advanced)
    field = shown.select_one("main input[name=csrf_token]")
    assert field is not None
    connected_team.owner.send(
        f"{connected_team.editor}/active", [("csrf_token", str(field["value"])), ("active", "on")]
    )
    active = connected_team.owner.open(connected_team.advanced)
    assert "HubSpot is active" in message(active)
    assert "1 booking came before" in message(active)
    assert shown_by(connected_team, active) == ["skipped"]


def test_the_premium_plan_leads_to_what_came_without_it(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    have_plan(connected_team, "free")
    book(connected_team)
    settings = "/teams/acme/settings"
    field = connected_team.owner.open(settings).select_one("main input[name=csrf_token]")
    assert field is not None
    connected_team.owner.send(f"{settings}/plan", [("csrf_token", str(field["value"])), ("plan", "premium")])
    changed = connected_team.owner.open(settings)
    assert "1 booking came before and was not posted." in message(changed)
    assert shown_by(connected_team, changed) == ["skipped"]


@pytest.mark.parametrize(
    ("reason", "then"),
    [
        ("not_added", "When this booking came in, HubSpot was not added to its calendar."),
        ("paused", "When this booking came in, HubSpot was paused for its calendar."),
        ("plan", "When this booking came in, the team did not have the Premium Plan."),
    ],
)
def test_a_delivery_tells_that_what_kept_it_back_is_over_and_retry_posts_it(
    connected_team: ConnectedTeam, reason: str, then: str
) -> None:
    if reason != "not_added":
        connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context():
        switch_active(connected_team.calendar_id, active=False)
    if reason == "plan":
        have_plan(connected_team, "basic")
    delivery = book(connected_team)
    assert "When this booking came in" not in outcome(connected_team, delivery), "it is still so"
    have_plan(connected_team, "premium")
    if reason == "not_added":
        connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context():
        switch_active(connected_team.calendar_id, active=True)
    assert outcome(connected_team, delivery).endswith(f"{then} That has changed since: press Retry to post it.")
    field = connected_team.owner.open(f"{LOG}/{delivery}").select_one("main input[name=csrf_token]")
    assert field is not None
    connected_team.owner.send(f"{LOG}/{delivery}/retry", [("csrf_token", str(field["value"]))])
    assert states(connected_team) == ["posted"]


def test_what_is_in_the_way_by_now_is_told_instead(connected_team: ConnectedTeam) -> None:
    delivery = book(connected_team)
    connected_team.owner.press(connected_team.editor, active=None)
    told = outcome(connected_team, delivery)
    assert "was not added to its calendar. Now HubSpot is paused for its calendar. Switch it on in" in told
    assert told.endswith("Go to Advanced settings")
    with connected_team.app.app_context():
        switch_active(connected_team.calendar_id, active=True)
    connected_team.disconnect()
    told = outcome(connected_team, delivery)
    assert "Once it is, press Retry to post it. Go to the HubSpot page" in told
    have_plan(connected_team, "free")
    told = outcome(connected_team, delivery)
    assert "Now the team does not have the Premium Plan. The owner can change the plan" in told
    with connected_team.app.app_context():
        remove_mapping(connected_team.calendar_id)
    have_plan(connected_team, "premium")
    assert "HubSpot was not added to this calendar. Add HubSpot in" in outcome(connected_team, delivery)


def test_access_that_is_there_again_is_told_and_retry_posts_it(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect()
    delivery = book(connected_team)
    assert "Press Connect on the HubSpot page" in outcome(connected_team, delivery)
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Connection).one().state = "connected"
    told = outcome(connected_team, delivery)
    assert "the team was not connected to HubSpot. That has changed since: press Retry to post it." in told
    assert "Press Connect" not in told
