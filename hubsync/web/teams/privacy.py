"""Privacy page (Team Settings): the record of processing, and what is kept of one guest.

The guest's address is always sent in a form's body: an address of a page gets into logs and into the history of
browsers.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.services import now
from hubsync.services.bookings.guest_data import export_guest as read_guest
from hubsync.services.operations.processing_record import read_processing_record
from hubsync.web.shell.guards import team_page
from hubsync.web.teams.privacy_form import GuestForm
from hubsync.web.teams.privacy_text import describe_guests, describe_installation, describe_people

pages = Blueprint("privacy", __name__, url_prefix="/teams/<team_slug>/settings/privacy")


@pages.get("")
@team_page(Action.TEAM_SETTINGS)
def show_record() -> ResponseReturnValue:
    """What is kept, where and until when; made to be printed."""
    return _render(GuestForm(formdata=None))


@pages.post("/export-guest")
@team_page(Action.SEE_ALL_DELIVERIES)
def export_guest() -> ResponseReturnValue:
    """A file with all that is kept of one guest; the file's name does not say whose it is."""
    form = GuestForm()
    if not form.validate_on_submit():
        return _render(form), 422
    found = read_guest(form.email.data or "", g.team.id, by=g.person.id)
    if found is None:
        form.email.errors = (_("Nothing is kept of this address in this team."),)
        return _render(form), 422
    text = json.dumps({"team": g.team.name, **found}, ensure_ascii=False, indent=2)
    answer = Response(text + "\n", mimetype="application/json")
    name = f"guest-{g.team.slug}-{now().date().isoformat()}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _render(form: GuestForm) -> str:
    record = read_processing_record(g.membership)
    return render_template(
        "teams/privacy.html",
        form=form,
        record=record,
        made_at=now(),
        parts=(
            (_("Guests"), describe_guests(record)),
            (_("People of the team"), describe_people(record)),
            (_("This installation"), describe_installation(record)),
        ),
    )
