"""Start page, and the team's general settings: name, plan, mail, deletion."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field

from hubsync import config
from hubsync.domain.blocked_guests import is_blocked, shown_entry
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.plans import Plan, posts
from hubsync.domain.roles import Action
from hubsync.errors import MailNotSent, Refused
from hubsync.services.alerts.addresses import list_addresses
from hubsync.services.deliveries import queries
from hubsync.services.operations import mail_check, team_deletion
from hubsync.services.teams import joining, language, members, public_details, typed_lists
from hubsync.web.shell.guards import signed_in_page, team_page
from hubsync.web.shell.labels import PLANS
from hubsync.web.shell.mail_errors import explain_mail_fault, mail_place
from hubsync.web.shell.session_forms import Form
from hubsync.web.shell.unposted import tell_before
from hubsync.web.teams.chat_alerts import FAULTS
from hubsync.web.teams.settings_form import (
    BlockedGuestsForm,
    LanguageForm,
    ParentSitesForm,
    PlanForm,
    PublicDetailsForm,
    TeamForm,
    TypedListForm,
    TypedNameForm,
)

pages = Blueprint("teams", __name__)


@pages.get("/")
@signed_in_page
def start() -> ResponseReturnValue:
    """Go to the calendars of the team visited last, else of the first one."""
    slugs = [membership.team.slug for membership in members.list_memberships(g.person.id)]
    if not slugs:
        return render_template("teams/no_team.html", offers=joining.list_offers(g.person))
    last = session.get("team")
    return redirect(url_for("calendars.list_calendars", team_slug=last if last in slugs else slugs[0]))


@pages.get("/teams/<team_slug>/")
@team_page()
def show_team() -> ResponseReturnValue:
    """A team's first page is its calendars."""
    return redirect(url_for("calendars.list_calendars"))


@pages.get("/teams/<team_slug>/settings")
@team_page(Action.TEAM_SETTINGS)
def settings() -> ResponseReturnValue:
    """Team Settings > General; the guest of the delivery that the address names as *block* is proposed there."""
    return _render(proposed=_proposed_guest())


@pages.post("/teams/<team_slug>/settings/name")
@team_page(Action.TEAM_SETTINGS)
def rename() -> ResponseReturnValue:
    """Save another name."""
    form = TeamForm()
    if form.validate_on_submit():
        try:
            members.rename_team(g.team.id, form.name.data, by=g.person.id)
        except Refused as refused:
            form.name.errors = (refused.message,)
        else:
            flash(_("The team has a new name."), "success")
            return redirect(url_for("teams.settings"))
    return _render(name=form), 422


@pages.post("/teams/<team_slug>/settings/public-details")
@team_page(Action.TEAM_SETTINGS)
def save_public_details() -> ResponseReturnValue:
    """Save what guests read of the team."""
    form = PublicDetailsForm()
    if form.validate_on_submit():
        name, notice = form.responsible_name.data or "", form.privacy_notice.data or ""
        try:
            public_details.save_public_details(g.team.id, name, notice, by=g.person.id)
        except Refused as refused:
            form[refused.field or "privacy_notice"].errors = (refused.message,)
        else:
            flash(_("Guests read this on your booking pages now."), "success")
            return redirect(url_for("teams.settings"))
    return _render(details=form), 422


@pages.post("/teams/<team_slug>/settings/language")
@team_page(Action.TEAM_SETTINGS)
def save_language() -> ResponseReturnValue:
    """Save the language of notices and chat alerts."""
    form = LanguageForm()
    if form.validate_on_submit():
        language.save_language(g.team.id, form.language.data, by=g.person.id)
        flash(_("The language of the team is saved."), "success")
        return redirect(url_for("teams.settings"))
    return _render(language=form), 422


@pages.post("/teams/<team_slug>/settings/parent-sites")
@team_page(Action.TEAM_SETTINGS)
def save_parent_sites() -> ResponseReturnValue:
    """Save which sites may show booking pages inside theirs."""
    form = ParentSitesForm()
    saved = _save_list(form, form.parent_sites, g.team.parent_sites, typed_lists.save_parent_sites)
    if saved:
        flash(_("The list of sites is saved."), "success")
    return redirect(url_for("teams.settings")) if saved else (_render(sites=form), 422)


@pages.post("/teams/<team_slug>/settings/blocked-guests")
@team_page(Action.TEAM_SETTINGS)
def save_blocked_guests() -> ResponseReturnValue:
    """Save whose bookings are not taken."""
    form = BlockedGuestsForm()
    saved = _save_list(form, form.blocked_guests, g.team.blocked_guests, typed_lists.save_blocked_guests)
    if saved:
        flash(_("The list of blocked guests is saved."), "success")
    return redirect(url_for("teams.settings")) if saved else (_render(blocked=form), 422)


