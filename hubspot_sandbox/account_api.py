"""The account API: details of the account, and an app that uninstalls itself."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request

from hubspot_sandbox.api_errors import scopes_missing
from hubspot_sandbox.authentication import authenticate, sandbox_state
from hubspot_sandbox.versions import under_versions

installs = Blueprint("hubspot_installs", __name__)


@under_versions(
    installs,
    "/appinstalls/{v}/external-install",
    legacy=("/appinstalls/v3/external-install",),
    methods=("DELETE",),
)
def uninstall() -> Any:
    """Take the calling app out of its account, 204; a service key has no install to take out.

    https://developers.hubspot.com/docs/api-reference/latest/app-management/app-uninstalls/guide
    """
    caller = authenticate("oauth")
    if caller.token is None:
        raise scopes_missing(["oauth"])
    sandbox_state().uninstall(caller.account.id, caller.token.client_id)
    return "", 204


@under_versions(installs, "/account-info/{v}/details", legacy=("/account-info/v3/details",), methods=("GET",))
def details() -> Any:
    """Which account this is; its ``uiDomain`` is this sandbox, so that links to records open here.

    https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
    """
    caller = authenticate()
    if caller.service_key is None and "oauth" not in caller.scopes:
        raise scopes_missing(["oauth"])
    account = caller.account
    return jsonify(
        portalId=account.id,
        accountType=account.account_type,
        timeZone=account.time_zone,
        companyCurrency="USD",
        additionalCurrencies=[],
        utcOffset=account.utc_offset,
        utcOffsetMilliseconds=_milliseconds(account.utc_offset),
        uiDomain=ui_domain(),
        dataHostingLocation=account.data_hosting_location,
    )


def ui_domain() -> str:
    """Host and port under which browsers reach this sandbox."""
    public_url = sandbox_state().settings.public_url
    return urlsplit(public_url).netloc if public_url else request.host


def _milliseconds(offset: str) -> int:
    hours, minutes = offset[1:].split(":")
    size = (int(hours) * 60 + int(minutes)) * 60_000
    return -size if offset.startswith("-") else size
