"""Mails page (Team Settings): what has not left of the team's mails, why, and a button to send it again."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.operations import unsent_mails
from hubsync.services.outbox.unsent import MOST
from hubsync.web.shell.guards import team_page
from hubsync.web.teams.mail_text import name_kind, tell_mail

pages = Blueprint("mails", __name__, url_prefix="/teams/<team_slug>/settings/mails")


@pages.get("")
@team_page(Action.TEAM_SETTINGS)
def list_mails() -> ResponseReturnValue:
    """The mails that have not left or may not have arrived, of the last days."""
    unsent = unsent_mails.list_unsent_mails(g.team.id)
    return render_template(
        "teams/mails.html",
        mails=[(each, name_kind(each.mail.kind), tell_mail(each.mail)) for each in unsent],
        is_all=len(unsent) < MOST,
        most=MOST,
        invitation=MailKind.INVITATION,
        mail_set_up=settings().mail_set_up,
    )


@pages.post(f"/<int(max={LARGEST_ID}):mail_id>/send-again")
@team_page(Action.TEAM_SETTINGS)
def send_again(mail_id: int) -> ResponseReturnValue:
    """Send one of them again."""
    try:
        unsent_mails.send_again(g.team.id, mail_id, by=g.person.id)
    except Refused as refused:
        flash(refused.message, "error")
    else:
        flash(
            _("The mail is on its way again. If it does not leave this time either, it is back here."), "success"
        )
    return redirect(url_for("mails.list_mails"))
