"""The calls that read owners; there is none that writes them.

https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
"""

from typing import Any

from flask import Blueprint, jsonify, request

from hubspot_sandbox.api_errors import ApiError, not_found, owners_scope_missing
from hubspot_sandbox.authentication import Caller, authenticate, sandbox_state
from hubspot_sandbox.crm.owners import owner_shape, owners_of
from hubspot_sandbox.crm.query_parameters import number_asked
from hubspot_sandbox.entities import Owner
from hubspot_sandbox.limits import count_call
from hubspot_sandbox.settings import OWNERS_SCOPE
from hubspot_sandbox.versions import under_versions

owners = Blueprint("hubspot_owners", __name__)

_DATED, _LEGACY = "/crm/owners/{v}", "/crm/v3/owners"
#: "The maximum number of results to display per page", raised from 100 by an announcement in HubSpot's community.
LARGEST_PAGE = 500


def _reader() -> Caller:
    caller = authenticate()
    if OWNERS_SCOPE not in caller.scopes:
        raise owners_scope_missing()
    count_call(sandbox_state(), caller)
    return caller


@under_versions(owners, _DATED, legacy=(f"{_LEGACY}/", _LEGACY), methods=("GET",))
def list_owners() -> Any:
    """Owners by rising id in pages; active ones, or archived ones with ``archived=true``."""
    state, caller = sandbox_state(), _reader()
    limit, after = number_asked("limit", 100), number_asked("after", 0)
    if not 1 <= limit <= LARGEST_PAGE:
        raise ApiError(400, f"limit must be between 1 and {LARGEST_PAGE}", category="VALIDATION_ERROR")
    email = request.args.get("email", "")
    with state.lock:
        listed = [
            one
            for one in owners_of(state, caller.account.id)
            if one.archived == _asks_for_archived() and int(one.id) > after and _has_email(one, email)
        ]
        answer: dict[str, Any] = {"results": [owner_shape(one) for one in listed[:limit]]}
        if len(listed) > limit:
            answer["paging"] = {"next": {"after": listed[limit - 1].id, "link": request.base_url}}
    return jsonify(answer)


@under_versions(owners, f"{_DATED}/<owner_id>", legacy=(f"{_LEGACY}/<owner_id>",), methods=("GET",))
def read_owner(owner_id: str) -> Any:
    """One owner by its id, or by its user's with ``idProperty=userId``."""
    state, caller = sandbox_state(), _reader()
    by_user = request.args.get("idProperty", "id") == "userId"
    for one in owners_of(state, caller.account.id):
        if one.archived == _asks_for_archived() and owner_id == (str(one.user_id) if by_user else one.id):
            return jsonify(owner_shape(one))
    raise not_found()


def _asks_for_archived() -> bool:
    return request.args.get("archived") == "true"


def _has_email(owner: Owner, email: str) -> bool:
    """Whether the filter lets the owner through; its case rule is not documented, so a switch decides."""
    if not email:
        return True
    if sandbox_state().switches.owner_email_filter_ignores_case:
        return owner.email.lower() == email.lower()
    return owner.email == email
