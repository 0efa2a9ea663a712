"""CalDAV on the account page: a server with user and app password, then the choice of its calendars."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hubsync.errors import FeedError, FeedRefused, Refused
from hubsync.services.busy_calendars.accounts import (
    FoundAccount,
    add_account,
    find_account,
    open_account,
    seal_account,
)
from hubsync.web.busy_calendars.form import AccountForm, ChoiceForm
from hubsync.web.busy_calendars.page import explain_fault, pages, show_read
from hubsync.web.shell.guards import person_page


@pages.route("/add-account", methods=["GET", "POST"])
@person_page
def add_caldav() -> ResponseReturnValue:
    """Ask the server for the calendars of an account, and show them; otherwise say what is wrong, at the field."""
    form = AccountForm()
    if form.validate_on_submit():
        try:
            found = find_account(form.server.data or "", form.user.data or "", form.password.data or "")
        except FeedError as fault:
            field = form.password if isinstance(fault, FeedRefused) else form.server
            field.errors = (explain_fault(fault.code),)
        else:
            chosen = ["0"] if len(found.names) == 1 else []
            return _show_choice(ChoiceForm.of(found, calendars=chosen), found)
    return render_template("busy_calendars/add_account.html", form=form), (422 if form.errors else 200)


@pages.post("/choose")
@person_page
def choose() -> ResponseReturnValue:
    """Read the chosen calendars, and keep them as one busy calendar."""
    try:
        found = open_account(g.person.id, request.form.get("account", ""))
    except Refused as refused:
        flash(refused.message, "warning")
        return redirect(url_for("busy_calendars.add_caldav"))
    form = ChoiceForm.of(found)
    if form.validate_on_submit():
        try:
            chosen = [int(each) for each in form.calendars.data or ()]
            return show_read(add_account(g.person.id, found, chosen, form.name.data or "", form.chosen))
        except FeedError as fault:
            form.calendars.errors = (explain_fault(fault.code),)
        except Refused as refused:
            (form.name if refused.field else form.calendars).errors = (refused.message,)
    return _show_choice(form, found), 422


def _show_choice(form: ChoiceForm, found: FoundAccount) -> str:
    carried = seal_account(g.person.id, found)
    return render_template("busy_calendars/choose.html", form=form, account=carried, place=found.access.place)
