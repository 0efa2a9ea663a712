"""What every answer carries, and which requests are not answered at all."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

ANY_HOST = frozenset({"health", "intake"})
"""Blueprints answered under any host name: health checks and webhooks come by internal addresses."""

SIGNING_IN = frozenset({"signin", "provider_signin"})
"""Blueprints whose pages no browser keeps, though nobody is signed in yet."""


def register(app: Flask, csrf_exempt: tuple[str, ...]) -> None:
    """Guard every request of *app* and dress every answer."""
    base_url = app.config["BASE_URL"]
    host = urlsplit(base_url).netloc.lower()
    identity = app.extensions["hubsync"].identity
    policy = content_security_policy(app.config["HUBSPOT_APP_URL"], identity.origins())

    @app.before_request
    def go_to_the_base_url() -> ResponseReturnValue | None:
        # Cookies and the OAuth redirect belong to one host name: http://127.0.0.1 goes to http://localhost.
        if request.method not in {"GET", "HEAD"} or request.host.lower() == host or request.blueprint in ANY_HOST:
            return None
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(base_url + quote(request.path) + query)

    @app.before_request
    def refuse_foreign_forms() -> None:
        # Beside the form token: browsers say where a request comes from. https://www.w3.org/TR/fetch-metadata/
        unsafe = request.method not in {"GET", "HEAD", "OPTIONS"}
        foreign = request.headers.get("Sec-Fetch-Site") == "cross-site"
        if unsafe and foreign and request.blueprint not in csrf_exempt:
            abort(400, _("This form was sent from another site."))

    @app.after_request
    def dress(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # Not "no-referrer": Flask-WTF compares the Referer of forms sent over https.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if base_url.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if g.get("person") is not None or request.blueprint in SIGNING_IN:
            response.headers["Cache-Control"] = "no-store"
        return response


def content_security_policy(hubspot_app_url: str, providers: Sequence[str] = ()) -> str:
    """Everything from here only; forms may also end at HubSpot and at sign-in *providers*, to which they redirect.

    Chromium applies form-action to the redirects too, and HubSpot may pass a European account on from
    app.hubspot.com to app-eu1.hubspot.com.
    """
    targets = " ".join([hubspot_app_url, *providers])
    if (urlsplit(hubspot_app_url).hostname or "").endswith(".hubspot.com"):
        targets += " https://*.hubspot.com"
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {targets}"
    )


def hubspot_app_url() -> str:
    """Where HubSpot's screens are, without a trailing slash."""
    return str(current_app.config["HUBSPOT_APP_URL"])
