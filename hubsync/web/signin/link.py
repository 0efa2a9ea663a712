"""Sign-in page, one-time links, and signing out."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import LinkSpent
from hubsync.logs.facts import current_facts
from hubsync.services import tools
from hubsync.services.people import profile, sessions
from hubsync.services.security_log import write
from hubsync.services.signin import links as signin_links
from hubsync.services.signin.sign_ins import note_browser
from hubsync.web.shell.guards import signed_in_person, wanted_page
from hubsync.web.shell.recent_sign_in import KEY as AGAIN
from hubsync.web.shell.recent_sign_in import Interrupted, find_interrupted
from hubsync.web.signin.asker import again_at, asker
from hubsync.web.signin.link_form import SignInForm
from hubsync.web.signin.mailed_links import SignInChange, change_by, may_be_pressed, note_as_shown

pages = Blueprint("signin", __name__)


@pages.route("/signin", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for a link. Whoever has an account or not reads the same answer."""
    form = SignInForm()
    if form.validate_on_submit() and profile.links_work():
        # The link that is mailed knows this browser by it.
        session["asking"] = signin_links.ask_for_link(form.email.data, asker(), session.get("asking", ""))
        again, email = again_at(request.form.get("time_zone", "")), form.email.data
        return render_template("signin/link_sent.html", email=email, again=again, interrupted=_interrupted(email))
    if signed_in_person() is not None:
        return redirect(url_for("teams.start"))
    providers = tools().identity.offered()
    if providers:  # on a phone the keyboard would cover their buttons
        form.email.render_kw = {**(form.email.render_kw or {}), "autofocus": False}
    links, mail = profile.links_work(), settings().mail_set_up
    return render_template("signin/sign_in.html", form=form, links=links, mail_set_up=mail, providers=providers)


@pages.get("/signin/link/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Show the button only, and whom it signs in: mail scanners open links, but press nothing."""
    try:
        link = signin_links.read_link(token, session.get("asking", ""))
    except LinkSpent:
        return _link_spent()
    return _tell(token, link.email, change_by(link.email, here=link.here)), 200


@pages.post("/signin/link/<token>")
def redeem_link(token: str) -> ResponseReturnValue:
    """Sign in by the link, in another browser than the asking one only after its page said whom it signs in."""
    try:
        link = signin_links.read_link(token, session.get("asking", ""))
        change = change_by(link.email, here=link.here)
        if not may_be_pressed(token, change):
            return _tell(token, link.email, change), 409
        signed_in = signin_links.redeem(token, request.form.get("time_zone", ""))
    except LinkSpent:
        return _link_spent()
    enter(signed_in, say=not change.here)
    return redirect(wanted_page())


def _tell(token: str, email: str, change: SignInChange) -> str:
    note_as_shown(token, change)
    interrupted = _interrupted(email) if change.goes_without_a_word else None
    return render_template("signin/open_link.html", change=change, interrupted=interrupted)


def _interrupted(email: str | None) -> Interrupted | None:
    """What whoever is signed in here goes on with after signing in again; None if *email* is not theirs."""
    person = signed_in_person()
    return find_interrupted() if person is not None and person.email == email else None


def _link_spent() -> ResponseReturnValue:
    write(SecurityEvent.LINK_SPENT, what=MailKind.SIGNIN_LINK)
    return render_template("signin/link_spent.html", links=profile.links_work()), 410


@pages.post("/signout")
def sign_out() -> ResponseReturnValue:
    """End the session here and for every copy of its cookie."""
    _forget_session()
    flash(_("You are signed out."), "success")
    answer = redirect(url_for("signin.sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def enter(session_token: str, *, say: bool = False) -> None:
    """Be signed in with this token, in a session that knows nothing of the one before but the wanted page.

    That may be the page of an invitation, which is kept in the session and not in the page's address. The next
    page says who is signed in when somebody else was before, or when it is to *say* so.
    """
    before = signed_in_person()
    kept = {name: session[name] for name in ("wanted", "kept_invitation", AGAIN) if name in session}
    _forget_session()
    session.permanent = True
    session["signed_in"] = session_token
    session.update(kept)
    for name in ("person", "proved_at"):
        g.pop(name, None)
    person = signed_in_person()
    current_facts().person = person.id if person is not None else None
    if person is not None:
        note_browser(person.id, request.user_agent.string)
    if before is not None and person is not None and before.id != person.id:
        words = _(
            "You are signed in as %(me)s, and %(other)s is signed out here.", me=person.email, other=before.email
        )
        flash(words, "info")
    elif say and person is not None:
        flash(_("You are signed in as %(me)s.", me=person.email), "info")


def _forget_session() -> None:
    if token := session.get("signed_in"):
        sessions.sign_out(token)
    session.clear()
