"""How a sender proves itself: what a team says of the signature, and how a request must look then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hubsync.domain.roles import Action
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.endpoints import EndpointView
from hubsync.sources.source import Source
from hubsync.sources.teachable import SchemeInvalid, Teachable
from hubsync.web.shell.guards import team_page
from hubsync.web.sources.place import page_of, require_understood, sender_of, shown_number, shown_source
from hubsync.web.sources.rendering import render_inside

EXAMPLE_BODY = b'{"email": "guest@example.com"}'
_EXAMPLE_BYTES = b"an example, which proves nothing"


@dataclass(frozen=True)
class FieldOfProof:
    """A field of the form with its value and errors; *needs* tells the script when it counts."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]
    needs: str
    needed: str
    errors: tuple[str, ...]


@team_page(Action.TEAM_SETTINGS)
def set_proof() -> ResponseReturnValue:
    """The fields of the proof, and what they come to."""
    endpoint, teachable = require_understood(), shown_source().teachable
    if teachable is None:
        abort(404)
    if request.method == "GET":
        return _render(endpoint, teachable, teachable.describe_scheme(endpoint.options), {})
    if request.form.get("do") == "drop":
        _save(teachable.drop_scheme(endpoint.options))
        flash(gettext("It is as usual again. What comes from now on has to be proved this way."), "success")
        return redirect(url_for(".set_proof"))
    told = {each.name: request.form.get(f"proof-{each.name}", "") for each in teachable.scheme_fields}
    try:
        options = teachable.set_scheme(endpoint.options, told)
    except SchemeInvalid as invalid:
        faults: dict[str, tuple[str, ...]] = {}
        for name, reason in invalid.faults:
            faults[name] = (*faults.get(name, ()), gettext(reason))
        return _render(endpoint, teachable, told, faults), 422
    _save(options)
    flash(gettext("Saved. What comes from now on has to be proved this way."), "success")
    return redirect(url_for(".set_proof"))


def _save(options: Mapping[str, Any]) -> None:
    endpoint_setup.set_up(g.team.id, shown_source().name, number=shown_number(), by=g.person.id, options=options)


def _render(
    endpoint: EndpointView, teachable: Teachable, told: Mapping[str, str], faults: Mapping[str, tuple[str, ...]]
) -> str:
    fields = [
        FieldOfProof(
            name=each.name,
            label=gettext(each.label),
            value=told.get(each.name, ""),
            choices=tuple((value, gettext(label)) for value, label in each.choices),
            needs=each.needs[0],
            needed=" ".join(each.needs[1]),
            errors=faults.get(each.name, ()),
        )
        for each in teachable.scheme_fields
    ]
    kept = endpoints.configured(shown_source(), endpoint.options)
    return render_inside(
        "sources/proof.html",
        endpoint,
        fields=fields,
        has_faults=bool(faults),
        has_own=teachable.has_own_scheme(endpoint.options),
        sender=sender_of(endpoint),
        is_unsigned=teachable.is_unsigned(endpoint.options),
        example=_example(kept, endpoint.address),
    )


def _example(source: Source, address: str) -> str:
    """A request as the sender has to make it, by a secret that is an example; one that is sent is left out."""
    secret = source.write_secret(_EXAMPLE_BYTES)
    webhook = source.prove(secret, EXAMPLE_BODY, now())
    query = "&".join(f"{name}={value}" for name, value in webhook.query.items())
    headers = {"Content-Type": "application/json", **webhook.headers}
    lines = [f"POST {address}?{query}".rstrip("?"), *(f"{name}: {value}" for name, value in headers.items())]
    return "\n".join([*lines, "", EXAMPLE_BODY.decode()]).replace(secret, "SECRET")


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the view of this module, if a team says itself how *source* is proved."""
    if source.teachable is None:
        return
    pages.add_url_rule(f"{page_of(source)}/proof", view_func=set_proof, methods=["GET", "POST"])
