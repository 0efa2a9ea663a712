"""Expired forms: one that was sent after its token or session had ended is kept, to be sent again."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, current_app, g, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from hubsync.config import settings
from hubsync.web.shell.session_forms import TOKEN

NEVER_REPEATED = frozenset({"key", "secret", "token"})
"""Fields that no page repeats: service keys, tokens and secrets of booking sources."""


def offer_again() -> Response | None:
    """The page with what was typed, from which one press sends it again; None for what cannot be offered.

    Only forms of our own pages are: another site's must not come this near to being sent.
    """
    if request.method != "POST" or NEVER_REPEATED & request.form.keys() or not _is_ours():
        return None
    fields = MultiDict([(name, value) for name, value in request.form.items(multi=True) if name != TOKEN])
    signed_out = g.get("person") is None and _is_behind_sign_in()
    page = render_template("shell/stale_form.html", fields=fields, address=own_address(), signed_out=signed_out)
    answer = make_response(page, 400)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_behind_sign_in() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "behind_sign_in", False)


def _is_ours() -> bool:
    """Whether the form was sent by a page of ours, as the browser says. https://www.w3.org/TR/fetch-metadata/

    Browsers say nothing of that on plain http but to localhost; the Origin tells there.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    base = urlsplit(settings().base_url)
    return request.headers.get("Origin") == f"{base.scheme}://{base.netloc}"


def own_address() -> str:
    """Path and query of this request."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{request.path}?{query}" if query else request.path
