"""Sending a sample through: what a body would become at an address, shown and not kept."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hubsync.domain.roles import Action
from hubsync.services.sources.endpoints import EndpointView, configured
from hubsync.sources.registry import read_sample
from hubsync.sources.source import LARGEST_BODY, Source
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.request_bodies import takes_bytes
from hubsync.web.sources.outcome import OutcomeShown, foresee
from hubsync.web.sources.place import crumbs_to, find_shown, page_of, require_understood, sender_of, shown_source

LARGEST_FORM = 3 * LARGEST_BODY
"""A body that is pasted into a form may come larger than it is, and is refused at its field up to here."""
FORM = re.compile(r"[\w.%+*\[\]-]{1,200}=\S*")
"""How a body begins that is encoded as browsers send forms."""
LONGEST_REPEATED = 200_000
"""A longer body is not sent back to the browser that has it anyway."""


@takes_bytes(LARGEST_FORM)
@team_page(Action.TEAM_SETTINGS)
def try_sample() -> ResponseReturnValue:
    """The source's own sample, or what somebody pasted, all the way to the preview."""
    endpoint = find_shown()
    if endpoint is not None:
        endpoint = require_understood()
    options = endpoint.options if endpoint is not None else {}
    source = configured(shown_source(), options)
    if request.method == "GET":
        return _try_own(endpoint, source, str(options.get("preset", "")))
    pasted = request.form.get("body", "")
    if not pasted.strip():
        return _render(endpoint, "", faults=[("", gettext("Paste what your booking tool sent."))]), 422
    outcome, faults = foresee(source, pasted.encode("utf-8", "replace"))
    if faults and FORM.fullmatch(pasted.strip()):
        faults = [("", gettext("This is a form (name=value), not JSON. Let your booking tool send JSON."))]
    return _render(endpoint, pasted, outcome, faults), (422 if faults else 200)


def _try_own(endpoint: EndpointView | None, source: Source, preset: str) -> str:
    """The source's own sample. Where a team reads its sender in its own way there may be none that fits."""
    sample = read_sample(source, preset)
    if sample is None:
        return _render(endpoint, "")
    outcome, faults = foresee(source, sample)
    if faults:
        return _render(endpoint, "")
    return _render(endpoint, sample.decode("utf-8"), outcome, is_own=True)


def _render(
    endpoint: EndpointView | None,
    body: str,
    outcome: OutcomeShown | None = None,
    faults: list[tuple[str, str]] | None = None,
    *,
    is_own: bool = False,
) -> str:
    return render_template(
        "sources/sample.html",
        source=shown_source(),
        sender=sender_of(endpoint),
        crumbs=crumbs_to(endpoint, inside=True),
        body=body if len(body) <= LONGEST_REPEATED else "",
        outcome=outcome,
        faults=faults or [],
        is_own=is_own,
    )


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the view of this module."""
    pages.add_url_rule(f"{page_of(source)}/sample", view_func=try_sample, methods=["GET", "POST"])
