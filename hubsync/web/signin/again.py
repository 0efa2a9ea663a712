"""Signing in again before what hurts, and going on with it afterwards."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.services.people import sessions
from hubsync.services.people.profile import links_work
from hubsync.services.signin import methods
from hubsync.web.shell.guards import signed_in_page, wanted_page
from hubsync.web.shell.recent_sign_in import KEY, find_interrupted

pages = Blueprint("again", __name__)


@pages.get("/signin/again")
@signed_in_page
def ask() -> ResponseReturnValue:
    """Say what for, and offer the person's own ways to sign in."""
    interrupted = find_interrupted()
    if interrupted is None or sessions.is_recent(g.proved_at):
        return redirect(wanted_page())
    linked = {each.provider: each.label for each in methods.list_methods(g.person.id).linked if each.works}
    return render_template("signin/again.html", interrupted=interrupted, linked=linked, links=links_work())


@pages.get("/signin/go-on")
@signed_in_page
def go_on() -> ResponseReturnValue:
    """The button that was pressed, once more, with what was typed."""
    interrupted = find_interrupted()
    if interrupted is None or not interrupted.address:
        return redirect(url_for("teams.start"))
    return render_template("signin/go_on.html", interrupted=interrupted)


@pages.get("/signin/go-back")
@signed_in_page
def go_back() -> ResponseReturnValue:
    """Lead to the page of a form of which nothing may be repeated."""
    interrupted = find_interrupted()
    session.pop(KEY, None)
    if interrupted is None:
        return redirect(url_for("teams.start"))
    flash(_("You are signed in again. Secrets are not kept, so enter them once more."), "info")
    return redirect(interrupted.page)
