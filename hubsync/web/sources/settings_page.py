"""Team Settings > Integrations > a booking source: its address and secret, and how to send there.

One page for all of them: each source of the registry has it under its own name, with its own words.
"""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.sources import endpoints
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source
from hubsync.web.shell.guards import team_page


@team_page(Action.TEAM_SETTINGS)
def show_endpoint() -> ResponseReturnValue:
    """The address, and how to send there."""
    return _render()


@team_page(Action.TEAM_SETTINGS)
def make_endpoint() -> ResponseReturnValue:
    """Make the address and show its secret, this once."""
    try:
        secret = endpoints.make_endpoint(g.team.id, _source().name, by=g.person.id)
    except Refused as refused:
        flash(refused.message, "info")
        return redirect(url_for(".show_endpoint"))
    return _render(secret)


@team_page(Action.TEAM_SETTINGS)
def renew_secret() -> ResponseReturnValue:
    """Ask, then replace the secret and show the new one, this once."""
    if request.method == "GET":
        return render_template("sources/renew_secret.html", source=_source())
    return _render(endpoints.renew_secret(g.team.id, _source().name, by=g.person.id))


def _source() -> Source:
    """The source whose page was asked for: its blueprint has its name."""
    return SOURCES[request.blueprint or ""]


def _render(secret: str = "") -> str:
    source = _source()
    endpoint = endpoints.show_endpoint(g.team.id, source.name)
    return render_template(
        "sources/show_source.html",
        source=source,
        address=endpoint.address if endpoint else "",
        secret=secret,
        lost=endpoint is not None and endpoint.lost,
    )


def make_pages(source: Source) -> Blueprint:
    """The pages of *source*."""
    pages = Blueprint(source.name, __name__)
    address = f"/teams/<team_slug>/settings/integrations/{source.name.replace('_', '-')}"
    pages.add_url_rule(address, view_func=show_endpoint, methods=["GET"])
    pages.add_url_rule(address, view_func=make_endpoint, methods=["POST"])
    pages.add_url_rule(f"{address}/secret", view_func=renew_secret, methods=["GET", "POST"])
    return pages


BLUEPRINTS = tuple(map(make_pages, SOURCES.values()))
