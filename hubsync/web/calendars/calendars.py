"""Calendars: the list, a new one, and the page of one."""

from __future__ import annotations

from dataclasses import asdict

from babel.lists import format_list
from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import MappingState
from hubsync.domain.reasons import Reason
from hubsync.domain.roles import Action
from hubsync.errors import NotConnected, Refused
from hubsync.services.availability.hosts import list_hosts
from hubsync.services.calendars import archive, calendars, relabelled_questions
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.deliveries import queries, statistics
from hubsync.services.deliveries.history import last_moves
from hubsync.services.mapping.storage import load_mapping
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.store.connections import connection_of
from hubsync.web.bookings.embedding import write_snippet
from hubsync.web.calendars.calendar_form import CalendarForm, DeleteCalendarForm
from hubsync.web.calendars.text import booked_through, hubspot_state, tell_archived
from hubsync.web.shell.calendar_names import name_calendars
from hubsync.web.shell.guards import counted_states, team_page

LATEST = 5
NO_ZONE_YET = "UTC"
"""Where everybody starts: of somebody who is still there, the browser knows the zone better than we do."""
ONE = f"/<int(max={queries.LARGEST_ID}):calendar_id>"

pages = Blueprint("calendars", __name__, url_prefix="/teams/<team_slug>/calendars")


@pages.get("")
@team_page()
def list_calendars() -> ResponseReturnValue:
    """The calendars that the reader may edit, with the state of their mappings."""
    overviews = calendars.list_calendars(g.membership)
    links = {each.calendar.id: booking_page_url(each.calendar) for each in overviews}
    active = any(each.state == MappingState.ACTIVE for each in overviews)
    return render_template(
        "calendars/list_calendars.html",
        calendars=overviews,
        archived=calendars.list_calendars(g.membership, archived=True),
        names=name_calendars(g.membership),
        links=links,
        booked_through=booked_through,
        kept_back=_kept_back() if active else "",
        held=counted_states().get(DeliveryState.HELD, 0),
    )


def _kept_back() -> str:
    """What keeps every booking from being posted: plan or connection; of access that is lost the banner tells."""
    blocker = find_posting_blocker(g.team, connection_of(g.team.id))
    return blocker if blocker in (Reason.PLAN, NotConnected.code) else ""


@pages.route("/new", methods=["GET", "POST"])
@team_page(Action.CREATE_CALENDAR)
def make_calendar() -> ResponseReturnValue:
    """Make a calendar and go to its page; the zone that is proposed is the person's."""
    form = CalendarForm(time_zone=g.person.time_zone)
    del form.query_names  # which nobody knows yet
    if form.validate_on_submit():
        try:
            made = calendars.make_calendar(g.team.id, g.person.id, form.described())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("The calendar is ready. Share its booking page, or map answers to HubSpot first."), "success")
            return redirect(url_for("calendars.show_calendar", calendar_id=made.id))
    if not form.is_submitted() and g.person.time_zone == NO_ZONE_YET:
        form.time_zone.render_kw = {"data-own-zone": True}
    page = render_template("calendars/make_calendar.html", form=form)
    return (page, 422) if form.is_submitted() else page


@pages.get(ONE)
@team_page()
def show_calendar(calendar_id: int) -> ResponseReturnValue:
    """The booking page's link, what HubSpot is given, and the latest deliveries."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    mapping = load_mapping(calendar.id)
    state = hubspot_state(mapping)
    listed = queries.list_deliveries(g.membership, calendar_id=calendar.id).deliveries[:LATEST]
    link = booking_page_url(calendar)
    return render_template(
        "calendars/show_calendar.html",
        calendar=calendar,
        link=link,
        snippet=write_snippet(link, calendar.name) if link and g.team.parent_sites else "",
        source=booked_through(calendar),
        hosts=_name_hosts(calendar),
        archived=tell_archived(calendar, state) if calendar.archived_at else "",
        mapping=mapping,
        state=state,
        stale_rows=calendars.count_stale_rows(calendar),
        relabelled=relabelled_questions.list_relabelled(calendar.id),
        listed=listed,
        moved=last_moves([each.booking_id for each in listed]),
        held=statistics.count_by_state(g.membership, calendar.id).get(DeliveryState.HELD, 0),
    )


def _name_hosts(calendar: Calendar) -> str:
    """Who may get a booking of the calendar, in one phrase."""
    names = [each.shown for each in list_hosts(db.session(), calendar)]
    return format_list(names, style="or", locale=get_locale())


@pages.post(f"{ONE}/new-labels/dismiss")
@team_page()
def dismiss_relabelled(calendar_id: int) -> ResponseReturnValue:
    """Tell no more which questions have another label."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    relabelled_questions.dismiss_relabelled(calendar.id)
    return redirect(url_for("calendars.show_calendar", calendar_id=calendar.id))


