"""The layout of every page: a guarded blueprint, response headers, navigation, and how times are shown."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.blueprint import is_loopback
from hubspot_sandbox.crm.kinds import KINDS
from hubspot_sandbox.entities import Account
from hubspot_sandbox.pages.wording import moment
from hubspot_sandbox.state import DEFAULT_ACCOUNT

#: No script at all; form-action stays open, because connecting an app leads the browser back to that app.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'"


def page_blueprint(name: str) -> Blueprint:
    """A blueprint that answers this machine only, refuses other sites' forms and sends the page headers."""
    blueprint = Blueprint(name, __name__)
    blueprint.before_request(_refuse_other_sites)
    blueprint.after_request(_add_headers)
    blueprint.register_error_handler(403, _problem_page)
    blueprint.register_error_handler(404, _problem_page)
    return blueprint


def _problem_page(problem: HTTPException) -> tuple[str, int]:
    title = _("Not Found") if problem.code == 404 else _("Not allowed")
    return show("problem", title=title, message=problem.description), problem.code or 500


def _refuse_other_sites() -> None:
    """403 for a Host that is not ours (another site's name pointed at this machine) and for a foreign form."""
    public_url = sandbox_state().settings.public_url
    own = {urlsplit(public_url).netloc} if public_url else set()
    if request.host not in own and not is_loopback(request.host):
        abort(403, _("The sandbox answers on this machine only."))
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc not in {request.host, *own}:
        abort(403, _("The sandbox takes no forms from other sites."))


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", f"{_POLICY}; frame-ancestors 'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def show(template: str, account: Account | None = None, **values: Any) -> str:
    """A page by the name of its template; *account* adds that account's own navigation."""
    state = sandbox_state()
    first = state.accounts.get(DEFAULT_ACCOUNT) or next(iter(state.accounts))
    return render_template(
        f"sandbox/{template}.html",
        account=account,
        some_account=account or first,
        moment=moment,
        iso=iso,
        fault_count=len(state.faults.all()),
        mail_count=len(state.mails),
        **values,
    )


def account_or_404(account_id: int) -> Account:
    """The account; ends the request with 404 when there is none."""
    account = sandbox_state().accounts.get(account_id)
    if account is None:
        abort(404, _("The sandbox has no account %(account)s.", account=account_id))
    return account


def own_path(wanted: str) -> str:
    """The wanted address if it is a page of ours; another host must not be reachable through us."""
    parts = urlsplit(wanted.replace("\\", "/"))
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if ours else "/"


def record_address(account_id: int, kind_name: str, record_id: str) -> str:
    """The address of a record's page, in HubSpot's form."""
    type_id = KINDS[kind_name].type_id
    return url_for("sandbox_records.record", account_id=account_id, type_id=type_id, record_id=record_id)
