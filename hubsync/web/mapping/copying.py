"""Copying of another calendar's mapping: choose it, see which questions match, go on in the editor with its rows.

The rows come unsaved: what was not matched, and what guests are asked here, wants a look before bookings are
posted by it. The audit trail tells of the copy when it is saved.
"""

from __future__ import annotations

from dataclasses import replace

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from hubsync.domain.mapping import Section
from hubsync.errors import NotFound
from hubsync.services.calendars import calendars
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.mapping.choices import InformationChoices, offer_information
from hubsync.services.mapping.copying import Copy, copy_mapping, list_sources
from hubsync.services.mapping.proposals import add_proposals
from hubsync.services.mapping.storage import NEW, SavedMapping, load_mapping
from hubsync.store.calendars import Calendar
from hubsync.web.mapping.editor_state import EditorState, load_editor_state, pages, show_editor
from hubsync.web.mapping.text import UNMATCHED, Labels, name_switched_on
from hubsync.web.shell.calendar_names import name_calendars
from hubsync.web.shell.guards import team_page

SOURCE = f"/copy/<int(max={LARGEST_ID}):source_id>"
WAYS = ("replace", "fill")


@pages.route("/copy", methods=["GET", "POST"])
@team_page()
def choose_copy(calendar_id: int) -> ResponseReturnValue:
    """The calendars of the team whose mapping can be copied."""
    state = load_editor_state(calendar_id)
    sources = list_sources(g.membership, state.calendar.id)
    return render_template(
        "mapping/choose_copy.html",
        calendar=state.calendar,
        editor_state=state,
        sources=sources,
        names=name_calendars(g.membership),
    )


@pages.route(SOURCE, methods=["GET", "POST"])
@team_page()
def confirm_copy(calendar_id: int, source_id: int) -> ResponseReturnValue:
    """Which rows would be taken over and which not; what happens to rows that are here already is asked."""
    state = load_editor_state(calendar_id)
    source, stored, there = _source(state, source_id)
    return render_template(
        "mapping/confirm_copy.html",
        calendar=state.calendar,
        editor_state=state,
        source=source,
        copy=_copy(state, stored, there, replace_rows=True),
        has_rows=has_rows(state),
        labels=state.labels,
        labels_there=Labels(stored, state.known, there),
        unmatched=UNMATCHED,
        switched_on=name_switched_on,
    )


@pages.post(f"{SOURCE}/take")
@team_page()
def take_copy(calendar_id: int, source_id: int) -> ResponseReturnValue:
    """The editor with the other calendar's rows; nothing is saved yet."""
    state = load_editor_state(calendar_id)
    source, stored, there = _source(state, source_id)
    way = request.form.get("way", "")
    if way not in WAYS:
        abort(400)
    made = _copy(state, stored, there, replace_rows=way == "replace")
    sent = replace(state.sent, edited=made.edited, pressed="copy", copied_from=source.id)
    return show_editor(replace(state, sent=sent), copied=(source.name, made))


def _source(state: EditorState, source_id: int) -> tuple[Calendar, SavedMapping, InformationChoices]:
    """The other calendar with its mapping. Raises NotFound for this one and for one without a mapping."""
    source = calendars.find_calendar(g.membership, source_id)
    stored = load_mapping(source.id)
    if source.id == state.calendar.id or not stored.version:
        raise NotFound("no mapping to copy")
    return source, stored, offer_information(source)


def _copy(state: EditorState, stored: SavedMapping, there: InformationChoices, *, replace_rows: bool) -> Copy:
    return copy_mapping(stored, there, state.edited, state.offer, state.known, replace_rows=replace_rows)


def has_rows(state: EditorState) -> bool:
    """Whether there are rows of this calendar's own, not only those that a new editor proposes."""
    if not state.saved.version:
        proposed, _made = add_proposals(NEW.edited, state.known, state.offer)
        if state.edited == proposed:
            return False
    return any(not row.is_empty for section in Section for row in state.edited.rows(section))
