"""Name of an address, by which people tell a source's addresses apart."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hubsync.domain.roles import Action
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.source import Source
from hubsync.web.shell.guards import team_page
from hubsync.web.sources.place import page_of, require_shown, shown_number, shown_source
from hubsync.web.sources.rendering import render_inside


@team_page(Action.TEAM_SETTINGS)
def rename() -> ResponseReturnValue:
    """Ask for another name, then keep it; without one the address is called by its number."""
    endpoint = require_shown()
    if request.method == "GET":
        return render_inside("sources/rename.html", endpoint)
    name = request.form.get("name", "")
    endpoint_setup.set_up(g.team.id, shown_source().name, number=shown_number(), by=g.person.id, name=name)
    flash(gettext("The name is saved."), "success")
    return redirect(url_for(".show_endpoint"))


def free_name(usual: str, source: Source) -> str:
    """*usual*, with a number behind it where another of the team's addresses of *source* is called so."""
    taken = {each.name for each in endpoints.list_endpoints(g.team.id, source.name)}
    number, name = 1, usual
    while name and name in taken:
        number += 1
        name = f"{usual} {number}"
    return name


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the view of this module, if *source* has several addresses."""
    if source.takes_several:
        pages.add_url_rule(f"{page_of(source)}/name", view_func=rename, methods=["GET", "POST"])
