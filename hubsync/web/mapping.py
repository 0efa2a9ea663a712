"""The mapping editor: Advanced settings > Service Integration > HubSpot."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.services import calendars
from hubsync.services.checking_mapping import MOST_ROWS, check_mapping
from hubsync.services.editing_mapping import MappingChanged, Saved, load_mapping
from hubsync.services.editing_mapping import save_mapping as store
from hubsync.services.offering import offer_information
from hubsync.services.reading_deliveries import LARGEST_ID
from hubsync.services.reading_properties import known_properties, read_properties
from hubsync.store.calendars import Calendar
from hubsync.web.frame import team_page
from hubsync.web.mapping_editor import Editor, propose
from hubsync.web.mapping_forms import Sent, read_editor, with_another_row, without_row

pages = Blueprint(
    "mapping",
    __name__,
    url_prefix=f"/teams/<team_slug>/calendars/<int(max={LARGEST_ID}):calendar_id>/advanced/hubspot",
)


@pages.get("")
@team_page()
def edit_mapping(calendar_id: int) -> ResponseReturnValue:
    """The saved rows; where nothing is saved yet, rows that are only proposed."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    saved = load_mapping(calendar.id)
    known = read_properties(g.team.id)
    offer = offer_information(calendar)
    edited = saved.edited if saved.version else propose(known, offer)
    return _show(calendar, Editor(edited, saved, known, offer), saved.version)


@pages.post("")
@team_page()
def save_mapping(calendar_id: int) -> ResponseReturnValue:
    """Save, or show the editor with a row more, a row less, or renewed properties; those three check nothing."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    sent = read_editor(request.form)
    saved = load_mapping(calendar.id)
    known = known_properties(g.team.id)
    if sent.pressed == "refresh" or (sent.pressed == "save" and not known.by_section):
        known = read_properties(g.team.id, refresh=sent.pressed == "refresh")
    offer = offer_information(calendar)
    if sent.pressed != "save":
        return _show_edited(calendar, sent, Editor(sent.edited, saved, known, offer))
    editor = Editor(sent.edited, saved, known, offer, check_mapping(sent.edited, saved, known, offer))
    if editor.faults:
        return _show(calendar, editor, sent.version), 422
    try:
        store(calendar, sent.edited, sent.version, saved, known)
    except MappingChanged:
        theirs = load_mapping(calendar.id)
        return _show(calendar, Editor(sent.edited, theirs, known, offer), sent.version, theirs=theirs), 409
    flash(_("The mapping is saved. Bookings are posted by it from now on."), "success")
    return redirect(url_for("mapping.edit_mapping", calendar_id=calendar_id))


def _show_edited(calendar: Calendar, sent: Sent, editor: Editor) -> ResponseReturnValue:
    """The editor after a press on "+", remove or Refresh properties; the place worked at has the focus."""
    edited, focus = sent.edited, "refresh"
    if sent.section is not None:
        if sent.pressed == "remove":
            edited, focus = without_row(edited, sent.section, sent.place), f"{sent.section}-add"
        elif len(edited.rows(sent.section)) < MOST_ROWS:
            focus = f"{sent.section}-{len(edited.rows(sent.section))}-property_name"
            edited = with_another_row(edited, sent.section)
        else:
            focus = f"{sent.section}-add"
            flash(_("A section has up to %(most)s rows.", most=MOST_ROWS), "warning")
    shown = Editor(edited, editor.saved, editor.known, editor.offer)
    return _show(calendar, shown, sent.version, focus=focus)


def _show(calendar: Calendar, editor: Editor, version: int, focus: str = "", theirs: Saved | None = None) -> str:
    labels = None
    if theirs is not None:
        labels = Editor(theirs.edited, theirs, editor.known, editor.offer)
    return render_template(
        "advanced/edit_mapping.html",
        calendar=calendar,
        editor=editor,
        version=version,
        focus=focus,
        theirs=labels,
        most_rows=MOST_ROWS,
    )
