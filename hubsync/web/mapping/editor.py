"""Mapping editor (Advanced settings > Service Integration > HubSpot)."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from hubsync.errors import MappingChanged, NotFound, RoleTooLow
from hubsync.services.calendars import calendars
from hubsync.services.connection.optional_scopes import check_key
from hubsync.services.mapping.proposals import add_proposals
from hubsync.services.mapping.storage import load_mapping
from hubsync.services.mapping.storage import save_mapping as store
from hubsync.services.mapping.validation import MOST_ROWS
from hubsync.web.mapping.editor_state import (
    EditorState,
    editor_of,
    load_editor_state,
    pages,
    show_editor,
)
from hubsync.web.mapping.form import with_another_row, without_row
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.unposted import tell_before, watches_only


@pages.get("")
@team_page()
def edit_mapping(calendar_id: int) -> ResponseReturnValue:
    """The saved rows; where nothing is saved yet, rows that are only proposed."""
    return show_editor(load_editor_state(calendar_id, live=True))


@pages.post("")
@team_page()
def save_mapping(calendar_id: int) -> ResponseReturnValue:
    """Save; or show the editor with a row more or less, proposed rows or renewed properties, which is no save."""
    state = load_editor_state(calendar_id)
    if state.sent.pressed == "check":
        return render_template("mapping/hints.html", editor=editor_of(state))
    if state.sent.pressed == "propose":
        edited, made = add_proposals(state.edited, state.known, state.offer)
        return show_editor(state.with_edited(edited), proposed=made)
    if state.sent.pressed != "save":
        return _show_edited(state)
    if state.sent.version != state.saved.version:  # before faults: they may come of what the other save changed
        return show_editor(state, overtaken=True), 409
    faults = state.faults()
    if faults:
        return show_editor(state, faults=faults), 422
    sent = state.sent
    source = _copied_from(sent.copied_from)
    try:
        store(state.calendar, sent.edited, sent.version, state.saved, state.known, g.person.id, source)
    except MappingChanged:
        theirs = EditorState(state.calendar, sent, load_mapping(state.calendar.id), state.known, state.offer)
        return show_editor(theirs, overtaken=True), 409
    flash(_tell_saved(state), "success")
    if sent.fills and not sent.edited.fills:
        flash(_("No row is marked “Fill if empty”, so that nothing is filled."), "info")
    if sent.edited.owner and sent.edited.owner != state.saved.edited.owner:
        check_key(g.team.id)  # HubSpot tells nobody of a key's permissions before it is asked
    return redirect(url_for("mapping.edit_mapping", calendar_id=calendar_id))


def _tell_saved(state: EditorState) -> str:
    """What the save means for bookings from now on, and when it begins or resumes posting, for those before."""
    if not state.edited.active:
        return _("The mapping is saved. HubSpot is paused: new bookings are kept, but not posted.")
    if watches_only():
        return _(
            "The mapping is saved. HubSync watches only: bookings are posted by it once the team has gone live."
        )
    message = _("The mapping is saved. Bookings are posted by it from now on.")
    posted_before = state.saved.version and state.saved.edited.active
    return message if posted_before else Markup("{} {}").format(message, tell_before(state.calendar.id)).rstrip()


def _copied_from(calendar_id: int) -> str:
    """The name of the calendar that the rows were copied from, as far as the person may know it."""
    if not calendar_id:
        return ""
    try:
        return calendars.find_calendar(g.membership, calendar_id).name
    except (NotFound, RoleTooLow):
        return ""


def _show_edited(state: EditorState) -> ResponseReturnValue:
    """The editor after "+", remove, Refresh properties or the way back; the place worked at has the focus."""
    sent = state.sent
    edited, focus = sent.edited, {"refresh": "refresh", "owners": "owner_id"}.get(sent.pressed, "")
    if sent.section is not None:
        rows = len(edited.rows(sent.section))
        if sent.pressed == "remove":
            edited = without_row(edited, sent.section, sent.place)
            neighbour = min(sent.place, rows - 2)
            focus = f"{sent.section}-{neighbour}-property_name" if neighbour >= 0 else f"{sent.section}-add"
        elif rows < MOST_ROWS:
            focus = f"{sent.section}-{rows}-property_name"
            edited = with_another_row(edited, sent.section)
        else:
            focus = f"{sent.section}-add"
            flash(_("A section has up to %(most)s rows.", most=MOST_ROWS), "warning")
    return show_editor(state.with_edited(edited), focus=focus)
