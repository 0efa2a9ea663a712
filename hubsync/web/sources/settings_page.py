"""Team Settings > Integrations > a booking source: its address and secret, how to send there, and what came.

The same pages for all sources; each of the registry has them under its own name, with its own words.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.sources import endpoint_setup, endpoint_status, endpoints, subscriptions
from hubsync.services.sources.status import AccountStage, status_of
from hubsync.sources.source import Source
from hubsync.web.shell.guards import team_page
from hubsync.web.sources.account_page import renew_subscription
from hubsync.web.sources.name_page import free_name
from hubsync.web.sources.new_secret import lead_to
from hubsync.web.sources.place import (
    crumbs_to,
    find_shown,
    page_of,
    require_shown,
    require_understood,
    shown_number,
    shown_source,
    source_of,
    title_of,
)
from hubsync.web.sources.rendering import live_parts, render_inside, render_source
from hubsync.web.sources.secret_form import SecretForm


@team_page(Action.TEAM_SETTINGS)
def show_endpoint() -> ResponseReturnValue:
    """How to send there, and what came."""
    return render_source(find_shown())


@team_page(Action.TEAM_SETTINGS)
def list_endpoints() -> ResponseReturnValue:
    """Every address of a source of which there may be several, and one more."""
    source = shown_source()
    statuses = endpoint_status.list_statuses(g.team.id).get(source.name, [])
    return render_template(
        "sources/list_endpoints.html",
        source=source,
        statuses=statuses,
        title=title_of(None),
        crumbs=crumbs_to(None),
    )


@team_page(Action.TEAM_SETTINGS)
def make_endpoint() -> ResponseReturnValue:
    """Make the address; a secret that is made here is shown on the page behind it, once."""
    source = shown_source()
    name, options = request.form.get("name", "").strip(), _chosen_sender(source)
    name = name or free_name(_usual_name(source, options), source)
    secret = "" if endpoints.configured(source, options).entered_secret else None
    try:
        made = endpoint_setup.add_endpoint(
            g.team.id, source.name, by=g.person.id, secret=secret, name=name, options=options
        )
    except Refused as refused:
        flash(refused.message, "info")
        return redirect(url_for(".list_endpoints" if source.takes_several else ".show_endpoint"))
    g.number = made.number
    return lead_to(require_shown()) if made.secret else redirect(url_for(".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def renew_secret() -> ResponseReturnValue:
    """Ask, then take the secret that was entered, or make one and lead to where it is shown, once.

    A sender that makes its own takes no other, so none is made for it.
    """
    source, endpoint, form = shown_source(), require_understood(), SecretForm()
    if status_of(endpoint.id).stage is not AccountStage.NONE:
        return renew_subscription(endpoint)
    given = request.form.get("secret", "" if source_of(endpoint).entered_secret else None)
    if request.method == "POST":
        try:
            endpoint_setup.renew_secret(
                g.team.id, source.name, number=shown_number(), by=g.person.id, secret=given
            )
        except Refused as refused:
            form.secret.errors = (refused.message,)
        else:
            if given is None:
                return lead_to(endpoint)
            flash(_("The secret is kept, encrypted, and not shown again."), "success")
            return redirect(url_for(".show_endpoint"))
    return render_inside("sources/renew_secret.html", endpoint, form=form), (422 if form.errors else 200)


@team_page(Action.TEAM_SETTINGS)
def end_former_secret() -> ResponseReturnValue:
    """Let the former secret count no more."""
    endpoint_setup.end_former_secret(g.team.id, shown_source().name, number=shown_number(), by=g.person.id)
    flash(_("The former secret no longer counts."), "success")
    return redirect(url_for(".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def disable() -> ResponseReturnValue:
    """Ask, then switch the address off."""
    endpoint = require_shown()
    if request.method == "GET":
        return render_inside("sources/disable.html", endpoint, account=status_of(endpoint.id))
    subscriptions.disable(endpoint.id, by=g.person.id)
    return redirect(url_for(".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def enable() -> ResponseReturnValue:
    """Switch the address on again."""
    endpoint_setup.switch(g.team.id, shown_source().name, on=True, number=shown_number(), by=g.person.id)
    return redirect(url_for(".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def remove() -> ResponseReturnValue:
    """Ask, then delete an address that is switched off, for good."""
    source, endpoint = shown_source(), require_shown()
    if request.method == "GET":
        is_off = endpoint.disabled_at is not None
        return render_inside("sources/remove.html", endpoint) if is_off else redirect(url_for(".show_endpoint"))
    try:
        endpoint_setup.remove(g.team.id, source.name, number=shown_number(), by=g.person.id)
    except Refused as refused:
        flash(refused.message, "info")
        return redirect(url_for(".show_endpoint"))
    flash(_("The address is removed."), "success")
    return redirect(url_for(".list_endpoints" if source.takes_several else ".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def tell_received() -> ResponseReturnValue:
    """The part of the page that changes, for its script; 204 where that is what it has seen already."""
    parts = live_parts(require_understood())
    if request.args.get("seen") == parts["seen"]:
        return "", 204
    return jsonify(html=parts["html"], seen=parts["seen"])


@team_page(Action.TEAM_SETTINGS)
def set_up_anew() -> ResponseReturnValue:
    """Set up for a sender that is known here what another version of HubSync has set up."""
    source, endpoint = shown_source(), require_shown()
    if not endpoint.is_understood:
        options = _chosen_sender(source)
        endpoint_setup.set_up(g.team.id, source.name, number=shown_number(), by=g.person.id, options=options)
        flash(_("The address is set up anew. What comes from now on is read so."), "success")
    return redirect(url_for(".show_endpoint"))


def _chosen_sender(source: Source) -> Mapping[str, str]:
    """The first options of an address: those of a sender that is known, where one was chosen."""
    if source.teachable is None:
        return {}
    *known, any_sender = [each.name for each in source.teachable.presets]
    chosen = request.form.get("preset", any_sender)
    if chosen not in (*known, any_sender):
        abort(400)
    return {"preset": chosen}


def _usual_name(source: Source, options: Mapping[str, str]) -> str:
    """What a new address is called that nobody gave a name: as its sender is, where that is known."""
    known = () if source.teachable is None else source.teachable.presets[:-1]
    return next((gettext(each.label) for each in known if each.name == options["preset"]), "")


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the views of this module that *source* has.

    Of a source with several addresses these are listed, and each has pages of its own.
    """
    page = page_of(source)
    if source.takes_several:
        pages.add_url_rule("", view_func=list_endpoints, methods=["GET"])
    pages.add_url_rule("", view_func=make_endpoint, methods=["POST"])
    pages.add_url_rule(page, view_func=show_endpoint, methods=["GET"])
    pages.add_url_rule(f"{page}/secret", view_func=renew_secret, methods=["GET", "POST"])
    pages.add_url_rule(f"{page}/secret/end", view_func=end_former_secret, methods=["POST"])
    pages.add_url_rule(f"{page}/disable", view_func=disable, methods=["GET", "POST"])
    pages.add_url_rule(f"{page}/enable", view_func=enable, methods=["POST"])
    pages.add_url_rule(f"{page}/remove", view_func=remove, methods=["GET", "POST"])
    if source.configure is not None:
        pages.add_url_rule(f"{page}/anew", view_func=set_up_anew, methods=["POST"])
    pages.add_url_rule(f"{page}/received.json", view_func=tell_received, methods=["GET"])
