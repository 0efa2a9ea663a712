"""Page that the link of an invitation opens, and the same page for somebody who is signed in."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.errors import AnotherAddress, InvitationSpent
from hubsync.services import tools
from hubsync.services.signin import invitation_claims
from hubsync.services.teams import joining, members
from hubsync.store.teams import Invitation, Team
from hubsync.web.shell.guards import signed_in_page, signed_in_person
from hubsync.web.shell.labels import ROLES
from hubsync.web.signin.asker import again_at, asker

pages = Blueprint("invitations", __name__)


@pages.get("/invitations/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show who invites to which team; nothing happens before a button is pressed, because scanners open links."""
    try:
        invitation = joining.read_invitation(token)
    except InvitationSpent:
        return _spent()
    if signed_in_person() is None:
        # Whoever signs in first comes back, by an address without the token.
        session["wanted"], session["kept_invitation"] = ["invitations.look_at_kept", {}], token
    return _show(invitation)


@pages.post("/invitations/<token>")
def join(token: str) -> ResponseReturnValue:
    """Let in whoever is signed in under the invited address; mail a link there for anybody else.

    The button of a sign-in provider leads there first; whoever comes back takes the invitation up.
    """
    person, provider = signed_in_person(), request.form.get("provider", "")
    try:
        invitation = joining.read_invitation(token)
        if provider and person is None:
            session["invitation"] = token
            # 307: the browser sends the same form on, with its token.
            return redirect(url_for("provider_signin.leave", provider=provider), 307)
        if person is None and joining.is_for_somebody_here(invitation):
            flash(_("This address has an account here. Sign in first, then open the invitation again."), "info")
            return redirect(url_for("signin.sign_in"))
        return _join(token)
    except InvitationSpent:
        return _spent()


@pages.get("/invitations/kept")
@signed_in_page
def look_at_kept() -> ResponseReturnValue:
    """The page of the invitation that this browser opened before it was signed in."""
    try:
        return _show(joining.read_invitation(session.get("kept_invitation", "")))
    except InvitationSpent:
        return _spent()


@pages.post("/invitations/kept")
@signed_in_page
def accept_kept() -> ResponseReturnValue:
    """Let in whoever is signed in by now, or mail a link to the invited address."""
    try:
        return _join(session.get("kept_invitation", ""))
    except InvitationSpent:
        return _spent()


@pages.get("/invitations/open/<int:invitation_id>")
@signed_in_page
def look_at_offer(invitation_id: int) -> ResponseReturnValue:
    """The page of an invitation for the address of whoever is signed in."""
    invitation = joining.read_offer(g.person, invitation_id)
    return _show(invitation)


@pages.post("/invitations/open/<int:invitation_id>")
@signed_in_page
def accept_offer(invitation_id: int) -> ResponseReturnValue:
    """Let in whoever is signed in under the invited address."""
    try:
        return welcome(joining.join_by_offer(g.person, invitation_id))
    except InvitationSpent:
        return _spent()


def _join(token: str) -> ResponseReturnValue:
    """Let in whoever is signed in under the invited address; mail a link there for anybody else, or nobody."""
    person = signed_in_person()
    if person is not None:
        try:
            return welcome(joining.join(token, person.id))
        except AnotherAddress:
            pass
    session["claiming"] = invitation_claims.ask(token, person, asker(), session.get("claiming", ""))
    page = render_template(
        "teams/invitation_link_sent.html",
        invitation=joining.read_invitation(token),
        person=person,
        again=again_at(person.time_zone if person is not None else request.form.get("time_zone", "")),
    )
    return _unstored(page, 200)


def _show(invitation: Invitation) -> ResponseReturnValue:
    # The forms lead back to the page's own address: the link stands in the mail and nowhere else.
    person = signed_in_person()
    memberships = members.list_memberships(person.id) if person else ()
    page = render_template(
        "teams/open_invitation.html",
        invitation=invitation,
        role=ROLES[invitation.role],
        person=person,
        is_for_me=person is not None and joining.is_for(invitation, person.email),
        is_inside=any(membership.team_id == invitation.team_id for membership in memberships),
        has_account=joining.is_for_somebody_here(invitation),
        links=settings().signin_links,
        providers=tools().identity.offered(),
    )
    return _unstored(page, 200)


def _spent() -> ResponseReturnValue:
    return _unstored(render_template("teams/spent_invitation.html", person=signed_in_person()), 410)


def _unstored(page: str, code: int) -> ResponseReturnValue:
    """No proxy and no shared browser keeps a page that names a team by a secret address."""
    answer = make_response(page, code)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def welcome(team: Team) -> ResponseReturnValue:
    """Lead whoever joined to the team, and forget the invitation."""
    for name in ("wanted", "kept_invitation", "invitation", "claiming"):
        session.pop(name, None)
    flash(_("Welcome to %(team)s.", team=team.name), "success")
    return redirect(url_for("calendars.list_calendars", team_slug=team.slug))
