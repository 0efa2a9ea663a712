"""Account page: profile, sign-in methods, sessions, teams."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.errors import Refused
from hubsync.services.bookings import booking_feed
from hubsync.services.bookings.appointments import count_to_come_with
from hubsync.services.busy_calendars.status import list_busy_calendars
from hubsync.services.people import profile, sessions
from hubsync.services.signin import identities, methods
from hubsync.services.signin.sign_ins import list_sign_ins
from hubsync.services.teams import leaving as team_leaving
from hubsync.services.teams import members
from hubsync.web.busy_calendars.page import count_ahead, explain_fault, tell_age
from hubsync.web.people.account_form import ProfileForm
from hubsync.web.shell.guards import person_page, stay_signed_in, team_page
from hubsync.web.shell.i18n import keep_language
from hubsync.web.shell.labels import ROLES, SIGN_IN_WAYS
from hubsync.web.shell.unread_events import explain_unread

pages = Blueprint("account", __name__)


@pages.get("/account")
@person_page
def show() -> ResponseReturnValue:
    """Everything about oneself on one page."""
    person = g.person
    return _render(ProfileForm(name=person.name, time_zone=person.time_zone, language=person.language))


@pages.post("/account")
@person_page
def save() -> ResponseReturnValue:
    """Save name, time zone and language; they count from the next page on."""
    form = ProfileForm()
    if form.validate_on_submit():
        try:
            g.person = profile.save_profile(
                g.person.id, form.name.data or "", form.time_zone.data, form.language.data
            )
        except Refused as refused:
            form[refused.field or "name"].errors = (refused.message,)
        else:
            keep_language(g.person.language)  # for the message, and for the pages after signing out
            flash(_("Your account is saved."), "success")
            return redirect(url_for("account.show"))
    return _render(form), 422


@pages.post("/account/sessions/<int:session_id>/end")
@person_page
def sign_out_there(session_id: int) -> ResponseReturnValue:
    """Sign out one of the browsers."""
    sessions.sign_out_there(g.person.id, session_id)
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("account.show", _anchor="sessions"))


@pages.post("/account/sessions/end-others")
@person_page
def sign_out_others() -> ResponseReturnValue:
    """Sign out every browser but this one, whose cookie is exchanged: copies of it are dead too."""
    session["signed_in"] = sessions.sign_out_others(session["signed_in"])
    flash(_("You are signed out in all other browsers."), "success")
    return redirect(url_for("account.show", _anchor="sessions"))


@pages.post("/account/sessions/end-all")
@person_page
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out every browser, this one too."""
    sessions.sign_out_everywhere(g.person.id)
    session.clear()
    flash(_("You are signed out in all browsers, this one too."), "success")
    return redirect(url_for("signin.sign_in"))


@pages.route("/account/ways-in/<int:identity_id>/unlink", methods=["GET", "POST"])
@person_page
def unlink(identity_id: int) -> ResponseReturnValue:
    """Ask, then let an account at a provider sign the person in no more."""
    ways = methods.list_methods(g.person.id)
    linked = ways.find(identity_id)
    if request.method == "POST":
        identities.unlink(g.person.id, identity_id)
        # Whoever came in by that account may be somebody else.
        session["signed_in"] = sessions.sign_out_others(session["signed_in"])
        flash(_("Your account at %(provider)s is unlinked.", provider=linked.label), "success")
        return redirect(url_for("account.show", _anchor="ways-in"))
    return render_template("people/unlink.html", linked=linked, possible=ways.can_spare(linked))


@pages.route("/account/teams/<team_slug>/leave", methods=["GET", "POST"])
@team_page()
def leave_team() -> ResponseReturnValue:
    """Ask, then take the person out of the team, who stays signed in."""
    if request.method == "POST":
        name = g.team.name
        team_leaving.leave_team(g.membership)
        stay_signed_in()
        flash(_("You do not belong to %(team)s any more.", team=name), "success")
        return redirect(url_for("account.show"))
    return render_template(
        "teams/leave_team.html",
        leaving=team_leaving.read_leaving(g.membership),
        hosted=count_to_come_with(g.team.id, g.person.id),
    )


def _render(form: ProfileForm) -> str:
    return render_template(
        "people/show.html",
        form=form,
        ways=methods.list_methods(g.person.id),
        sessions=sessions.list_sessions(g.person.id, session["signed_in"]),
        feed_made_at=booking_feed.find_made_at(g.person.id),
        memberships=members.list_memberships(g.person.id),
        roles=ROLES,
        browser_words=browser_words,
        browser_named=browser_named,
        sign_ins=list_sign_ins(g.person.id),
        sign_in_ways=SIGN_IN_WAYS,
        busy_calendars=list_busy_calendars(g.person.id),
        read=request.args.get("read", 0, int),
        count_ahead=count_ahead,
        explain_fault=explain_fault,
        explain_unread=explain_unread,
        tell_age=tell_age,
    )


def browser_words(signed_in: sessions.SignedIn) -> str:
    """A browser as people speak of it."""
    return browser_named(f"{signed_in.program}/{signed_in.system}")


def browser_named(browser: str) -> str:
    """The same for program and system, such as ``Firefox/Linux``."""
    program, _slash, system = browser.partition("/")
    if program and system:
        return _("%(program)s on %(system)s", program=program, system=system)
    return program or system or _("A browser that does not say its name")
