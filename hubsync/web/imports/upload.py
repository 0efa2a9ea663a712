"""Upload of a file of bookings of before, and the history of imports."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.csv_files.records import DELIMITERS, FileUnreadable
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.calendars import calendars
from hubsync.services.imports import status, uploads, worker
from hubsync.services.limits import Limit, take_turns
from hubsync.web.imports import text
from hubsync.web.shell.calendar_names import name_calendars
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.request_bodies import takes_bytes

pages = Blueprint("imports", __name__, url_prefix="/teams/<team_slug>/settings/import")

FILE = "file"
AT_ONCE = 250_000
"""Bytes of a file that is checked while its sender waits; a larger one is left to the background."""
CHECK_SECONDS = 3.0
UPLOADS = 20
"""So many files a team may upload in ten minutes."""
_FORM_ROOM = 65_536


@pages.get("")
@team_page(Action.TEAM_SETTINGS)
def list_imports() -> ResponseReturnValue:
    """Upload a file, and what became of those of before."""
    return _show()


@pages.post("")
@team_page(Action.TEAM_SETTINGS)
@takes_bytes(uploads.LARGEST_FILE + _FORM_ROOM)
def upload() -> ResponseReturnValue:
    """Keep the file, and show what would become of its rows; nothing is taken in yet."""
    faults: dict[str, str] = {}
    calendar_id = request.form.get("calendar", 0, type=int)
    if calendar_id not in name_calendars(g.membership):
        faults["calendar"] = _("Select a calendar.")
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        faults[FILE] = _("Choose a file.")
    if faults or sent is None:
        return _show(faults), 422
    calendar = calendars.find_calendar(g.membership, calendar_id)
    if take_turns("import uploads", [Limit(str(g.team.id), UPLOADS)]) is not None:
        return _show({FILE: _("This team has uploaded many files in a short time. Wait ten minutes.")}), 429
    try:
        import_id = uploads.begin_import(calendar, g.person.id, sent.filename or "", sent.stream, read_reading())
    except FileUnreadable as fault:
        return _show({FILE: text.explain_file(fault.problem, fault.row)}), 422
    except Refused as refused:
        return _show({FILE: refused.message}), 409
    if (request.content_length or 0) < AT_ONCE:
        worker.work_on(import_id, seconds=CHECK_SECONDS)
    return redirect(url_for("imports.show_import", import_id=import_id))


def read_reading() -> uploads.Reading:
    """How the form says that the file is to be read."""
    return uploads.Reading(request.form.get("encoding", ""), request.form.get("delimiter", ""))


def _show(faults: dict[str, str] | None = None) -> str:
    imports = status.list_imports(g.team.id)
    return render_template(
        "imports/list_imports.html",
        imports=imports,
        listed=status.LISTED,
        under_way=next((each for each in imports if each.ended_at is None), None),
        calendars=name_calendars(g.membership),
        chosen=request.form.get("calendar", 0, type=int) or request.args.get("calendar", 0, type=int),
        encodings={each.value: word for each, word in text.ENCODINGS.items()},
        delimiters={each: text.DELIMITERS[each] for each in DELIMITERS},
        reading=read_reading(),
        faults=faults or {},
        field=FILE,
        words=text,
    )
