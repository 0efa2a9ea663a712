"""Free times of a calendar: hours, period, hosts, and *Why?* for each time of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.availability.start_times import StartTime
from hubsync.domain.values import date_text
from hubsync.errors import FreeTimesChanged, Refused
from hubsync.phrases import enumerated
from hubsync.services import now
from hubsync.services.availability import saving
from hubsync.services.availability.busy import list_host_calendars, name_busy_calendars
from hubsync.services.availability.former_bookings import list_former_bookings
from hubsync.services.availability.free_times import load_offers
from hubsync.services.availability.hosts import list_hosts
from hubsync.services.availability.rules import find_free_times, load_rules
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.teams.members import list_members
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.web.availability.form import FreeTimesForm
from hubsync.web.availability.words import (
    FIELDS,
    name_weekdays,
    reminder_choices,
    tell_former_booking,
    tell_refusal,
)
from hubsync.web.busy_calendars.page import tell_age
from hubsync.web.calendars.own_page import find_calendar_with_page
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.reasons import explain_reason

pages = Blueprint(
    "free_times",
    __name__,
    url_prefix=f"/teams/<team_slug>/calendars/<int(max={LARGEST_ID}):calendar_id>/free-times",
)
A_DAY = timedelta(days=1)
FARTHEST = timedelta(days=3650)
FIRST_OF = timedelta(days=13)
"""So many days are looked through for the first one with hours."""


@dataclass(frozen=True)
class Explained:
    """A time of the day that *Why?* shows; *free* are the names of those who are, *reasons* sentences.

    *former* are sentences about bookings that took it once.
    """

    time: str
    free: str
    reasons: tuple[str, ...]
    former: tuple[str, ...] = ()


@pages.get("")
@team_page()
def show_free_times(calendar_id: int) -> ResponseReturnValue:
    """The free times as they are saved."""
    calendar = find_calendar_with_page(calendar_id)
    rules, version = load_rules(calendar)
    hosts = [each.id for each in list_hosts(db.session(), calendar)]
    today = now().astimezone(rules.zone).date()
    return _show(calendar, FreeTimesForm.of(rules, hosts, today, calendar.reminder_minutes), str(version))


@pages.post("")
@team_page()
def save_free_times(calendar_id: int) -> ResponseReturnValue:
    """Save everything, or show it again with what is wrong."""
    calendar = find_calendar_with_page(calendar_id)
    form = FreeTimesForm.sent(ZoneInfo(calendar.time_zone), request.form)
    version = request.form.get("version", "")
    in_order = form.check(now().astimezone(form.zone).date())
    hosts = {int(each) for each in form.hosts if each.isascii() and each.isdigit() and len(each) < 18}
    if not hosts:
        form.errors["hosts"] = _("Choose at least one host.")
    if not in_order or not hosts or form.rules is None:
        return _show(calendar, form, version), 422
    try:
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
        saving.save_free_times(calendar.id, form.rules, seen, hosts, form.reminder_minutes)
    except FreeTimesChanged:
        changed = _("Somebody saved these free times since you opened them. Your changes are still here.")
        return _show(calendar, form, str(load_rules(calendar)[1]), changed), 409
    except Refused:
        form.errors["hosts"] = _("Somebody of these is not in the team any more. Choose again.")
        return _show(calendar, form, version), 422
    flash(_("The free times are saved."), "success")
    return redirect(url_for("free_times.show_free_times", calendar_id=calendar.id))


@pages.post("/pause")
@team_page()
def pause(calendar_id: int) -> ResponseReturnValue:
    """Let the booking page offer nothing for the time being."""
    calendar = find_calendar_with_page(calendar_id)
    saving.pause(calendar.id)
    flash(_("The booking page is paused."), "success")
    return redirect(url_for("free_times.show_free_times", calendar_id=calendar.id))


@pages.post("/resume")
@team_page()
def resume(calendar_id: int) -> ResponseReturnValue:
    """Offer the free times again."""
    calendar = find_calendar_with_page(calendar_id)
    saving.resume(calendar.id)
    flash(_("The booking page takes bookings again."), "success")
    return redirect(url_for("free_times.show_free_times", calendar_id=calendar.id))


def _show(calendar: Calendar, form: FreeTimesForm, version: str, changed: str = "") -> str:
    row = find_free_times(db.session(), calendar.id)
    return render_template(
        "availability/free_times.html",
        calendar=calendar,
        form=form,
        version=version,
        changed=changed,
        mail_set_up=settings().mail_set_up,
        paused=row is not None and row.paused_at is not None,
        members=[each.person for each in list_members(calendar.team_id)],
        reminders=reminder_choices(),
        weekdays=name_weekdays(),
        fields=FIELDS,
        **_explain(calendar),
    )


def _explain(calendar: Calendar) -> dict[str, object]:
    """The day that *Why?* is asked about, or the next one with hours, with every time of it."""
    rules, _version = load_rules(calendar)
    today = now().astimezone(rules.zone).date()
    asked = _asked_day(today)
    first = asked or today
    last = asked or today + FIRST_OF
    hosts = list_hosts(db.session(), calendar)
    names = name_busy_calendars(db.session(), [each.id for each in hosts], reader=g.person.id)
    days = load_offers(db.session(), calendar, first, last, rules=rules).between(first, last)
    found = next((each for each in days if each.times), days[0])
    former = _tell_former(calendar, found.date, rules.zone)
    return {
        "hosts": hosts,
        "busy_calendars": list_host_calendars(db.session(), hosts, reader=g.person.id),
        "tell_age": tell_age,
        "explain_reason": explain_reason,
        "day": found.date,
        "day_in_words": format_date(found.date, "full"),
        "explained": [
            replace(_explain_time(each, hosts, names), former=tuple(former.get(each.start, ())))
            for each in found.times
        ],
    }


def _tell_former(calendar: Calendar, day: date, zone: ZoneInfo) -> dict[datetime, list[str]]:
    """What became of bookings that took a time of the day once."""
    begin = datetime.combine(day, time.min, zone)
    told: dict[datetime, list[str]] = {}
    for each in list_former_bookings(db.session(), calendar.id, begin, begin + A_DAY):
        told.setdefault(each.starts_at, []).append(tell_former_booking(each, zone))
    return told


def _asked_day(today: date) -> date | None:
    """The day of the address; None for none, or one so far away that nobody means it."""
    text = date_text(request.args.get("why", ""))
    day = date.fromisoformat(text) if text else None
    return day if day is not None and abs(day - today) < FARTHEST else None


def _explain_time(time: StartTime, hosts: list[Person], names: dict[int, str]) -> Explained:
    shown = {each.id: each.shown for each in hosts}
    alone = len(hosts) == 1
    reasons = []
    for refusal in time.refusals:
        words = tell_refusal(refusal, names, time.zone)
        named = alone or refusal.host is None
        reasons.append(words if named else _("%(host)s: %(reason)s", host=shown[refusal.host or 0], reason=words))
    free = _("free") if alone else _("free: %(hosts)s", hosts=enumerated(shown[each] for each in time.hosts))
    return Explained(
        format_time(time.local, "short", rebase=False), free if time.is_offered else "", tuple(reasons)
    )
