"""The start page, and Team Settings > General: name, plan, members."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from hubsync.domain.roles import Action, Role
from hubsync.errors import Refused
from hubsync.services import teams
from hubsync.web.frame import signed_in_page, team_page
from hubsync.web.teams_forms import GIVEN_ROLES, PLANS, ROLES, MemberForm, PlanForm, TeamForm

pages = Blueprint("teams", __name__)


@pages.get("/")
@signed_in_page
def start() -> ResponseReturnValue:
    """Go to the calendars of the first team."""
    memberships = teams.list_memberships(g.person.id)
    if not memberships:
        return render_template("teams/no_team.html")
    return redirect(url_for("calendars.list_calendars", team_slug=memberships[0].team.slug))


@pages.get("/teams/<team_slug>/")
@team_page()
def show_team() -> ResponseReturnValue:
    """A team's first page is its calendars."""
    return redirect(url_for("calendars.list_calendars"))


@pages.get("/teams/<team_slug>/settings")
@team_page(Action.TEAM_SETTINGS)
def settings() -> ResponseReturnValue:
    """Team Settings > General."""
    return _render(TeamForm(name=g.team.name), PlanForm(plan=g.team.plan), MemberForm(role=Role.MEMBER))


@pages.post("/teams/<team_slug>/settings/name")
@team_page(Action.TEAM_SETTINGS)
def rename() -> ResponseReturnValue:
    """Save another name."""
    form = TeamForm()
    if form.validate_on_submit():
        try:
            teams.rename_team(g.team.id, form.name.data)
        except Refused as refused:
            form.name.errors = (refused.message,)
        else:
            flash(_("The team has a new name."), "success")
            return redirect(url_for("teams.settings"))
    return _render(form, PlanForm(formdata=None, plan=g.team.plan), MemberForm(formdata=None)), 422


@pages.post("/teams/<team_slug>/settings/plan")
@team_page(Action.CHANGE_PLAN)
def change_plan() -> ResponseReturnValue:
    """Save another plan."""
    form = PlanForm()
    if form.validate_on_submit():
        teams.change_plan(g.team.id, g.role, form.plan.data)
        flash(_("The team is on the plan %(plan)s now.", plan=PLANS[form.plan.data]), "success")
        return redirect(url_for("teams.settings"))
    return _render(TeamForm(formdata=None, name=g.team.name), form, MemberForm(formdata=None)), 422


@pages.post("/teams/<team_slug>/settings/members")
@team_page(Action.MANAGE_MEMBERS)
def add_member() -> ResponseReturnValue:
    """Add somebody by e-mail address."""
    form = MemberForm()
    if form.validate_on_submit():
        try:
            person = teams.add_member(g.team.id, form.email.data, Role(form.role.data))
        except Refused as refused:
            form.email.errors = (refused.message,)
        else:
            flash(_("%(email)s can sign in and belongs to the team now.", email=person.email), "success")
            return redirect(url_for("teams.settings"))
    name, plan = TeamForm(formdata=None, name=g.team.name), PlanForm(formdata=None, plan=g.team.plan)
    return _render(name, plan, form), 422


@pages.post("/teams/<team_slug>/settings/members/<int:person_id>/role")
@team_page(Action.MANAGE_MEMBERS)
def change_role(person_id: int) -> ResponseReturnValue:
    """Make somebody an administrator or a member."""
    asked = request.form.get("role", "")
    if asked not in list(GIVEN_ROLES):
        abort(400, _("There is no such role to give."))
    teams.change_role(g.team.id, person_id, Role(asked))
    flash(_("The role is changed and counts from the next click on."), "success")
    return redirect(url_for("teams.settings"))


@pages.route("/teams/<team_slug>/settings/members/<int:person_id>/remove", methods=["GET", "POST"])
@team_page(Action.MANAGE_MEMBERS)
def remove_member(person_id: int) -> ResponseReturnValue:
    """Ask, then take somebody out of the team."""
    found = next((each for each in teams.list_members(g.team.id) if each.person_id == person_id), None)
    if found is None:
        abort(404)
    if request.method == "POST":
        email = found.person.email
        teams.remove_member(g.team.id, person_id)
        flash(_("%(email)s does not belong to the team any more.", email=email), "success")
        return redirect(url_for("teams.settings"))
    return render_template("teams/remove_member.html", member=found)


def _render(name: FlaskForm, plan: FlaskForm, member: FlaskForm) -> str:
    return render_template(
        "teams/settings.html",
        name_form=name,
        plan_form=plan,
        member_form=member,
        members=teams.list_members(g.team.id),
        roles=ROLES,
        given_roles=GIVEN_ROLES,
        plans=PLANS,
    )
