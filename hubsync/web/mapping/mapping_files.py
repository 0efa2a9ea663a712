"""A mapping as a file: exported as it is saved, and imported like a copy, with what does not fit listed first.

The file's text goes along in the form between the pages, so that nothing of it is stored before Save.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.mapping_file import FiledMapping, FileProblem, MappingFileUnreadable, read_mapping_file
from hubsync.domain.owners import OwnerChoice
from hubsync.errors import NotFound
from hubsync.services.calendars import calendars
from hubsync.services.connection.owners import known_owners
from hubsync.services.mapping.copying import Copy, copy_mapping
from hubsync.services.mapping.mapping_files import as_copied, export_mapping
from hubsync.services.mapping.owner_choice import of_another_account
from hubsync.web.mapping.copying import WAYS, has_rows
from hubsync.web.mapping.editor_state import EditorState, load_editor_state, pages, show_editor
from hubsync.web.mapping.text import FILE_PROBLEMS, SECTIONS, UNMATCHED, Labels, name_switched_on
from hubsync.web.shell.guards import team_page

FILE, TEXT = "file", "mapping_file"
"""The fields: an uploaded file, and the text of one that was uploaded on the page before."""


@pages.get("/mapping.json")
@team_page()
def export_file(calendar_id: int) -> ResponseReturnValue:
    """The mapping as it is saved, as a file."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    text = export_mapping(calendar)
    if text is None:
        raise NotFound("no mapping to export")
    answer = Response(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="hubsync-mapping-{calendar.slug}.json"'
    return answer


@pages.route("/import", methods=["GET", "POST"])
@team_page()
def choose_file(calendar_id: int) -> ResponseReturnValue:
    """Which file?"""
    return _ask(load_editor_state(calendar_id))


@pages.post("/import/compare")
@team_page()
def confirm_import(calendar_id: int) -> ResponseReturnValue:
    """Which rows of the file fit and which do not; what happens to rows that are here already is asked."""
    state = load_editor_state(calendar_id)
    uploaded = request.files.get(FILE)
    raw = uploaded.read() if uploaded is not None and uploaded.filename else None
    if raw is None:
        return _ask(state, _("Choose a file.")), 422
    try:
        filed = read_mapping_file(raw)
    except MappingFileUnreadable as fault:
        return _ask(state, _tell(fault)), 422
    saved, there = as_copied(filed)
    return render_template(
        "mapping/confirm_import.html",
        calendar=state.calendar,
        editor_state=state,
        name=_name(filed),
        text=raw.decode("utf-8-sig"),
        copy=_copy(state, filed, replace_rows=True),
        has_rows=has_rows(state),
        labels=state.labels,
        labels_there=Labels(saved, state.known, there),
        unmatched=UNMATCHED,
        switched_on=name_switched_on,
    )


@pages.post("/import/take")
@team_page()
def take_import(calendar_id: int) -> ResponseReturnValue:
    """The editor with the file's rows; nothing is saved yet."""
    state = load_editor_state(calendar_id)
    way = request.form.get("way", "")
    if way not in WAYS:
        abort(400)
    try:
        filed = read_mapping_file(request.form.get(TEXT, "").encode("utf-8", "surrogatepass"))
    except MappingFileUnreadable as fault:
        return _ask(state, _tell(fault)), 422
    made = _copy(state, filed, replace_rows=way == "replace")
    sent = replace(state.sent, edited=made.edited, pressed="copy")
    return show_editor(replace(state, sent=sent), copied=(_name(filed), made))


def _ask(state: EditorState, fault: str = "") -> str:
    return render_template(
        "mapping/choose_file.html", calendar=state.calendar, editor_state=state, fault=fault, field=FILE
    )


def _copy(state: EditorState, filed: FiledMapping, *, replace_rows: bool) -> Copy:
    saved, there = as_copied(filed)
    made = copy_mapping(saved, there, state.edited, state.offer, state.known, replace_rows=replace_rows)
    if not replace_rows:
        return made
    owner = of_another_account(filed.owner, known_owners(g.team.id))
    missing = filed.owner.owner_name if owner.choice is OwnerChoice.FIXED and not owner.owner_id else ""
    return replace(made, edited=replace(made.edited, owner=owner), unknown_owner=missing)


def _name(filed: FiledMapping) -> str:
    return filed.calendar or _("the file")


def _tell(fault: MappingFileUnreadable) -> str:
    sentence = str(FILE_PROBLEMS[fault.problem])
    if fault.problem is FileProblem.BAD_ROW and fault.section is not None:
        return sentence % {"number": fault.number, "section": SECTIONS[fault.section]}
    if fault.problem is FileProblem.TOO_MANY_ROWS and fault.section is not None:
        return sentence % {"section": SECTIONS[fault.section]}
    return sentence
