"""Page of one import: what would become of its rows, then how far it is; and its faults as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import Response, g, jsonify, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.booking import BookingEvent
from hubsync.domain.csv_cells import line
from hubsync.domain.csv_files.encodings import Encoding
from hubsync.domain.csv_files.records import DELIMITERS
from hubsync.domain.imports.columns import twice
from hubsync.domain.imports.states import ImportState
from hubsync.domain.replays import ReplayState
from hubsync.domain.roles import Action
from hubsync.errors import SecretUnreadable
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.import_files import open_headings
from hubsync.services.imports import status, worker
from hubsync.services.imports.checking import read_beginning
from hubsync.services.imports.reading_settings import is_outdated
from hubsync.services.imports.uploads import Reading
from hubsync.services.mapping.preview import Preview
from hubsync.services.mapping.storage import EditedMapping
from hubsync.store.connections import connection_of
from hubsync.store.imports import BookingImport
from hubsync.web.imports import text
from hubsync.web.imports.upload import AT_ONCE, CHECK_SECONDS, pages
from hubsync.web.mapping.editor_state import load_editor_state
from hubsync.web.mapping.meeting_preview import foresee_line
from hubsync.web.mapping.preview_text import SectionValues, filled_lines, owner_line, record_lines, sections_of
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.record_line import FilledLine, RecordLine

ONE = "/<int:import_id>"
FAULTS = 50
"""So many are shown on the page; the file has all."""
PREVIEWED = 3


@pages.get(ONE)
@team_page(Action.TEAM_SETTINGS)
def show_import(import_id: int) -> ResponseReturnValue:
    """What a person can decide of the import now, or how far it is."""
    return show(status.find_import(g.team.id, import_id))


@pages.get(f"{ONE}/progress.json")
@team_page(Action.TEAM_SETTINGS)
def tell_progress(import_id: int) -> ResponseReturnValue:
    """The same numbers for the page's script."""
    found = status.find_import(g.team.id, import_id)
    done = status.count_done(found)
    return jsonify(
        state=state_of(found),
        total=found.rows or 1,
        done=done,
        told=text.tell_done(done, found.rows) if found.rows else "",
        taken=found.taken,
        left=found.done - found.taken,
        under_way=status.waits_for_posting(found),
    )