@pages.route(f"{ONE}/settings", methods=["GET", "POST"])
@team_page()
def change_calendar(calendar_id: int) -> ResponseReturnValue:
    """Another name, duration or time zone; how long appointments take is for the booking page alone."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    now = CalendarInput(calendar.name, calendar.duration_minutes, calendar.time_zone)
    source = booked_through(calendar)
    form = CalendarForm(
        data=asdict(now) | {"query_names": " ".join(calendar.query_names), "language": calendar.language}
    )
    if source:
        form.leave_out_the_page()
    if form.validate_on_submit():
        try:
            calendars.change_calendar(calendar.id, form.described())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("The calendar is saved."), "success")
            return redirect(url_for("calendars.show_calendar", calendar_id=calendar.id))
    archived = tell_archived(calendar, hubspot_state(load_mapping(calendar.id))) if calendar.archived_at else ""
    page = render_template(
        "calendars/change_calendar.html", form=form, calendar=calendar, source=source, archived=archived
    )
    return (page, 422) if form.is_submitted() else page


@pages.post(f"{ONE}/archive")
@team_page()
def archive_calendar(calendar_id: int) -> ResponseReturnValue:
    """Put the calendar away; nothing is lost, so nobody is asked."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    archive.archive_calendar(calendar.id, by=g.person.id)
    flash(tell_archived(calendar, hubspot_state(load_mapping(calendar.id))), "success")
    return redirect(url_for("calendars.list_calendars"))


@pages.post(f"{ONE}/restore")
@team_page()
def restore_calendar(calendar_id: int) -> ResponseReturnValue:
    """Take the calendar back."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    archive.restore_calendar(calendar.id, by=g.person.id)
    if booked_through(calendar):
        flash(_("The calendar is back in the list."), "success")
    else:
        flash(_("The calendar is back, and its booking page takes bookings at the same address."), "success")
    return redirect(url_for("calendars.show_calendar", calendar_id=calendar.id))


@pages.route(f"{ONE}/delete", methods=["GET", "POST"])
@team_page()
def delete_calendar(calendar_id: int) -> ResponseReturnValue:
    """Say what goes, and delete it when the name was typed."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    form = DeleteCalendarForm()
    if form.validate_on_submit():
        name = calendar.name
        try:
            archive.delete_calendar(calendar.id, form.name.data or "", by=g.person.id)
        except Refused as refused:
            form.name.errors = (refused.message,)
        else:
            flash(_("“%(name)s” is deleted.", name=name), "success")
            return redirect(url_for("calendars.list_calendars"))
    losses = archive.count_losses(calendar.id)
    page = render_template(
        "calendars/delete_calendar.html",
        form=form,
        calendar=calendar,
        source=booked_through(calendar),
        losses=losses,
    )
    return (page, 422) if form.is_submitted() else page


def booking_page_url(calendar: Calendar) -> str | None:
    """The address to give to guests; None for a calendar that is booked elsewhere."""
    if booked_through(calendar):
        return None
    return settings().base_url + url_for("bookings.show_page", slug=calendar.slug)


def show_refusal(form: CalendarForm, refused: Refused) -> None:
    """Put a service's refusal at the field that it names."""
    field = getattr(form, refused.field or "", form.name)
    field.errors = [*field.errors, refused.message]
