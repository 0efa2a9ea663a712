"""A calendar that a source makes is in a zone of people, and the editor names the zone of its times."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.zones import NOT_CHOSEN
from hubsync.services.posting.draft import material_of
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import words
from tests.web.calendars.test_equal_labels import send

__all__ = ["connected_team"]

START = "2027-03-05T10:00:00+09:00"


def made_by_source(
    connected_team: ConnectedTeam, owners_zone: str, guests_zone: Any, start: str = START
) -> tuple[int, str]:
    """Let a source make a calendar; return its id and *Date and time* as it is posted."""
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Person).update({"time_zone": owners_zone})
    guest = {"name": "Ann Lee", "email": "ann@mail.com", "timezone": guests_zone}
    delivery_id = send(connected_team, [], calendar="new", guest=guest, start=start, end=None)
    with connected_team.app.app_context():
        booking = db.session.get_one(Delivery, delivery_id).booking
        written = material_of(booking).facts["start"]
        end_read()
        return booking.calendar_id, written


@pytest.mark.parametrize(
    ("owners", "guests", "start", "written", "named"),
    [
        ("Asia/Tokyo", "Europe/Berlin", START, "2027-03-05T10:00:00+09:00", "Asia/Tokyo"),
        (NOT_CHOSEN, "Asia/Tokyo", "2027-03-05T01:00:00Z", "2027-03-05T10:00:00+09:00", "Asia/Tokyo"),
        (NOT_CHOSEN, "America/New_York", START, "2027-03-04T20:00:00-05:00", "America/New York"),
        (NOT_CHOSEN, "Asia/Calcutta", START, "2027-03-05T06:30:00+05:30", "Asia/Calcutta"),
        (NOT_CHOSEN, "Tokyo Standard Time", START, "2027-03-05T10:00:00+09:00", "UTC+9"),
        (NOT_CHOSEN, {"id": "x"}, START, "2027-03-05T10:00:00+09:00", "UTC+9"),
        (NOT_CHOSEN, None, "2027-03-05T10:00:00-03:30", "2027-03-05T10:00:00-03:30", "America/St Johns"),
        (NOT_CHOSEN, None, "2027-03-05T10:00:00-08:00", "2027-03-05T10:00:00-08:00", "UTC-8"),
    ],
)
@pytest.mark.quick_cases(3)
def test_date_and_time_are_written_in_the_calendars_zone_which_the_editor_names(
    connected_team: ConnectedTeam, owners: str, guests: Any, start: str, written: str, named: str
) -> None:
    calendar_id, found = made_by_source(connected_team, owners, guests, start)
    assert found == written
    page = connected_team.owner.open(f"/teams/acme/calendars/{calendar_id}/advanced/hubspot")
    offered = {words(option) for option in page.select("#companies-0-information option")}
    assert f"Date and time ({named})" in offered
    told = page.select_one(".dates-in")
    assert told is not None
    assert f"written in the calendar's time zone, {named}." in words(told)
    link = told.select_one("a")
    assert link is not None
    assert connected_team.owner.open(str(link["href"])).select_one("[name=time_zone]") is not None


def test_a_calendar_from_before_stays_as_it_is_and_the_preview_names_its_zone(
    connected_team: ConnectedTeam,
) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Person).update({"time_zone": "Asia/Tokyo"})
        calendar = session.get_one(Calendar, connected_team.calendar_id)
        calendar.source, calendar.external_id, calendar.time_zone = "signed_json", "intro", "UTC"
    row = {"companies-2-property_name": "city", "companies-2-information": "fact:start"}
    assert connected_team.owner.press(connected_team.editor, **row).status_code == 302
    send(connected_team, [], start=START, end=None)
    preview = words(connected_team.owner.open(f"{connected_team.editor}/preview"))
    assert "Date and time (UTC) 2027-03-05T01:00:00+00:00" in preview
