"""Security headers of every response, and the hosts whose requests are refused."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.security_events import SecurityEvent
from hubsync.services.security_log import write

ANY_HOST = ("/healthz", "/readyz", "/metrics", "/intake")
"""Paths answered under any host name, as are all below them: what watches HubSync, and webhooks, come by internal
names."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1"""

_NONE = "'none'"
_ELSEWHERE = frozenset({"bookings/embed.js"})
"""Static files that are for the pages of other sites."""
_UNUSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
    *("fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone"),
    *("midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
"""What browsers could do for a page and HubSync never asks for. https://www.w3.org/TR/permissions-policy/"""
SIGNING_IN = frozenset({"signin", "again", "provider_signin", "invitation_claims"})
"""Blueprints whose pages no browser keeps, though nobody is signed in yet."""


def register(app: Flask, csrf_exempt: tuple[str, ...]) -> None:
    """Guard every request of *app* and dress every answer."""
    base_url = settings(app).base_url
    host = _host_of(base_url)
    identity = app.extensions["hubsync"].identity
    fixed = fixed_headers(base_url)
    targets = settings(app).hubspot_app_url, identity.origins()
    policy = content_security_policy(*targets)

    def misaddressed() -> bool:
        at_any_host = any(request.path == each or request.path.startswith(f"{each}/") for each in ANY_HOST)
        return request.host.lower() != host and not at_any_host

    @app.before_request
    def go_to_the_base_url() -> ResponseReturnValue | None:
        # Cookies and the OAuth redirect belong to one host name: http://127.0.0.1 goes to http://localhost.
        if request.method not in {"GET", "HEAD"} or not misaddressed():
            return None
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(base_url + quote(request.path) + query)

    @app.before_request
    def refuse_foreign_forms() -> None:
        if request.method in SAFE:
            return
        if misaddressed():
            write(SecurityEvent.FORM_REFUSED, what="foreign_host")
            abort(400, _("This form was sent to a host name that HubSync does not go by."))
        # Beside the form token: browsers say where a request comes from, a neighbour under the same domain too.
        # https://www.w3.org/TR/fetch-metadata/
        foreign = request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
        if foreign and request.blueprint not in csrf_exempt:
            write(SecurityEvent.FORM_REFUSED, what="another_site")
            abort(400, _("This form was sent from another site."))

    @app.after_request
    def dress(response: Response) -> Response:
        parents = g.get("frame_ancestors", ())
        framed = content_security_policy(*targets, parents) if parents else policy
        response.headers.setdefault("Content-Security-Policy", framed)
        if parents or (request.endpoint == "static" and (request.view_args or {}).get("filename") in _ELSEWHERE):
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if g.get("person") is not None or request.blueprint in SIGNING_IN:
            response.headers["Cache-Control"] = "no-store"
        return response


def allow_frames(origins: Sequence[str]) -> None:
    """Let the sites with these *origins* show the answer to this request inside their pages."""
    g.frame_ancestors = tuple(origins)


def fixed_headers(base_url: str) -> dict[str, str]:
    """What every answer carries, that of a server which refuses a request before HubSync sees it too."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        # Not "no-referrer": the form token's check compares the Referer of forms sent over https.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{each}=()" for each in _UNUSED),
    }
    if base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def _host_of(base_url: str) -> str:
    """The Host that browsers send there: they leave the scheme's own port out, and so does werkzeug."""
    url = urlsplit(base_url)
    return url.netloc.lower().removesuffix(":443" if url.scheme == "https" else ":80")


def content_security_policy(
    hubspot_app_url: str, providers: Sequence[str] = (), parents: Sequence[str] = ()
) -> str:
    """Everything from here only; forms may also end at HubSpot and at sign-in *providers*, to which they redirect.

    *parents* are the origins of the sites whose pages may show this one; without any none may.

    Chromium applies form-action to the redirects too, and HubSpot may pass a European account on from
    app.hubspot.com to app-eu1.hubspot.com.
    """
    targets = " ".join([hubspot_app_url, *providers])
    if (urlsplit(hubspot_app_url).hostname or "").endswith(".hubspot.com"):
        targets += " https://*.hubspot.com"
    return (
        "default-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"frame-ancestors {' '.join(parents) or _NONE}; "
        f"form-action 'self' {targets}; "
        # The policy's name is that of static/shell/page.js, which alone makes elements of text.
        "require-trusted-types-for 'script'; trusted-types hubsync"
    )


def hubspot_app_url() -> str:
    """Where HubSpot's screens are, without a trailing slash."""
    return settings().hubspot_app_url
