"""The control API's blueprint: its guard against foreign pages, and how its calls read a request.

It asks for no sign-in, so it answers only to a loopback Host and refuses requests a foreign page makes.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.entities import Account
from hubspot_sandbox.state import DEFAULT_ACCOUNT

control = Blueprint("sandbox_control", __name__, url_prefix="/sandbox/api")


class InvalidRequest(ApiError):
    """400 of the control API, with a sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


@control.before_request
def refuse_foreign_pages() -> None:
    """Raise 403 for a Host or Origin that is not this sandbox's: another site must not steer it."""
    settings = sandbox_state().settings
    own = {urlsplit(settings.public_url).netloc} if settings.public_url else set()
    if request.host not in own and not is_loopback(request.host):
        raise ApiError(403, "The control API answers on this machine only")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in {request.host, *own}:
        raise ApiError(403, "The control API does not answer other sites' pages")


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def body_object() -> dict[str, Any]:
    """The JSON object a control request carries."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidRequest("a JSON object is expected")
    return body


def account_named(account_id: object) -> Account:
    """The account with this id (None: the default one)."""
    account = sandbox_state().accounts.get(account_id or DEFAULT_ACCOUNT)
    if account is None:
        raise InvalidRequest(f"there is no account {account_id}")
    return account
