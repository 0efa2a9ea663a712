"""`flask import`: bookings of before, from a CSV file."""

from __future__ import annotations

import sys
import time
from itertools import islice
from pathlib import Path
from typing import IO, NoReturn

import click
from flask.cli import AppGroup

from hubsync.cli.refusal import require_settings
from hubsync.config import settings
from hubsync.domain.csv_files.encodings import Encoding
from hubsync.domain.csv_files.records import FileUnreadable
from hubsync.domain.imports.moments import DayOrder
from hubsync.domain.imports.states import ImportState
from hubsync.errors import HubSyncError
from hubsync.services.import_files import open_headings
from hubsync.services.imports import status, uploads, worker
from hubsync.store import end_read
from hubsync.store.calendars import Calendar
from hubsync.store.imports import BookingImport

POLL_SECONDS = 0.5
"""How often it looks how far another process is that has the file."""
FAULTS = 20
"""So many faults are printed; the page of the import has all."""
REFUSED, FAULTY, UNDECIDED = 1, 3, 4
"""Exit codes besides click's own 2: it was refused; rows have faults and nobody said that they are left out;
encoding, or day and month, have to be said."""
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}

bookings_import = AppGroup("import", help="Import bookings of before.")


@bookings_import.command("bookings")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--team", "team_slug", required=True, metavar="SLUG", help="The team, as its address has it.")
@click.option(
    "--calendar", "calendar_slug", required=True, metavar="SLUG", help="As the booking page's address ends."
)
@click.option("--encoding", type=click.Choice([each.value for each in Encoding]), help="Default: recognised.")
@click.option("--delimiter", type=click.Choice(list(_DELIMITERS)), help="Default: recognised.")
@click.option(
    "--day-order", type=click.Choice([each.value for each in DayOrder]), help="Of dates like 03/04/2026."
)
@click.option("--skip-faulty", is_flag=True, help="Leave rows with a fault out.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_bookings(
    file: str,
    team_slug: str,
    calendar_slug: str,
    encoding: str | None,
    delimiter: str | None,
    day_order: str | None,
    skip_faulty: bool,
    yes: bool,
) -> None:
    """Check FILE, say what would become of its rows, and import them when that is confirmed.

    The bookings are then taken in by the background, or by `flask due`. Columns are matched by their headings; the
    page of the import corrects them.
    """
    require_settings()
    calendar = status.find_calendar(team_slug, calendar_slug)
    if calendar is None:
        raise click.ClickException("There is no such team or calendar.")
    reading = uploads.Reading(encoding or "", _DELIMITERS.get(delimiter or "", ""))
    with Path(file).open("rb") as opened:
        found = _check(calendar, opened, reading, day_order)
    _print(found, calendar, team_slug)
    if found.order_open:
        _leave(found, UNDECIDED, "Day or month may come first in some dates: say --day-order.")
    if not found.fresh:
        _leave(found, FAULTY if found.faulty else 0, "There is nothing new in this file.")
    if found.faulty and not skip_faulty:
        _leave(found, FAULTY, "Nothing was imported. Mend the rows above, or leave them out with --skip-faulty.")
    if not yes and not click.confirm(f"Import {found.fresh} bookings into {calendar.name}?"):
        _leave(found, REFUSED, "Nothing was imported.")
    try:
        uploads.confirm(calendar.team_id, found.id, None, without_faulty=skip_faulty, version=found.version)
    except HubSyncError as refused:
        _leave(found, REFUSED, refused.message)
    click.echo(f"Begun. How far it is: {_address(team_slug, found)}")


def _check(calendar: Calendar, file: IO[bytes], reading: uploads.Reading, day_order: str | None) -> BookingImport:
    """The import of the file, its rows checked; exits where that cannot be."""
    try:
        import_id = uploads.begin_import(calendar, None, Path(file.name).name, file, reading)
    except FileUnreadable as fault:
        raise click.ClickException(f"The file cannot be read: {fault.problem}.") from fault
    except HubSyncError as refused:
        raise click.ClickException(refused.message) from refused
    found = _brought_on(calendar.team_id, import_id)
    if found.state == ImportState.ASKING:
        _leave(
            found, UNDECIDED, f"It may be in several encodings: say --encoding, such as {', '.join(found.likely)}."
        )
    if found.state == ImportState.UNREADABLE:
        raise click.ClickException(f"The file cannot be read: {found.problem}, row {found.problem_row}.")
    if day_order:
        uploads.match_anew(calendar.team_id, import_id, found.columns, day_order)
        found = _brought_on(calendar.team_id, import_id)
    return found


def _brought_on(team_id: int, import_id: int) -> BookingImport:
    """The import when nothing is left to be read or checked, whoever did it."""
    while True:
        worker.work_on(import_id, seconds=60)
        found = status.find_import(team_id, import_id)
        if found.state not in (ImportState.READING, ImportState.CHECKING):
            return found
        end_read()
        time.sleep(POLL_SECONDS)


def _print(found: BookingImport, calendar: Calendar, team_slug: str) -> None:
    headings = open_headings(found)
    click.echo(f"{found.file_name}: {found.encoding}, {found.rows} rows, into {calendar.name} of team {team_slug}")
    for heading, token in zip(headings, found.columns, strict=False):
        click.echo(f"  {heading or '(no heading)'} -> {token or '(left out)'}")
    click.echo(
        f"New: {found.fresh}; here already: {found.known}; repeated: {found.repeated}; faulty: {found.faulty}"
    )
    for fault in islice(status.list_faults(found.id), FAULTS):
        place = "" if fault.column is None else f", {headings[fault.column] or f'column {fault.column + 1}'}"
        click.echo(f"  row {fault.row}{place}: {fault.problem}")
    for row in status.first_bookings(found):
        start = row.booking.starts_at.isoformat() if row.booking.starts_at else "no appointment"
        click.echo(f"  row {row.number} -> {start}, {len(row.booking.by_question or {})} answers")
    if not status.is_mapped(calendar.id):
        click.echo("HubSpot is not set up for this calendar: the bookings will wait until it is.")


def _leave(found: BookingImport, code: int, message: str) -> NoReturn:
    """Forget the file and exit."""
    uploads.discard(found.team_id, found.id, None)
    click.echo(message, err=code != 0)
    sys.exit(code)


def _address(team_slug: str, found: BookingImport) -> str:
    return f"{settings().base_url}/teams/{team_slug}/settings/import/{found.id}"
