"""A new secret, shown once: the press that makes it leads to a page of its own, which shows it this one time.

So reloading that page, or going back to it, makes no other secret. Between the two the session knows which secret
may be shown, by a fingerprint of its sealed text; the secret itself is in no cookie.
"""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from hubsync.domain.roles import Action
from hubsync.services import now
from hubsync.services.sources import endpoints
from hubsync.services.sources.endpoints import EndpointView
from hubsync.sources.source import Source
from hubsync.web.shell.guards import team_page
from hubsync.web.sources.place import page_of, require_understood
from hubsync.web.sources.rendering import render_source

SECONDS = 900
"""For so long it may be shown: a press whose answer was lost is made good by going to the page."""
KEY = "new_secret"


def lead_to(endpoint: EndpointView) -> ResponseReturnValue:
    """Let the secret that *endpoint* has now be shown once, and lead there."""
    session[KEY] = [endpoint.id, endpoints.mark_secret(endpoint.id), int(now().timestamp()) + SECONDS]
    return redirect(url_for(".show_new_secret"))


@team_page(Action.TEAM_SETTINGS)
def show_new_secret() -> ResponseReturnValue:
    """The page of the address with its new secret, once; without it the page itself."""
    endpoint = require_understood()
    secret = "" if request.method == "HEAD" else _take(endpoint)
    return render_source(endpoint, secret) if secret else redirect(url_for(".show_endpoint"))


def _take(endpoint: EndpointView) -> str:
    endpoint_id, mark, until = session.get(KEY, (None, "", 0))
    if endpoint_id != endpoint.id:
        return ""
    del session[KEY]
    return endpoints.open_marked_secret(endpoint.id, mark) if now().timestamp() <= until else ""


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the view of this module."""
    pages.add_url_rule(f"{page_of(source)}/secret/new", view_func=show_new_secret, methods=["GET"])
