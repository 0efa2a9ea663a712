"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.errors import LinkSpent
from hubsync.services import accounts, sessions, signing_in, tools
from hubsync.web.frame import signed_in_person, wanted_page
from hubsync.web.signin_forms import SignInForm

pages = Blueprint("signin", __name__)


@pages.route("/signin", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for a link. Whoever has an account or not reads the same answer."""
    form = SignInForm()
    if form.validate_on_submit() and accounts.links_work():
        signing_in.ask_for_link(form.email.data, request.remote_addr)
        return render_template("signin/link_sent.html", email=form.email.data)
    if signed_in_person() is not None:
        return redirect(url_for("teams.start"))
    providers = tools().identity.offered()
    if providers:  # on a phone the keyboard would cover their buttons
        form.email.render_kw = {**(form.email.render_kw or {}), "autofocus": False}
    links, mail = accounts.links_work(), tools().mail_set_up
    return render_template("signin/sign_in.html", form=form, links=links, mail_set_up=mail, providers=providers)


@pages.get("/signin/link/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Show the button only: mail scanners open links, but press nothing."""
    return render_template("signin/open_link.html", token=token)


@pages.post("/signin/link/<token>")
def redeem_link(token: str) -> ResponseReturnValue:
    """Sign in by the link."""
    try:
        signed_in = signing_in.redeem(token, request.form.get("time_zone", ""))
    except LinkSpent:
        return render_template("signin/link_spent.html", links=accounts.links_work()), 410
    enter(signed_in)
    return redirect(wanted_page())


@pages.post("/signout")
def sign_out() -> ResponseReturnValue:
    """End the session here and for every copy of its cookie."""
    _forget_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("signin.sign_in"))


def enter(session_token: str) -> None:
    """Be signed in with this token, in a session that knows nothing of the one before but the wanted page.

    That may be the page of an invitation, which is kept in the session and not in the page's address.
    """
    kept = {name: session[name] for name in ("wanted", "kept_invitation") if name in session}
    _forget_session()
    session.permanent = True
    session["signed_in"] = session_token
    session.update(kept)


def _forget_session() -> None:
    if token := session.get("signed_in"):
        sessions.sign_out(token)
    session.clear()
