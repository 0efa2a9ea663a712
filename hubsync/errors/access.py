"""Errors of access: a team's account is not connected, its access lost, a right missing, settings wrong."""

from __future__ import annotations

from typing import Any

from hubsync.errors.details import Detail
from hubsync.errors.hubspot import HubSpotError
from hubsync.errors.marks import N_
from hubsync.errors.root import HubSyncError, Remedy, Scope


class NotConnected(HubSyncError):
    """The team has no HubSpot connection that may be used: never connected, disconnected, lost or expired."""

    code = "not_connected"
    scope, remedy = Scope.ACCESS, Remedy.CONNECT
    advice = N_("Press Connect on the HubSpot page, then Retry.")
    permanent = False


class AnotherAccount(NotConnected):
    """The team is connected, but to another HubSpot account than the one in which this booking was begun."""

    code = "another_account"
    scope, remedy = Scope.ACCESS, Remedy.RETRY
    advice = N_("Connect the former account again, or press Retry to post it into the account connected now.")


class WatchOnly(HubSyncError):
    """The connection is on watch only: HubSpot is read there, and nothing is written."""

    code = "watch_only"
    scope, remedy = Scope.ACCESS, Remedy.REQUEST
    advice = N_("The owner or an administrator can go live on the HubSpot page; then press Retry.")


class AccessExpired(HubSpotError):
    """401: the access token is not accepted; one refresh and one repeat are due."""

    code = "access_expired"
    scope, remedy = Scope.ACCESS, Remedy.CONNECT
    advice = N_("Press Connect on the HubSpot page, then Retry.")


class AccessLost(HubSpotError):
    """The authorization is gone: revoked, uninstalled, or the account no longer exists."""

    code = "access_lost"
    scope, remedy = Scope.ACCESS, Remedy.CONNECT
    advice = N_("Press Connect on the HubSpot page, then Retry.")


class IdleExpired(AccessLost):
    """Nothing was posted for HUBSYNC_IDLE_EXPIRY_DAYS days, so HubSync gave the access up; no call was made."""

    code = "idle_expired"
    scope, remedy = Scope.ACCESS, Remedy.CONNECT
    advice = N_("Press Connect on the HubSpot page, then Retry.")


class PermissionMissing(HubSpotError):
    """403: the authorization lacks a scope; ``scopes`` names those HubSpot asked for."""

    code = "permission_missing"
    scope, remedy = Scope.PERMISSION, Remedy.HUBSPOT
    advice = N_("Give the HubSpot app the missing permission and connect again, then press Retry.")

    def __init__(self, message: str | Detail = "", *, scopes: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.scopes = scopes


class AppMisconfigured(HubSpotError):
    """HubSpot refuses this installation's client id, secret, redirect URL or scopes: settings are wrong."""

    code = "app_misconfigured"
    scope, remedy = Scope.INSTALLATION, Remedy.SETTINGS
    advice = N_("Check the HUBSYNC_HUBSPOT_ settings of this installation.")


class CodeRefused(HubSpotError):
    """The authorization code is used, expired or unknown: Connect has to start again."""

    code = "code_refused"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    advice = N_("Press Connect again.")


class SecretUnreadable(HubSyncError):
    """A stored secret cannot be opened with any of HUBSYNC_ENCRYPTION_KEYS, or was sealed for another row."""

    code = "secret_unreadable"
    scope, remedy = Scope.INSTALLATION, Remedy.CONNECT
