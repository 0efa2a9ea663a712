"""Sign-in with Google, Microsoft or another provider, and linking an account there to the person who is signed in.

Begun by a POST with the form token, so that nobody is sent to a provider by a foreign link; every way back ends in
a redirect, so that neither code nor state stays in the address bar.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import IdentityRefused, InvitationSpent, LinkSpent, OtherBrowser, ProviderUnreachable, Refused
from hubsync.identity import Proof
from hubsync.services import tools
from hubsync.services.security_log import write
from hubsync.services.signin import confirmation, identities
from hubsync.services.teams import joining
from hubsync.store.people import UnconfirmedIdentity
from hubsync.web.shell.guards import signed_in_page, signed_in_person, wanted_page
from hubsync.web.signin.asker import again_at, asker
from hubsync.web.signin.link import enter
from hubsync.web.signin.mailed_links import change_by, may_be_pressed, note_as_shown

pages = Blueprint("provider_signin", __name__)


@pages.post("/signin/<provider>")
def leave(provider: str) -> ResponseReturnValue:
    """Leave for the provider's page, to sign in."""
    _label(provider)
    again = "again" in request.form and signed_in_person() is not None
    # It goes with this sign-in alone: one that is begun after giving up may be somebody else's.
    invitation = session.pop("invitation", "")
    try:
        time_zone = request.form.get("time_zone", "")[:64]
        return _leave(provider, again, time_zone=time_zone, invitation=invitation)
    except (IdentityRefused, ProviderUnreachable) as fault:
        return _back_without(provider, fault, _page_of(again))


@pages.post("/account/identities/<provider>")
@signed_in_page
def link(provider: str) -> ResponseReturnValue:
    """Leave for the provider's page, to link the account there to oneself."""
    _label(provider)
    try:
        return _leave(provider, False, person=g.person.id, session=_session_mark())
    except (IdentityRefused, ProviderUnreachable) as fault:
        return _back_without(provider, fault, "account.show")


@pages.get("/signin/<provider>/callback")
def come_back(provider: str) -> ResponseReturnValue:
    """Take the provider's answer, once, in the browser that began."""
    _label(provider)
    page = "signin.sign_in"
    try:
        begun = tools().identity.resume_sign_in(provider, request.args.get("state", ""))
        page, linking = _page_of(begun.again), "person" in begun.kept
        if linking:
            page = "account.show"
            if not _is_still_here(begun.kept["person"], begun.kept["session"]):
                flash(_("Nothing was linked: you signed out meanwhile. Sign in and begin again."), "error")
                return redirect(url_for("signin.sign_in"), 303)
        proof = tools().identity.verify(begun, request.args)
    except (IdentityRefused, ProviderUnreachable) as fault:
        return _back_without(provider, fault, page)
    return _link(proof) if linking else _sign_in(proof, **begun.kept)


@pages.get("/signin/new-account")
def say_unknown() -> ResponseReturnValue:
    """What to do with an account that is nobody's yet; the same words whether its address is known or not."""
    shown = session.get("newcomer")
    if not isinstance(shown, dict):
        return redirect(url_for("signin.sign_in"))
    return render_template("signin/new_account.html", **shown)


@pages.get("/signin/confirm/<token>")
def open_confirmation(token: str) -> ResponseReturnValue:
    """Show the button only: mail scanners open links, but press nothing."""
    try:
        return _tell(token, confirmation.read_link(token, session.get("confirming", ""))), 200
    except (LinkSpent, OtherBrowser) as fault:
        return _no_confirmation(fault)