@pages.get(f"{ONE}/faults.csv")
@team_page(Action.TEAM_SETTINGS)
def download_faults(import_id: int) -> ResponseReturnValue:
    """Every fault with its row and column, for whoever mends the file."""
    found = status.find_import(g.team.id, import_id)
    headings = open_headings(found)

    def lines() -> Iterator[str]:
        yield "\ufeff" + line([_("Row"), _("Column"), _("What is wrong")])
        for fault in status.list_faults(import_id):
            shown = text.fault_line(fault, headings)
            yield line([str(shown.row), shown.column, shown.sentence])

    answer = Response(stream_with_context(lines()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{import_id}-faults.csv"'
    return answer


def state_of(found: BookingImport) -> str:
    """The word by which the page's script notices that the page is another one now."""
    paused = found.paused_at is not None and found.ended_at is None
    return ReplayState.PAUSED if paused else found.state


def check(found: BookingImport) -> ResponseReturnValue:
    """The page again, its rows checked where that takes no time."""
    if found.size < AT_ONCE:
        worker.work_on(found.id, seconds=CHECK_SECONDS)
    return redirect(url_for("imports.show_import", import_id=found.id))


@dataclass(frozen=True)
class Returned:
    """A form of the page that came back: what is wrong with it, at which field, and what was typed into it."""

    fault: str = ""
    field: str = ""
    columns: Sequence[str] = ()
    day_order: str = ""
    delimiter: str = ""


def show(found: BookingImport, returned: Returned | None = None) -> str:
    """The page, with the form that was *returned*."""
    returned = returned or Returned()
    done = status.count_done(found)
    try:
        shown = _of_state(found, returned)
    except SecretUnreadable:  # the key that it was kept with is gone
        shown = {"is_locked": True}
    return render_template(
        "imports/show_import.html",
        found=found,
        state=state_of(found),
        fault=returned.fault,
        fault_field=returned.field,
        words=text,
        wording=reasons,
        done=done,
        told=text.tell_done(done, found.rows) if found.rows else "",
        forgotten=found.ended_at is not None and found.ended_at - found.started_at > worker.UNDECIDED_ENDS,
        outlook=status.outlook_of(g.team, found.calendar_id),
        is_outdated=found.state == ImportState.READY and is_outdated(found),
        **shown,
    )


def _of_state(found: BookingImport, returned: Returned) -> dict[str, Any]:
    """What the page needs in the state that the import is in. Raises SecretUnreadable."""
    if found.state == ImportState.ASKING:
        readings = [Encoding(each) for each in found.likely]
        return {
            "readings": [(each.value, text.ENCODINGS[each], read_beginning(found.id, each)) for each in readings]
        }
    if found.state == ImportState.READY:
        return _ready(found, returned)
    return {"under_way": status.waits_for_posting(found)} if found.state == ImportState.TAKING_IN else {}


def _ready(found: BookingImport, returned: Returned) -> dict[str, Any]:
    headings, questions = open_headings(found), found.calendar.asked()
    columns = returned.columns or found.columns
    first = status.first_cells(found.id)
    faults = [text.fault_line(each, headings) for each in islice(status.list_faults(found.id), FAULTS + 1)]
    double = set(twice(columns))
    return {
        "columns": [
            {
                "place": place,
                "heading": text.name_column(headings, place),
                "values": [
                    row.cells[place] for row in first if place < len(row.cells) and row.cells[place].strip()
                ],
                "chosen": columns[place] if place < len(columns) else "",
                "double": place in double,
            }
            for place in range(len(headings))
        ],
        "choices": text.choices(questions),
        "orders": {each.value: word for each, word in text.ORDERS.items()},
        "day_order": returned.day_order or found.day_order,
        "encodings": {each.value: word for each, word in text.ENCODINGS.items()},
        "delimiters": {each: text.DELIMITERS[each] for each in DELIMITERS},
        "read_as": Reading(found.encoding, returned.delimiter or found.delimiter),
        "faults": faults[:FAULTS],
        "more_faults": len(faults) > FAULTS,
        "first_rows": _first_rows(found) if request.method == "GET" else [],
    }


@dataclass(frozen=True)
class FirstShown:
    """One of the first rows and what would become of it in HubSpot; nothing is said of that without a mapping."""

    row: status.FirstRow
    looks: Sequence[RecordLine] = ()
    owner: str = ""
    filled: Sequence[FilledLine] = ()
    sections: Sequence[SectionValues] = ()


def _first_rows(found: BookingImport) -> list[FirstShown]:
    rows = status.first_rows(g.team, found, PREVIEWED)
    if not any(each.preview for each in rows):
        return [FirstShown(each) for each in rows]
    editor, mapping = load_editor_state(found.calendar_id), status.rows_mapped(found.calendar_id)
    connection, refused = connection_of(g.team.id), read_refused(g.team.id)
    return [
        FirstShown(
            each,
            [*record_lines(each.preview, connection), *_meeting_lines(each, each.preview, editor.edited)],
            owner_line(editor.edited.owner, editor.owners),
            filled_lines(each.preview, editor.labels),
            sections_of(each.preview, mapping, editor.labels, refused),
        )
        for each in rows
        if each.preview is not None
    ]


def _meeting_lines(row: status.FirstRow, outcome: Preview, edited: EditedMapping) -> list[RecordLine]:
    if not edited.meetings_on:
        return []
    booking = row.booking
    is_cancelled = booking.event is BookingEvent.CANCELLED
    return [foresee_line(outcome, has_time=booking.starts_at is not None, is_cancelled=is_cancelled)]
