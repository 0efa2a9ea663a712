"""Page behind the link mailed to an invited address, for whoever is not signed in under it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, session
from flask.typing import ResponseReturnValue

from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import InvitationSpent, LinkSpent, OtherBrowser
from hubsync.services.security_log import write
from hubsync.services.signin import invitation_claims
from hubsync.web.shell.guards import signed_in_person
from hubsync.web.signin.link import enter
from hubsync.web.teams.invitations import welcome

pages = Blueprint("invitation_claims", __name__)


@pages.get("/signin/join/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show the button only: mail scanners open links, but press nothing."""
    person = signed_in_person()
    try:
        invitation = invitation_claims.read_link(token, session.get("claiming", ""), person)
    except (LinkSpent, InvitationSpent, OtherBrowser) as fault:
        return _no_claim(fault)
    return render_template("teams/claim_invitation.html", invitation=invitation, person=person)


@pages.post("/signin/join/<token>")
def join(token: str) -> ResponseReturnValue:
    """Let in who asked: whoever is signed in, else the person with the invited address, who is signed in."""
    try:
        zone = request.form.get("time_zone", "")
        claimed = invitation_claims.claim(token, session.get("claiming", ""), signed_in_person(), zone)
    except (LinkSpent, InvitationSpent, OtherBrowser) as fault:
        return _no_claim(fault)
    if claimed.session_token:
        enter(claimed.session_token)
    return welcome(claimed.team)


def _no_claim(fault: LinkSpent | InvitationSpent | OtherBrowser) -> ResponseReturnValue:
    elsewhere = isinstance(fault, OtherBrowser)
    write(SecurityEvent.SIGN_IN_REFUSED if elsewhere else SecurityEvent.LINK_SPENT, what="invitation")
    return render_template("teams/claim_invitation_not.html", elsewhere=elsewhere), 403 if elsewhere else 410
