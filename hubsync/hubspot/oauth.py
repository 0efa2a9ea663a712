"""OAuth token client: exchange, refresh, introspection, revocation.

Everything goes in the body of dated endpoints; the undated ones stop on 2027-02-16.
https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hubsync.errors import AccessLost, AppMisconfigured, CodeRefused, DetailCode, HubSpotError, tell
from hubsync.hubspot.bodies import Json, read_object, record_id, text, word, words
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.replies import about, passing, unreadable
from hubsync.hubspot.wire import Wire
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path

#: The least that reads and writes contacts, companies and their association:
#: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
)
OWNERS_READ = "crm.objects.owners.read"
#: Asked for only when a feature wants it and the app lists it: HubSpot stops at a scope that the app's file lacks.
#: https://developers.hubspot.com/changelog/advanced-auth-and-scope-settings-for-public-apps
OPTIONAL_SCOPES = (OWNERS_READ,)
#: An access token lasts 30 minutes, should an answer not say how long:
#: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
USUAL_SECONDS = 1_800

_CODE = frozenset({"BAD_AUTH_CODE", "EXPIRED_AUTH_CODE"})
_APP = frozenset(
    {
        "BAD_CLIENT_ID",
        "BAD_CLIENT_SECRET",
        "BAD_CODE_VERIFIER",
        "BAD_GRANT_TYPE",
        "BAD_REDIRECT_URI",
        "BAD_SCOPES",
    }
)
_GONE = frozenset({"BAD_HUB", "BAD_REFRESH_TOKEN"})
_GONE_ERRORS = frozenset({"access_denied", "invalid_grant"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What HubSpot issued; ``expires_in`` in seconds, ``hub_id`` None where the answer does not name it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    hub_id: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Introspection:
    """What HubSpot says about a token; all but ``active`` is empty for one that is not.

    ``user`` is the e-mail of the person who connected, ``hub_domain`` the account's own web domain, not one of
    HubSpot's. ``expires_in`` is in seconds, for access tokens only.
    """

    active: bool
    hub_id: str | None = None
    hub_domain: str | None = None
    user: str | None = field(default=None, repr=False)
    user_id: str | None = None
    app_id: str | None = None
    expires_in: int | None = None
    scopes: tuple[str, ...] = ()


class OAuthClient:
    """This installation's app at HubSpot's token endpoint.

    Every method sends one call. AppMisconfigured means that the installation's settings are wrong and never
    that a connection is lost; HubSpotUnreachable, HubSpotBusy and RateLimited pass.
    """

    def __init__(self, wire: Wire, version: str, client_id: str, client_secret: str) -> None:
        self._wire = wire
        self._version = version
        self._app = {"client_id": client_id, "client_secret": client_secret}

    def exchange(self, code: str, redirect_uri: str, code_verifier: str | None, deadline: Deadline) -> Tokens:
        """Turn the authorization *code* into tokens; raises CodeRefused for one used, expired or unknown."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if code_verifier is not None:
            form["code_verifier"] = code_verifier
        call, answer = self._send((), form, deadline)
        if (fault := _fault(call, answer)) is not None:
            if isinstance(fault, AccessLost):  # nothing is connected yet that could be lost
                raise CodeRefused(
                    tell(DetailCode.CODE_NOT_TAKEN, word=fault.category), **about(answer, _body(answer))
                )
            raise fault
        return _tokens(call, answer, None)

    def refresh(self, refresh_token: str, deadline: Deadline) -> Tokens:
        """Return a new access token and the refresh token to use from now on, which may be another.

        Then the former one is dead, so an answer that is not waited for may be the end of the connection: the call
        takes as long as *deadline* gives it.
        Raises AccessLost when the authorization is gone: revoked, uninstalled, or the account closed.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        call, answer = self._send((), form, deadline, deadline.left())
        if (fault := _fault(call, answer)) is not None:
            raise fault
        return _tokens(call, answer, refresh_token)

    def introspect(self, token: str, hint: str, deadline: Deadline) -> Introspection:
        """Return what HubSpot knows of *token*; *hint* is ``access_token`` or ``refresh_token``."""
        call, answer = self._send(("introspect",), {"token": token, "token_type_hint": hint}, deadline)
        if (fault := _fault(call, answer)) is not None:
            raise fault
        body = read_object(answer.body)
        if body is None or not isinstance(body.get("active"), bool):
            raise unreadable(call, answer)
        if not body["active"]:
            return Introspection(active=False)
        return Introspection(
            active=True,
            hub_id=record_id(body.get("hub_id")),
            hub_domain=text(body.get("hub_domain")),
            user=text(body.get("user")),
            user_id=record_id(body.get("user_id")),
            app_id=record_id(body.get("app_id")),
            expires_in=_seconds(body.get("expires_in")),
            scopes=words(body.get("scopes")),
        )

    def revoke(self, refresh_token: str, deadline: Deadline) -> None:
        """Make *refresh_token* worthless; a token that is so already is as good.

        Access tokens live on until they expire, and the app stays installed: `HubSpotClient.uninstall`.
        """
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}
        call, answer = self._send(("revoke",), form, deadline)
        fault = _fault(call, answer)
        if fault is not None and not isinstance(fault, AccessLost):
            raise fault

    def _send(
        self, end: tuple[str, ...], form: dict[str, str], deadline: Deadline, seconds: float | None = None
    ) -> tuple[Call, Answer]:
        """Send *form* with the app's credentials.

        Not as a write: nothing that HubSpot keeps would double, so a lost answer just means to ask again.
        """
        where = path("oauth", self._version, "token", *end)
        call = Call("POST", where, form=form | self._app, writes=False, seconds=seconds)
        return call, self._wire.send(call, deadline)


def _fault(call: Call, answer: Answer) -> HubSpotError | None:
    """Return the error that *answer* stands for, None for a success.

    HubSpot's own word in ``status`` goes before OAuth's in ``error``, and what is neither is the settings'
    fault: a changed client secret must not look like a lost connection.
    https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses
    """
    if 200 <= answer.status < 300:
        return None
    body = _body(answer)
    facts = about(answer, body)
    if (fault := passing(call, answer, facts)) is not None:
        return fault
    status, error = word(body.get("status")) or "", word(body.get("error")) or ""
    said = next((each for each in (status, error) if each and each != "error"), f"status {answer.status}")
    facts["category"] = said
    if status in _CODE:
        return CodeRefused(tell(DetailCode.CODE_NOT_TAKEN, word=said), **facts)
    if status not in _APP and (status in _GONE or error in _GONE_ERRORS):
        return AccessLost(tell(DetailCode.AUTHORIZATION_GONE, word=said), **facts)
    return AppMisconfigured(tell(DetailCode.APP_NOT_ACCEPTED, word=said), **facts)


def _body(answer: Answer) -> Json:
    return read_object(answer.body) or {}


def _tokens(call: Call, answer: Answer, refresh_token: str | None) -> Tokens:
    body: dict[str, Any] = _body(answer)
    access = text(body.get("access_token"))
    refresh = text(body.get("refresh_token")) or refresh_token
    if access is None or refresh is None:
        raise unreadable(call, answer)
    return Tokens(
        access_token=access,
        refresh_token=refresh,
        expires_in=_seconds(body.get("expires_in")) or USUAL_SECONDS,
        hub_id=record_id(body.get("hub_id")),
        scopes=words(body.get("scopes")),
    )


def _seconds(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