@pages.post("/signin/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Link the account to the person with the address, and sign in."""
    try:
        secret = session.get("confirming", "")
        identity = confirmation.read_link(token, secret)
        if not may_be_pressed(token, change_by(identity.email, here=True)):
            return _tell(token, identity), 409
        recognized = confirmation.confirm(token, secret, request.form.get("time_zone", ""))
    except (LinkSpent, OtherBrowser) as fault:
        return _no_confirmation(fault)
    enter(recognized.session_token)
    flash(_("The account is confirmed. From now on it signs you in by itself."), "success")
    return redirect(wanted_page())


def _tell(token: str, identity: UnconfirmedIdentity) -> str:
    provider = tools().identity.provider_of(identity.issuer)
    label = dict(tools().identity.offered()).get(provider or "", "")
    change = change_by(identity.email, here=True)
    note_as_shown(token, change)
    another = identity.shown if identity.shown != identity.email else ""
    return render_template(
        "signin/confirm.html", email=identity.email, another=another, provider=label, change=change
    )


def _sign_in(proof: Proof, time_zone: str, invitation: str) -> ResponseReturnValue:
    try:
        recognized = identities.recognize(proof, invitation, time_zone)
    except InvitationSpent:
        flash(_("The invitation was used already, was withdrawn, or is too old."), "warning")
        invitation, recognized = "", identities.recognize(proof, "", time_zone)
    if recognized is None:
        return _prove_address(proof, time_zone, _newcomers_address(invitation))
    enter(recognized.session_token)
    if recognized.joined is not None:
        session.pop("wanted", None)
        flash(_("Welcome to %(team)s.", team=recognized.joined.name), "success")
        return redirect(url_for("calendars.list_calendars", team_slug=recognized.joined.slug), 303)
    return redirect(wanted_page(), 303)


def _prove_address(proof: Proof, time_zone: str, invited: str) -> ResponseReturnValue:
    """Mail a link to the address of the account, or to the *invited* one, and say so."""
    write(SecurityEvent.SIGN_IN_REFUSED, what="nobodys_account")
    session["confirming"] = confirmation.ask_to_confirm(proof, asker(), invited)
    shown = {"provider": _label(proof.provider), "email": proof.email, "again": again_at(time_zone)}
    session["newcomer"] = {**shown, "invited": invited}
    return redirect(url_for("provider_signin.say_unknown"), 303)


def _newcomers_address(invitation: str) -> str:
    """The address of an invitation for somebody new; whoever has an account signs in to that."""
    if not invitation:
        return ""
    found = joining.read_invitation(invitation)
    return "" if joining.is_for_somebody_here(found) else found.email


def _link(proof: Proof) -> ResponseReturnValue:
    try:
        identities.link(g.person.id, proof)
    except Refused as refused:
        flash(_("Nothing was linked: %(why)s", why=refused.message), "error")
    else:
        label = _label(proof.provider)
        flash(_("Your account at %(provider)s is linked. It signs you in from now on.", provider=label), "success")
    return redirect(url_for("account.show"), 303)


def _is_still_here(person_id: int, session_mark: str) -> bool:
    """Whether whoever pressed Link is signed in, in the same session."""
    person = signed_in_person()
    return person is not None and person.id == person_id and _session_mark() == session_mark


def _page_of(again: bool) -> str:
    """Where somebody without success goes back to: the page of signing in, or *again*."""
    return "again.ask" if again else "signin.sign_in"


def _leave(provider: str, again: bool, **kept: object) -> ResponseReturnValue:
    callback = f"{settings().base_url}/signin/{provider}/callback"
    there = tools().identity.start_sign_in(provider, callback, again=again, **kept)
    if tools().identity.may_end_a_form(there):
        return redirect(there, 303)
    # To a place that the Content-Security-Policy does not name no form may lead, but a page may.
    return render_template("signin/leave.html", there=there, label=_label(provider))


def _back_without(
    provider: str, fault: IdentityRefused | ProviderUnreachable, page: str = "signin.sign_in"
) -> ResponseReturnValue:
    if isinstance(fault, IdentityRefused):
        write(SecurityEvent.SIGN_IN_REFUSED, what=provider)
    flash(_(fault.message, provider=_label(provider)), "error")
    return redirect(url_for(page), 303)


def _no_confirmation(fault: LinkSpent | OtherBrowser) -> ResponseReturnValue:
    elsewhere = isinstance(fault, OtherBrowser)
    write(SecurityEvent.SIGN_IN_REFUSED if elsewhere else SecurityEvent.LINK_SPENT, what="confirmation")
    return render_template("signin/confirm_not.html", elsewhere=elsewhere), 403 if elsewhere else 410


def _label(provider: str) -> str:
    """The provider's name as people know it; one that is not offered here is 404."""
    label = dict(tools().identity.offered()).get(provider)
    if label is None:
        abort(404)
    return label


def _session_mark() -> str:
    """Tells this session from any other, without being good for anything else."""
    return fingerprint(session.get("signed_in", ""))
