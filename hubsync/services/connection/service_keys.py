"""Service keys: static tokens for a team that cannot register an app in HubSpot.

A service key is made in HubSpot under Development > Keys, does not expire, and cannot be uninstalled.
https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/account-service-keys
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flask_babel import gettext as _

from hubsync.domain.connections import ConnectMethod
from hubsync.errors import HubSpotError, PermissionMissing, Refused
from hubsync.hubspot.caller import ObjectName
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.oauth import OWNERS_READ, SCOPES
from hubsync.hubspot.records import Account
from hubsync.net.deadline import Deadline
from hubsync.phrases import enumerated
from hubsync.services import now
from hubsync.services.connection import optional_scopes
from hubsync.services.connection.account_switch import AuthorizationResult, activate_or_park
from hubsync.services.connection.activation import AuthorizedAccount
from hubsync.services.connection.clients import client_for
from hubsync.services.connection.revocation import open_token
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import end_read
from hubsync.store.connections import Connection

VERIFY_SECONDS = 15.0
LONGEST = 512  # https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide
NEEDED = tuple(scope for scope in SCOPES if scope != "oauth")
READ = tuple(scope for scope in NEEDED if scope.endswith(".read"))
OBJECTS: tuple[ObjectName, ...] = ("contacts", "companies")


def connect_with_key(team_id: int, person_id: int, typed: str, *, watch_only: bool = False) -> AuthorizationResult:
    """Verify the key with HubSpot, then make it the team's connection, or park it for another account.

    Raises Refused for what cannot be a service key, AccessExpired for one that HubSpot does not accept,
    PermissionMissing with everything that HubSpot says it lacks, and what else may keep HubSpot from answering;
    nothing is stored then.
    """
    key = read_key(typed)
    end_read()
    asked_at = now()
    account = _verify(key, Deadline.after(VERIFY_SECONDS))
    authorized = AuthorizedAccount(
        method=ConnectMethod.SERVICE_KEY,
        account_id=account.id,
        account_name="",
        ui_domain=account.ui_domain or "",
        time_zone=account.time_zone or "",
        scopes=(*READ, *_optional(team_id, key)),
        at=asked_at,
        access_token=key,
        watch_only=watch_only,
    )
    return activate_or_park(team_id, person_id, authorized)


def _optional(team_id: int, key: str) -> tuple[str, ...]:
    """The optional scopes that features want and the key has; none where HubSpot does not tell now."""
    wanted = optional_scopes.wanted_scopes(team_id)
    end_read()
    deadline = Deadline.after(optional_scopes.CHECK_SECONDS)
    try:
        granted = bool(wanted) and optional_scopes.is_granted_owners(client_for(key), deadline)
    except HubSpotError:
        return ()
    return (OWNERS_READ,) if granted else ()


def read_key(typed: str) -> str:
    """The key that somebody pasted, without what surrounds it. Raises Refused saying what is wrong with it."""
    key = typed.strip()
    if not key:
        raise _refused(_("Paste the service key."))
    if key.lower().startswith(("bearer ", "authorization:")):
        raise _refused(_("Paste the key alone, without the words before it."))
    if re.search(r"\s", key):
        raise _refused(_("There are spaces or line breaks in it. Copy the key in HubSpot once more."))
    if not (key.isascii() and key.isprintable()):
        raise _refused(_("There are characters in it that no service key has. Copy the key in HubSpot once more."))
    if len(key) > LONGEST:
        raise _refused(_("It is too long for a service key. Copy the key in HubSpot once more."))
    if not key.startswith("pat-"):
        raise _refused(_("A service key begins with pat-, such as pat-na1-…. This is something else."))
    if not re.fullmatch(r"[A-Za-z0-9_\-]+", key):
        raise _refused(_("There are characters in it that no service key has. Copy the key in HubSpot once more."))
    if not re.fullmatch(r"pat-.{12,}", key):
        raise _refused(
            _(
                "A service key looks like pat-na1- followed by groups of letters and digits; this one is not "
                "complete. Copy the whole key in HubSpot once more."
            )
        )
    return key


def mask(key: str) -> str:
    """The key as pages show it: where it belongs and its last four characters, ``pat-na1-…1f3c``."""
    region = re.match(r"pat-[a-z]{2,4}\d?-", key)
    return f"{region.group() if region else 'pat-'}…{key[-4:]}"


def masked_key(connection: Connection) -> str:
    """The team's service key as pages show it, "" where there is none or no encryption key opens it."""
    if connection.method != ConnectMethod.SERVICE_KEY:
        return ""
    key = open_token(sealed_place(connection.team_id, "access token"), connection.access_sealed)
    return mask(key) if key else ""


def _verify(key: str, deadline: Deadline) -> Account:
    """Ask HubSpot whose the key is and what it may do, all of it, so that everything missing is said at once.

    HubSpot lists the permissions of a key nowhere (introspection knows an app's tokens only), so each is tried.
    """
    client = client_for(key)
    account = client.read_account(deadline)
    missing: dict[str, None] = {}
    for name in OBJECTS:
        for what, ask in _proofs(client, name, deadline):
            try:
                ask()
            except PermissionMissing as fault:
                # HubSpot names every permission that would do; the one that our page asks for says it best.
                missing[what] = None
                told = fault
    if missing:
        names = tuple(missing)
        raise PermissionMissing(
            _("The key lacks the permission: %(scopes)s.", scopes=enumerated(names)),
            scopes=names,
            status=told.status,
            correlation_id=told.correlation_id,
        )
    return account


def _proofs(client: HubSpotClient, name: ObjectName, deadline: Deadline) -> list[tuple[str, Callable[[], object]]]:
    reading, writing = f"crm.objects.{name}.read", f"crm.objects.{name}.write"
    return [
        (reading, lambda: client.prove_reading(name, deadline)),
        (reading, lambda: client.read_properties(name, deadline)),
        (writing, lambda: client.try_writing(name, deadline)),
    ]


def _refused(message: str) -> Refused:
    return Refused(message, field="key")
