"""What a person decides of an import: how it is read, its columns, begin, pause, go on, stop, discard."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.imports.columns import twice
from hubsync.domain.imports.states import ImportState
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.import_files import open_headings
from hubsync.services.imports import status, uploads
from hubsync.web.imports.page import ONE, Returned, check, show
from hubsync.web.imports.upload import pages, read_reading
from hubsync.web.shell.guards import team_page


@pages.post(f"{ONE}/reading")
@team_page(Action.TEAM_SETTINGS)
def read_as(import_id: int) -> ResponseReturnValue:
    """Read the file in another encoding, or divided by another sign."""
    found, reading = status.find_import(g.team.id, import_id), read_reading()
    try:
        uploads.read_as(g.team.id, import_id, reading)
    except Refused as refused:
        return _refused(import_id, Returned(refused.message, "encoding", delimiter=reading.delimiter))
    return check(found)


@pages.post(f"{ONE}/columns")
@team_page(Action.TEAM_SETTINGS)
def match_columns(import_id: int) -> ResponseReturnValue:
    """Check the rows with other columns, or with what was said of day and month."""
    found = status.find_import(g.team.id, import_id)
    columns = [request.form.get(f"column-{place}", "") for place in range(len(open_headings(found)))]
    day_order = request.form.get("day_order", "")
    try:
        if twice(columns):
            raise Refused(_("Two columns cannot be about the same."))
        uploads.match_anew(g.team.id, import_id, columns, day_order)
    except Refused as refused:
        return _refused(import_id, Returned(refused.message, "columns", columns, day_order))
    return check(found)


@pages.post(f"{ONE}/begin")
@team_page(Action.TEAM_SETTINGS)
def begin(import_id: int) -> ResponseReturnValue:
    """Let the rows become bookings."""
    found = status.find_import(g.team.id, import_id)
    if uploads.check_changed(found):
        flash(uploads.explain_changed(), "warning")
        return check(found)
    without = request.form.get("without_faulty") == "on"
    version = request.form.get("version", -1, type=int)
    try:
        uploads.confirm(g.team.id, import_id, g.person.id, without_faulty=without, version=version)
    except Refused as refused:
        return _refused(import_id, Returned(refused.message, refused.field or "begin"))
    return redirect(url_for("imports.show_import", import_id=import_id))


@pages.post(f"{ONE}/pause")
@team_page(Action.TEAM_SETTINGS)
def pause(import_id: int) -> ResponseReturnValue:
    """Take no more rows in for now."""
    return _decided(uploads.pause, import_id)


@pages.post(f"{ONE}/continue")
@team_page(Action.TEAM_SETTINGS)
def go_on(import_id: int) -> ResponseReturnValue:
    """Let it go on where it was paused."""
    return _decided(uploads.go_on, import_id)


@pages.post(f"{ONE}/stop")
@team_page(Action.TEAM_SETTINGS)
def stop(import_id: int) -> ResponseReturnValue:
    """Take none of the rest in."""
    return _decided(uploads.stop, import_id)


@pages.post(f"{ONE}/discard")
@team_page(Action.TEAM_SETTINGS)
def discard(import_id: int) -> ResponseReturnValue:
    """Forget the file; nothing of it was taken in."""
    return _decided(uploads.discard, import_id)


def _decided(decide: Callable[[int, int, int], None], import_id: int) -> ResponseReturnValue:
    """The page as it is after the decision, or as it has become meanwhile."""
    try:
        decide(g.team.id, import_id, g.person.id)
    except Refused as refused:
        flash(refused.message, "warning")
    return redirect(url_for("imports.show_import", import_id=import_id))


def _refused(import_id: int, returned: Returned) -> ResponseReturnValue:
    """The page with the form that came back, or what the import has become where it has no such form any more."""
    found = status.find_import(g.team.id, import_id)
    if found.state in (ImportState.ASKING, ImportState.READY):
        return show(found, returned), 422
    flash(returned.fault, "warning")
    return redirect(url_for("imports.show_import", import_id=import_id))
