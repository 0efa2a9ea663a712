"""Words about free times: what is wrong with hours as typed, and why a time is not offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from flask_babel import format_date, format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.availability.refusals import Reason, Refusal
from hubsync.domain.availability.typed_hours import HoursProblem
from hubsync.domain.reminders import CHOICES, NONE
from hubsync.services.availability.former_bookings import FormerBooking

FIELDS = {
    "other_days": _l("Other days"),
    "hosts": _l("Hosts"),
    "duration_minutes": _l("Duration"),
    "step_minutes": _l("A start time every"),
    "buffer_before": _l("Kept free before"),
    "buffer_after": _l("Kept free after"),
    "notice": _l("Least notice"),
    "most_a_day": _l("Most bookings a day"),
    "reminder": _l("Remind the guest by mail"),
    "days_ahead": _l("Days ahead"),
    "first_day": _l("First day"),
    "last_day": _l("Last day"),
}
"""What the fields of the form are called, in the order of the page."""
_MONDAY = date(2026, 11, 30)


def name_weekdays() -> list[str]:
    """The days of a week, Monday first."""
    return [format_date(_MONDAY + timedelta(days=day), "EEEE") for day in range(7)]


def reminder_choices() -> tuple[tuple[int, str], ...]:
    """How long before an appointment its guest may be reminded, in minutes, with the words for it."""
    words = {NONE: _("no"), 60: _("1 hour before"), 24 * 60: _("24 hours before"), 48 * 60: _("2 days before")}
    return tuple((each, words[each]) for each in (NONE, *CHOICES))


def tell_hours_problem(problem: HoursProblem) -> str:
    """The sentence for hours that will not do."""
    return {
        HoursProblem.HALF_FILLED: _("Enter both times, or leave both empty."),
        HoursProblem.NO_OPENING_TIME: _("The opening is a time like 09:00."),
        HoursProblem.NO_CLOSING_TIME: _("The closing is a time like 17:30, or 24:00."),
        HoursProblem.OVERLAPS: _("This begins before the hours before it are over."),
        HoursProblem.OVERLAPS_DAY_BEFORE: _("This begins before the hours of the evening before are over."),
        HoursProblem.TOO_MANY: _("These are too many for one day."),
    }[problem]


def tell_refusal(refusal: Refusal, calendars: Mapping[int, str], zone: tzinfo) -> str:
    """Why a time is not offered; *calendars* are the names of the busy calendars that may be named."""
    source = calendars.get(refusal.source or 0, "") or _("a busy calendar")
    words = {
        Reason.PAST: _("has passed"),
        Reason.NOT_OPEN_YET: _("before the first day that can be booked"),
        Reason.BEYOND_PERIOD: _("further ahead than guests may book"),
        Reason.NOTICE: _("sooner than the least notice"),
        Reason.DAY_FULL: _("the day has as many bookings as it may have"),
        Reason.NO_HOST: _("nobody is a host of this calendar"),
        Reason.UNREADABLE: _("no times, because %(calendar)s could not be read for a day", calendar=source),
        Reason.BOOKED: _("booked"),
        Reason.BUSY: _("busy (%(calendar)s)", calendar=source),
        Reason.OUTSIDE_HOURS: _("outside the hours"),
        Reason.OFF_STEP: _("between two start times"),
        Reason.BUFFER_AFTER: _("buffer after %(time)s", time=_clock(refusal.blocked_until, zone)),
        Reason.BUFFER_BEFORE: _("buffer before %(time)s", time=_clock(refusal.blocked_from, zone)),
    }
    if refusal.source is not None and refusal.reason in (Reason.BUFFER_AFTER, Reason.BUFFER_BEFORE):
        return _("%(buffer)s (%(calendar)s)", buffer=words[refusal.reason], calendar=source)
    return words[refusal.reason]


def tell_former_booking(former: FormerBooking, zone: tzinfo) -> str:
    """What became of a booking that took a time once, by the calendar's clock."""
    if former.moved_to is None:
        return _("a booking was cancelled on %(moment)s", moment=_moment(former.at, zone))
    return _("a booking was moved to %(moment)s", moment=_moment(former.moved_to, zone))


def _moment(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return _("%(day)s, %(time)s", day=format_date(local, "medium", rebase=False), time=_clock(moment, zone))


def _clock(moment: datetime | None, zone: tzinfo) -> str:
    return "" if moment is None else format_time(moment.astimezone(zone), "short", rebase=False)
