"""Busy calendars on the account page: add one by its address, read it now, change it, remove it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from hubsync.domain.busy_calendars import CalendarKind
from hubsync.errors import FeedError, Refused, SecretUnreadable
from hubsync.phrases import close_numbers
from hubsync.services import now
from hubsync.services.busy_calendars import own_calendars
from hubsync.services.busy_calendars.status import BusyCalendarStatus, find_busy_calendar
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.web.busy_calendars.form import ChangeForm, FeedForm
from hubsync.web.shell.guards import person_page
from hubsync.web.shell.reasons import advise, explain_reason

pages = Blueprint("busy_calendars", __name__, url_prefix="/account/busy-calendars")
ONE = f"/<int(max={LARGEST_ID}):busy_calendar_id>"
ANCHOR = "busy-calendars"


@pages.route("/add", methods=["GET", "POST"])
@person_page
def add() -> ResponseReturnValue:
    """Take an address, read it, and keep it; otherwise say what is wrong with it, at the field."""
    form = FeedForm()
    if form.validate_on_submit():
        try:
            added = own_calendars.add_feed(g.person.id, form.feed.data or "", form.name.data or "", form.chosen)
        except FeedError as fault:
            form.feed.errors = (explain_fault(fault.code),)
        except Refused as refused:
            (form.name if refused.field else form.feed).errors = (refused.message,)
            if not refused.field:
                form.feed.data = ""  # it is kept already, and is not shown again
        else:
            return show_read(added)
    return render_template("busy_calendars/add.html", form=form), (422 if form.errors else 200)


@pages.post(f"{ONE}/read")
@person_page
def read_now(busy_calendar_id: int) -> ResponseReturnValue:
    """Read it while the person waits."""
    code = own_calendars.read_now(g.person.id, busy_calendar_id)
    if not code:
        return show_read(busy_calendar_id)
    name = find_busy_calendar(g.person.id, busy_calendar_id).name
    flash(_("“%(name)s” could not be read. %(why)s", name=name, why=explain_fault(code)), "warning")
    return redirect(url_for("account.show", _anchor=ANCHOR))


@pages.route(f"{ONE}/change", methods=["GET", "POST"])
@person_page
def change(busy_calendar_id: int) -> ResponseReturnValue:
    """Change its name, what counts when it cannot be read, and what leads to it; that is read first."""
    shown = find_busy_calendar(g.person.id, busy_calendar_id)
    form = ChangeForm(name=shown.name, when_unreadable=shown.when_unreadable)
    leads_there = form.feed if shown.kind is CalendarKind.ICS else form.password
    if form.validate_on_submit():
        try:
            if leads_there.data:
                own_calendars.renew(
                    g.person.id, shown.id, address=form.feed.data or "", password=form.password.data or ""
                )
            own_calendars.change(g.person.id, shown.id, form.name.data or "", form.chosen)
        except (FeedError, SecretUnreadable) as fault:
            leads_there.errors = (explain_fault(fault.code),)
        except Refused as refused:
            (form.name if refused.field else leads_there).errors = (refused.message,)
            form.feed.data = ""
        else:
            flash(_("The busy calendar is saved."), "success")
            return redirect(url_for("account.show", _anchor=ANCHOR))
    return render_template("busy_calendars/change.html", form=form, shown=shown), (422 if form.errors else 200)


@pages.route(f"{ONE}/remove", methods=["GET", "POST"])
@person_page
def remove(busy_calendar_id: int) -> ResponseReturnValue:
    """Ask, then forget it."""
    shown = find_busy_calendar(g.person.id, busy_calendar_id)
    if request.method == "POST":
        own_calendars.remove(g.person.id, shown.id)
        flash(_("“%(name)s” is removed.", name=shown.name), "success")
        return redirect(url_for("account.show", _anchor=ANCHOR))
    return render_template("busy_calendars/remove.html", shown=shown)


def show_read(busy_calendar_id: int) -> ResponseReturnValue:
    """Lead to the list, where this one shows the busy times that were just read."""
    shown = find_busy_calendar(g.person.id, busy_calendar_id)
    flash(_("“%(name)s” was read. %(ahead)s", name=shown.name, ahead=count_ahead(shown)), "success")
    return redirect(url_for("account.show", read=shown.id, _anchor=ANCHOR))


def explain_fault(code: str) -> str:
    """Why a calendar could not be read, and what to do."""
    return f"{explain_reason(code)} {advise(code)}".strip()


def count_ahead(shown: BusyCalendarStatus) -> str:
    """How much there is to come, in a sentence."""
    if not shown.ahead:
        return _("It has no busy times ahead.")
    return ngettext("It has %(num)s busy time ahead.", "It has %(num)s busy times ahead.", shown.ahead)


def tell_age(moment: datetime) -> str:
    """How long ago something was, in words."""
    past = now() - moment
    if past.total_seconds() < 60:
        return _("just now")
    return close_numbers(str(format_timedelta(-past, granularity="minute", add_direction=True)))
