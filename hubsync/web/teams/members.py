"""Members page (Team Settings): who belongs to the team, who is invited, who owns it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.roles import Action, Role
from hubsync.errors import MailNotSent, NotFound, Refused
from hubsync.phrases import sentences
from hubsync.services import now
from hubsync.services.bookings.appointments import count_to_come_with
from hubsync.services.teams import invitations, members, ownership
from hubsync.services.teams.invitation_mails import mails_of
from hubsync.web.shell.guards import stay_signed_in, team_page
from hubsync.web.shell.labels import ROLES
from hubsync.web.shell.mail_errors import explain_mail_fault
from hubsync.web.shell.session_forms import Form
from hubsync.web.teams.mail_text import tell_mail
from hubsync.web.teams.settings_form import GIVEN_ROLES, HandOverForm, InvitationForm

pages = Blueprint("members", __name__)


@pages.get("/teams/<team_slug>/settings/members")
@team_page(Action.MANAGE_MEMBERS)
def list_members() -> ResponseReturnValue:
    """Everybody in the team, the open invitations, and the form for one more."""
    return _render(InvitationForm(role=Role.MEMBER))


@pages.post("/teams/<team_slug>/settings/members")
@team_page(Action.MANAGE_MEMBERS)
def invite() -> ResponseReturnValue:
    """Invite somebody by e-mail."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return _render(form), 422
    try:
        invitation = invitations.invite(g.team.id, form.email.data, Role(form.role.data), by=g.person.id)
    except Refused as refused:
        form.email.errors = (refused.message,)
        return _render(form), 422
    except MailNotSent as fault:
        _tell_unsent(fault)
    else:
        flash(_("%(email)s is invited: the mail is on its way.", email=invitation.email), "success")
    return redirect(url_for("members.list_members"))


@pages.post("/teams/<team_slug>/settings/invitations/<int:invitation_id>/send-again")
@team_page(Action.MANAGE_MEMBERS)
def send_again(invitation_id: int) -> ResponseReturnValue:
    """Mail a new link; the old one is dead."""
    try:
        invitation = invitations.send_again(g.team.id, invitation_id, by=g.person.id)
    except Refused as refused:
        flash(refused.message, "error")
    except MailNotSent as fault:
        _tell_unsent(fault)
    else:
        flash(
            _("%(email)s gets a new link. The link that was sent before is dead.", email=invitation.email),
            "success",
        )
    return redirect(url_for("members.list_members"))


@pages.post("/teams/<team_slug>/settings/invitations/<int:invitation_id>/withdraw")
@team_page(Action.MANAGE_MEMBERS)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    email = invitations.withdraw(g.team.id, invitation_id, by=g.person.id)
    flash(_("The invitation of %(email)s is withdrawn; its link is dead.", email=email), "success")
    return redirect(url_for("members.list_members"))


@pages.post("/teams/<team_slug>/settings/members/<int:person_id>/role")
@team_page(Action.MANAGE_MEMBERS)
def change_role(person_id: int) -> ResponseReturnValue:
    """Make somebody an administrator or a member."""
    asked = request.form.get("role", "")
    if asked not in list(GIVEN_ROLES):
        abort(400, _("There is no such role to give."))
    members.change_role(g.team.id, person_id, Role(asked), by=g.person.id)
    if person_id == g.person.id:
        stay_signed_in()
        flash(_("Your role is changed."), "success")
        return redirect(url_for("calendars.list_calendars"))
    flash(_("The role is changed. The person signs in again and has the new role."), "success")
    return redirect(url_for("members.list_members"))


@pages.route("/teams/<team_slug>/settings/members/<int:person_id>/remove", methods=["GET", "POST"])
@team_page(Action.MANAGE_MEMBERS)
def remove_member(person_id: int) -> ResponseReturnValue:
    """Ask, then take somebody out of the team."""
    membership = next((each for each in members.list_members(g.team.id) if each.person_id == person_id), None)
    if membership is None:
        abort(404)
    if membership.role == Role.OWNER:
        raise Refused(_("The owner stays the owner until the team is handed over."))
    if person_id == g.person.id:
        return redirect(url_for("account.leave_team"))
    if request.method == "POST":
        members.remove_member(g.team.id, person_id, by=g.person.id)
        flash(_("%(person)s does not belong to the team any more.", person=membership.person.shown), "success")
        return redirect(url_for("members.list_members"))
    hosted = count_to_come_with(g.team.id, person_id)
    return render_template("teams/remove_member.html", member=membership, hosted=hosted)


@pages.route("/teams/<team_slug>/settings/hand-over", methods=["GET", "POST"])
@team_page(Action.HAND_OVER_TEAM)
def hand_over() -> ResponseReturnValue:
    """Choose the new owner, type the team's name, hand it over."""
    others = [each for each in members.list_members(g.team.id) if each.person_id != g.person.id]
    form = HandOverForm([(each.person_id, each.person.shown) for each in others])
    if form.validate_on_submit():
        try:
            ownership.hand_over(g.team.id, int(form.person.data), form.typed_name.data, by=g.person.id)
        except NotFound:
            form.person.errors = (_("This person does not belong to the team any more."),)
        except Refused as refused:
            form.typed_name.errors = (refused.message,)
        else:
            stay_signed_in()
            shown = next(each.person.shown for each in others if str(each.person_id) == form.person.data)
            flash(_("%(person)s owns the team now. You are an administrator.", person=shown), "success")
            return redirect(url_for("members.list_members"))
    answer = render_template("teams/hand_over.html", form=form, others=others)
    return answer, 422 if request.method == "POST" else 200


def _tell_unsent(fault: MailNotSent) -> None:
    why = explain_mail_fault(fault)
    told = _("The invitation is kept, but its mail could not be sent.")
    then = (
        _("Then press Send again.")
        if fault.lasting
        else _("HubSync tries again by itself. Send again mails a new link at once.")
    )
    flash(sentences(told, why, then), "error")


def _render(form: Form) -> str:
    invited = invitations.list_invitations(g.team.id)
    mails = {each: tell_mail(mail) for each, mail in mails_of(invited).items()}
    return render_template(
        "teams/members.html",
        form=form,
        members=members.list_members(g.team.id),
        invitations=invited,
        mails=mails,
        moment=now(),
        mail_set_up=settings().mail_set_up,
        roles=ROLES,
        given_roles=GIVEN_ROLES,
    )