@pages.post("/teams/<team_slug>/settings/plan")
@team_page(Action.CHANGE_PLAN)
def change_plan() -> ResponseReturnValue:
    """Save another plan."""
    form = PlanForm()
    if form.validate_on_submit():
        former = g.team.plan
        members.change_plan(g.team.id, g.role, form.plan.data, by=g.person.id)
        message = _("The team is on the plan %(plan)s now.", plan=PLANS[Plan(form.plan.data)])
        # What waits is offered by the log itself, and what each waits for is not the plan.
        begins = posts(Plan(form.plan.data)) and not posts(former)
        before = tell_before(None, (DeliveryState.SKIPPED,)) if begins else ""
        flash(Markup("{} {}").format(message, before).rstrip(), "success")
        return redirect(url_for("teams.settings"))
    return _render(plan=form), 422


@pages.post("/teams/<team_slug>/settings/test-mail")
@team_page(Action.TEAM_SETTINGS)
def send_test_mail() -> ResponseReturnValue:
    """Mail a few words to whoever presses, and say what came of it."""
    email = g.person.email
    try:
        mail_check.send_test_mail(email, g.team)
    except Refused as refused:
        flash(refused.message, "error")
    except MailNotSent as fault:
        flash(_("The test mail could not be sent. %(why)s", why=explain_mail_fault(fault)), "error")
    else:
        flash(_("The mail server took the test mail. Look into the mailbox of %(email)s.", email=email), "success")
    return redirect(url_for("teams.settings"))


@pages.route("/teams/<team_slug>/settings/delete", methods=["GET", "POST"])
@team_page(Action.DELETE_TEAM)
def delete_team() -> ResponseReturnValue:
    """Say what goes, ask for the name, then delete the team."""
    form, name = TypedNameForm(), g.team.name
    if form.validate_on_submit():
        try:
            team_deletion.delete_team(g.team.id, form.typed_name.data, by=g.person.id)
        except Refused as refused:
            form.typed_name.errors = (refused.message,)
        else:
            flash(_("The team %(team)s is deleted.", team=name), "success")
            g.pop("team")  # or url_for would stay in it
            return redirect(url_for("teams.start"))
    shown = {"form": form, "belongings": team_deletion.count_belongings(g.team.id)}
    return render_template("teams/delete_team.html", **shown), 422 if request.method == "POST" else 200


def _save_list(form: TypedListForm, typed: Field, stored: list[str], save: Callable[..., None]) -> bool:
    """Whether the list in the field *typed* was saved; what is wrong with it is at the field then."""
    if form.validate_on_submit():
        try:
            save(g.team.id, typed.data or "", form.mark.data or "", by=g.person.id)
        except Refused as refused:
            typed.errors = (refused.message,)
        else:
            return True
    form.mark.data = typed_lists.mark_of(stored)  # whoever saves it again has read what was changed
    return False


def _proposed_guest() -> str:
    """The address of a guest whom somebody may want to block; empty where none is named, or it is blocked.

    The page's own address names the delivery, because whatever it says gets into logs.
    """
    typed = request.args.get("block", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 18):
        return ""
    email = queries.find_delivery(g.membership, int(typed)).booking.guest_email
    return email if email and not is_blocked(email, g.team.blocked_guests) else ""


def _render(
    name: Form | None = None,
    plan: Form | None = None,
    details: Form | None = None,
    sites: Form | None = None,
    blocked: Form | None = None,
    language: Form | None = None,
    proposed: str = "",
) -> str:
    """The page with the form that came back, and with the others as they are stored.

    *proposed* stands at the end of the blocked guests, for somebody to save.
    """
    team = g.team
    guests = [*team.blocked_guests, *([proposed] if proposed else [])]
    return render_template(
        "teams/settings.html",
        name_form=name or TeamForm(formdata=None, name=team.name),
        plan_form=plan or PlanForm(formdata=None, plan=team.plan),
        details_form=details
        or PublicDetailsForm(
            formdata=None, responsible_name=team.responsible_name, privacy_notice=team.privacy_notice
        ),
        language_form=language or LanguageForm(formdata=None, language=team.language),
        sites_form=sites or ParentSitesForm.of(team.parent_sites, parent_sites="\n".join(team.parent_sites)),
        blocked_form=blocked
        or BlockedGuestsForm.of(team.blocked_guests, blocked_guests="\n".join(map(shown_entry, guests))),
        proposed=shown_entry(proposed),
        plans=PLANS,
        posts=posts(team.plan),
        chat_addresses=list_addresses(team.id),
        chat_faults=FAULTS,
        mail_set_up=config.settings().mail_set_up,
        mail_place=mail_place(),
        mail_sender=config.settings().mail_default_sender,
    )
