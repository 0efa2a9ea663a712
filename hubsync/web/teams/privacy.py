"""Privacy page (Team Settings): the record of processing, and what is kept of one guest.

The guest's address is always sent in a form's body: an address of a page gets into logs and into the history of
browsers.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.domain.roles import Action
from hubsync.domain.searching import email_as_searched
from hubsync.errors import HubSyncError
from hubsync.services import now
from hubsync.services.bookings import erasure, guest_erasures
from hubsync.services.bookings.guest_data import export_guest as read_guest
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.operations.processing_record import read_processing_record
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.reasons import explain_reason
from hubsync.web.teams.erasure_page import account_to_ask, ask_again
from hubsync.web.teams.erasure_text import tell_fate
from hubsync.web.teams.privacy_form import ErasureForm, GuestForm
from hubsync.web.teams.privacy_of_guests import describe_guests
from hubsync.web.teams.privacy_of_people import describe_installation, describe_people

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


@pages.post("/erase-guest/confirm")
@team_page(Action.SEE_ALL_DELIVERIES)
def confirm_erasure() -> ResponseReturnValue:
    """What would be erased, before it is."""
    asked = GuestForm()
    if not asked.validate_on_submit():
        return _render(asked), 422
    email = asked.email.data or ""
    if not erasure.count_guest(email, g.team.id) and account_to_ask() is None:
        asked.email.errors = (_("Nothing is kept of this address in this team."),)
        return _render(asked), 422
    return ask_again(ErasureForm(formdata=None, email=email))


@pages.post("/erase-guest")
@team_page(Action.SEE_ALL_DELIVERIES)
def erase_guest() -> ResponseReturnValue:
    """Erase all of the guest whose address was typed twice, and show the receipt."""
    form = ErasureForm()
    if not form.validate_on_submit():
        return (ask_again(form) if form.email.data and not form.email.errors else _render(_only_email(form))), 422
    email = form.email.data or ""
    if email_as_searched(email) != email_as_searched(form.typed_email.data or ""):
        form.typed_email.errors = (_("This is another address than the one above."),)
        return ask_again(form), 422
    wish = ContactWish(form.wish.data or ContactWish.LEFT)
    try:
        erasure_id = guest_erasures.begin(email, g.team.id, by=g.person.id, wish=wish)
    except HubSyncError as fault:  # it was connected when the page was made; nothing is erased yet
        form.wish.errors = (
            _("HubSpot cannot be asked, so nothing was erased. %(why)s", why=explain_reason(fault.code)),
        )
        return ask_again(form), 422
    guest_erasures.carry_on(erasure_id)
    if guest_erasures.find_receipt(g.team.id, erasure_id).erased_here_at is not None:
        flash(_("What was kept here of the guest is erased. This is the receipt."), "success")
    return redirect(url_for("privacy.show_receipt", erasure_id=erasure_id))


@pages.get(f"/erasures/<int(max={LARGEST_ID}):erasure_id>")
@team_page(Action.SEE_ALL_DELIVERIES)
def show_receipt(erasure_id: int) -> ResponseReturnValue:
    """What stays of an erasure, for the team's files or for the guest."""
    receipt = guest_erasures.find_receipt(g.team.id, erasure_id)
    return render_template(
        "teams/erasure_receipt.html", receipt=receipt, fates=ContactFate, in_hubspot=tell_fate(receipt)
    )


def _only_email(form: ErasureForm) -> GuestForm:
    """The form of the Privacy page with what is wrong with its field."""
    asked = GuestForm(formdata=None, email=form.email.data)
    asked.email.errors = form.email.errors
    return asked


def _render(form: GuestForm) -> str:
    record = read_processing_record(g.membership)
    return render_template(
        "teams/privacy.html",
        form=form,
        record=record,
        fates=ContactFate,
        receipts=guest_erasures.list_receipts(g.team.id),
        made_at=now(),
        parts=(
            (_("Guests"), describe_guests(record)),
            (_("People of the team"), describe_people(record)),
            (_("This installation"), describe_installation(record)),
        ),
    )
