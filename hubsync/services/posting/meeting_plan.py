"""Plan of a booking's meeting, by the templates and answers of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from hubsync.domain.booking import PAGE
from hubsync.domain.calendar_uids import calendar_uid
from hubsync.domain.information import Fact
from hubsync.domain.mapping import Draft, MappingInput
from hubsync.domain.meeting_template import MeetingTemplates, TemplateFact, fill_body, fill_title
from hubsync.domain.meetings import MeetingPlan, NoMeeting, mark_of, outcome_of
from hubsync.domain.questions import Part
from hubsync.domain.values import answer_text
from hubsync.services.posting.draft import material_in
from hubsync.services.posting.mapped_calendars import MappedCalendar
from hubsync.store.bookings import BookingRecord

_OF_FACTS = (
    TemplateFact.CALENDAR,
    TemplateFact.HOST,
    TemplateFact.LOCATION,
    TemplateFact.SOURCE,
    TemplateFact.LANGUAGE,
    TemplateFact.BOOKING_PAGE,
)


def plan_meeting(calendar: MappedCalendar, booking: BookingRecord, draft: Draft) -> tuple[MeetingPlan | None, str]:
    """The meeting of a *booking*, and why none is to be made of it, "" where one is.

    One that was cancelled before has a plan all the same: it may have been made by an attempt of which nobody
    heard.
    """
    templates = calendar.rules.meetings or MeetingTemplates()
    if booking.starts_at is None:
        return None, NoMeeting.NO_TIME
    material = material_in(calendar, booking)
    facts = template_facts(
        material,
        company=_company(calendar, material, draft),
        guest=(booking.guest_name, booking.guest_email),
        start=(booking.starts_at, calendar.time_zone),
    )
    answers = template_answers(material)
    page = material.facts.get(Fact.BOOKING_PAGE, "") if booking.source == PAGE else ""
    plan = MeetingPlan(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        title=fill_title(templates.title, facts, answers) or calendar.name,
        body=fill_body(templates.body, facts, answers),
        mark=mark_of(calendar_uid(booking.team_id, booking.source, booking.external_id)),
        location=booking.location,
        address=page if page.startswith("https://") else "",
        outcome=outcome_of(booking.cancelled_at, booking.no_show_at),
    )
    return plan, NoMeeting.CANCELLED if booking.cancelled_at is not None else ""


def template_facts(
    material: MappingInput, *, company: str, guest: tuple[str, str], start: tuple[datetime, str] | None
) -> dict[str, str]:
    """What templates are filled from besides answers; *guest* is a name and an address, *start* has its zone."""
    facts = {name.value: material.facts.get(Fact(name.value), "") for name in _OF_FACTS}
    moment, zone = start if start is not None else (None, "")
    local = moment.astimezone(ZoneInfo(zone)) if moment is not None else None
    return {
        **facts,
        TemplateFact.GUEST_NAME: guest[0],
        TemplateFact.GUEST_EMAIL: guest[1],
        TemplateFact.COMPANY: company,
        TemplateFact.START: f"{local:%Y-%m-%d %H:%M} ({zone})" if local is not None else "",
    }


def template_answers(material: MappingInput) -> Mapping[int, str]:
    """The answers as text, by their questions."""
    return {number: answer_text(each.value) for number, each in material.answers.items()}


def _company(calendar: MappedCalendar, material: MappingInput, draft: Draft) -> str:
    """The company as it is posted, else as the guest named it."""
    posted = draft.company or {}
    asked = next((each.id for each in calendar.rules.questions if each.part is Part.COMPANY), None)
    named = material.answers.get(asked) if asked is not None else None
    return (
        posted.get("name") or (answer_text(named.value) if named is not None else "") or posted.get("domain", "")
    )
