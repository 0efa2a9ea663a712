"""Rendering of a booking source's page, which several views show, and of the part of it that changes by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import render_template

from hubsync.domain.endpoint_states import EndpointState
from hubsync.domain.fingerprints import fingerprint
from hubsync.services import now
from hubsync.services.sources import endpoint_status, received
from hubsync.services.sources.endpoint_status import EndpointStatus
from hubsync.services.sources.endpoints import EndpointView
from hubsync.services.sources.status import AccountStage
from hubsync.web.sources.place import crumbs_to, sender_of, shown_source, source_of, title_of
from hubsync.web.sources.result_text import show_lines

RENEWED_FOR = timedelta(days=7)
"""So long the page tells that a subscription was made anew."""
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def render_source(endpoint: EndpointView | None, secret: str = "", token_error: str = "") -> str:
    """The page of the address, or of a source that has none yet; *secret* is one that was made just now.

    *token_error* is what is wrong with the token that was sent.
    """
    title, crumbs = title_of(endpoint), crumbs_to(endpoint)
    if endpoint is None:
        return render_template(
            "sources/not_set_up.html",
            source=shown_source(),
            title=title,
            crumbs=crumbs,
            token_error=token_error,
        )
    if not endpoint.is_understood:
        return _render_not_understood(endpoint, title, crumbs)
    live = live_parts(endpoint)
    status: EndpointStatus = live["status"]
    return render_template(
        "sources/show_source.html",
        source=source_of(endpoint),
        endpoint=endpoint,
        title=title,
        sender=sender_of(endpoint),
        crumbs=crumbs,
        address=endpoint.address,
        secret=secret,
        live=live,
        account=status.account,
        token_error=token_error,
        steps_are="first" if secret or token_error else _place_steps(status),
    )


def render_inside(template: str, endpoint: EndpointView, **shown: Any) -> str:
    """A page below that of the address."""
    crumbs = crumbs_to(endpoint, inside=True)
    return render_template(
        template, source=source_of(endpoint), endpoint=endpoint, title=title_of(endpoint), crumbs=crumbs, **shown
    )


def _render_not_understood(endpoint: EndpointView, title: str, crumbs: list[tuple[str, str]]) -> str:
    """The page of an address that another version has set up: what is wrong, and what can be done."""
    source = shown_source()
    senders = () if source.teachable is None else source.teachable.presets
    return render_template(
        "sources/not_understood.html",
        source=source,
        endpoint=endpoint,
        title=title,
        crumbs=crumbs,
        status=endpoint_status.read_status(endpoint),
        senders=senders,
        chosen=endpoint.options.get("preset", ""),
    )


def live_parts(endpoint: EndpointView) -> dict[str, Any]:
    """How the address stands and what came lately, as HTML; *seen* tells one from another, whatever its forms."""
    status = endpoint_status.read_status(endpoint)
    rows = received.list_received(endpoint.id)
    teachable = shown_source().teachable
    shown = render_template(
        "sources/received.html",
        source=shown_source(),
        is_untaught=teachable is not None and not teachable.is_taught(endpoint.options),
        endpoint=endpoint,
        sender=sender_of(endpoint),
        status=status,
        account=status.account,
        was_renewed=status.account.renewed_at is not None and status.account.renewed_at > now() - RENEWED_FOR,
        lines=show_lines(rows, received.list_deliveries(rows)),
    )
    seen = fingerprint(TOKEN.sub("", shown))[:16]
    return {"html": shown, "seen": seen, "status": status}


def _place_steps(status: EndpointStatus) -> str:
    """Where the steps stand: in front until they are done, and then folded up below what came."""
    if status.state in (EndpointState.SECRET_MISSING, EndpointState.NOT_CONNECTED):
        return "first"
    is_done = status.last_at is not None or status.account.stage is not AccountStage.NONE
    return "folded" if is_done else "first"
