"""Place of a booking source's pages: which source and which of its addresses a request is about.

Each source of the registry has a blueprint of its own name. One of which a team may have several addresses has the
number of the address in its pages, which ``url_for`` fills in on the pages of that address.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from flask_babel import gettext

from hubsync.services.sources import endpoints
from hubsync.services.sources.endpoints import EndpointView
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source

NUMBER = "number"


def register(pages: Blueprint) -> None:
    """Let *pages*, a source's own, know the number of the address that they are about."""
    pages.url_value_preprocessor(_take_number)
    pages.url_defaults(_keep_number)


def page_of(source: Source) -> str:
    """Where the pages of an address are, below those of its *source*."""
    return f"/<int:{NUMBER}>" if source.takes_several else ""


def shown_source() -> Source:
    """The source whose page was asked for: its blueprint has its name."""
    return SOURCES[request.blueprint or ""]


def shown_number() -> int:
    """Which of the source's addresses the page is about."""
    return int(g.get(NUMBER, 1))


def find_shown() -> EndpointView | None:
    """The address that the page is about; None for one that has not been made.

    Of a source with several only those that exist have a page: any other is 404.
    """
    source = shown_source()
    endpoint = endpoints.show_endpoint(g.team.id, source.name, shown_number())
    if endpoint is None and source.takes_several:
        abort(404)
    return endpoint


def require_shown() -> EndpointView:
    """The address that the page is about, which must have been made: 404 without it."""
    endpoint = find_shown()
    if endpoint is None:
        abort(404)
    return endpoint


def require_understood() -> EndpointView:
    """The address that the page is about, set up in a way that is known; its own page says it where it is not."""
    endpoint = require_shown()
    if not endpoint.is_understood:
        abort(redirect(url_for(".show_endpoint")))
    return endpoint


def source_of(endpoint: EndpointView | None) -> Source:
    """The source as the team has set it up at *endpoint*; as it is itself where that is not known."""
    source = shown_source()
    if endpoint is None:
        return endpoints.configured(source, {})
    return endpoints.configured(source, endpoint.options) if endpoint.is_understood else source


def title_of(endpoint: EndpointView | None) -> str:
    """What the address is called: by its source, and where there are several by its name or number."""
    source = shown_source()
    if endpoint is None or not source.takes_several:
        return gettext(source.label)
    return endpoint.name or f"{gettext(source.label)} {endpoint.number}"


def sender_of(endpoint: EndpointView | None) -> str:
    """Who sends to the address, as a sentence names it."""
    source = shown_source()
    if source.teachable is None:
        return gettext(source.sender or source.label)
    *known, any_other = source.teachable.presets
    chosen = endpoint.options.get("preset", any_other.name) if endpoint is not None else any_other.name
    label = next((each.label for each in known if each.name == chosen), "")
    return gettext(label) if label else gettext("your booking tool")


def crumbs_to(endpoint: EndpointView | None, *, inside: bool = False) -> list[tuple[str, str]]:
    """(label, address) from Team Settings down to above the page of *endpoint*, and to that page *inside* it."""
    crumbs = [
        (gettext("Team Settings"), url_for("teams.settings")),
        (gettext("Integrations"), url_for("integrations.list_integrations")),
    ]
    if endpoint is not None and shown_source().takes_several:
        crumbs.append((gettext(shown_source().label), url_for(".list_endpoints")))
    if inside:
        crumbs.append((title_of(endpoint), url_for(".show_endpoint")))
    return crumbs


def _take_number(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and NUMBER in values:
        g.number = values.pop(NUMBER)


def _keep_number(endpoint: str, values: dict[str, Any]) -> None:
    if NUMBER in g and current_app.url_map.is_endpoint_expecting(endpoint, NUMBER):
        values.setdefault(NUMBER, g.number)
