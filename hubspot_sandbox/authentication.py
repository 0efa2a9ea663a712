"""Authentication: from the bearer token of a call to its account, its app and its scopes."""

from dataclasses import dataclass

from flask import current_app, request

from hubspot_sandbox.api_errors import credentials_not_found, scopes_missing, token_expired
from hubspot_sandbox.clock import iso
from hubspot_sandbox.entities import AccessToken, Account, ServiceKey
from hubspot_sandbox.state import SandboxState

#: Where a request's entry in the call log is found in its WSGI environment.
CALL_KEY = "hubspot_sandbox.call"


@dataclass(frozen=True)
class Caller:
    """An authenticated call: *token* is None for a service key, *service_key* None for an app."""

    account: Account
    scopes: frozenset[str]
    token: AccessToken | None = None
    service_key: ServiceKey | None = None
    app_name: str = ""


def sandbox_state() -> SandboxState:
    """The state of the sandbox that is answering."""
    state: SandboxState = current_app.extensions["hubspot_sandbox"]
    return state


def authenticate(*any_of_scopes: str) -> Caller:
    """The caller of this request, who holds at least one of *any_of_scopes* (none given: none needed).

    Raises ApiError with HubSpot's 401 and 403 bodies.
    """
    caller = _caller()
    note_account(caller.account.id)
    if any_of_scopes and not caller.scopes.intersection(any_of_scopes):
        raise scopes_missing(list(any_of_scopes))
    return caller


def note_account(account_id: int) -> None:
    """Tell the call log which account this call is about."""
    call = request.environ.get(CALL_KEY)
    if call is not None:
        call.account_id = account_id


def _caller() -> Caller:
    state = sandbox_state()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise credentials_not_found()
    with state.lock:
        key = state.service_keys.get(token)
        held = state.access_tokens.get(token)
        account = state.accounts.get((key or held).account_id) if key or held else None  # type: ignore[union-attr]
        if account is None:
            raise credentials_not_found()
        if key is not None:
            return Caller(account, frozenset(key.scopes), service_key=key)
        if held is None or held.revoked:
            raise credentials_not_found()
        late = state.clock.now() - held.expires_at
        if late >= 0:
            raise token_expired(int(late), iso(held.expires_at))
        app = state.apps.get(held.client_id)
        return Caller(account, frozenset(held.scopes), token=held, app_name=app.name if app else "")
