"""Error pages: what happened, and where to go from here."""

from __future__ import annotations

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import NotFound, Refused, RoleTooLow
from hubsync.logs.facts import current_facts
from hubsync.services.security_log import write
from hubsync.web.shell.expired_forms import offer_again
from hubsync.web.shell.guards import signed_in_person

_REFUSALS = {403: SecurityEvent.ROLE_REFUSED, 404: SecurityEvent.PAGE_HIDDEN}
"""What it means that somebody who is signed in gets such a page."""


def register(app: Flask) -> None:
    """Show a page in our look for every error, and tell nothing about what is inside."""
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(CSRFError, show_stale_form)
    app.register_error_handler(NotFound, lambda fault: show(404))
    app.register_error_handler(RoleTooLow, lambda fault: show(403, fault.message))
    app.register_error_handler(Refused, lambda fault: show(400, fault.message, _("This did not work")))
    app.register_error_handler(InternalServerError, show_bug)


def show_http_error(fault: HTTPException) -> ResponseReturnValue:
    """The page for werkzeug's errors; redirects among them pass."""
    code = fault.code or 500
    if fault.response is not None or code < 400:
        return fault.get_response()
    _know_the_reader()
    own_reason = fault.description if fault.description != type(fault).description else None
    answer = current_app.make_response(show(code, own_reason))
    for name, value in fault.get_headers():
        if name not in {"Content-Type", "Content-Length"}:  # such as Allow beside a 405
            answer.headers[name] = value
    return answer


def show_stale_form(fault: CSRFError) -> ResponseReturnValue:
    """The page for a form without our token: a page left open over a sign-out, or blocked cookies."""
    _know_the_reader()
    write(SecurityEvent.FORM_REFUSED, what="no_token")
    return offer_again() or show(
        400, _("This form is no longer valid. Go back, reload the page and send it again.")
    )


def show_bug(fault: InternalServerError) -> ResponseReturnValue:
    """The page for a bug; the reference, the id of the request, finds the trace in the log."""
    current_app.logger.error("The error above has the reference %s.", current_facts().request)
    # The frame reads the database, which may be what failed.
    g.pop("team", None)
    return show(500)


def _know_the_reader() -> None:
    """Look up who is signed in, whose language the page is to speak; guests' pages speak the browser's."""
    if request.blueprint not in {"bookings", "intake", "health"}:
        signed_in_person()


def show(code: int, reason: str | None = None, title: str = "") -> ResponseReturnValue:
    """Render the error page for *code* in the frame of the team, or without one; *title* instead of the usual."""
    if code in _REFUSALS and g.get("person") is not None:
        write(_REFUSALS[code])
    if request.blueprint in {"intake", "health"}:
        return {"error": code}, code
    known = {
        400: (_("This request cannot be understood"), _("Go back and try again.")),
        403: (_("Not allowed"), _("Your role does not allow this.")),
        404: (_("Page not found"), _("There is nothing at this address, or it belongs to another team.")),
        405: (_("Not possible this way"), _("This address does not take such a request.")),
        413: (_("Too much at once"), _("What was sent is larger than HubSync takes.")),
        500: (_("Something went wrong"), _("It is a mistake in HubSync, not in what you did.")),
    }
    if code == 404 and request.method == "POST" and request.endpoint and g.get("person") is not None:
        gone = _("What you wanted to change was removed meanwhile, or belongs to another team.")
        known[404] = (_("No longer here"), gone)
    usual_title, usual = known.get(code, (_("This did not work"), _("Go back and try again.")))
    shown = {"code": code, "title": title or usual_title, "reason": reason or usual}
    shown["reference"] = current_facts().request
    return render_template("shell/error.html", **shown), code
