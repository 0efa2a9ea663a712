"""Errors of calls to a booking source's own API: what a team's token may do there, and whether it answers."""

from __future__ import annotations

from hubsync.errors.root import HubSyncError, Remedy, Scope


class SourceError(HubSyncError):
    """A booking source's API did not do as asked; messages hold neither the token nor anything of a guest."""

    code = "source_error"
    scope, remedy = Scope.SERVICE, Remedy.RETRY
    permanent = False


class SourceUnreachable(SourceError):
    """The source did not answer in time, not at all, or with a fault of its own; trying again later may help."""

    code = "source_unreachable"
    scope, remedy = Scope.SERVICE, Remedy.RETRY


class SourceBusy(SourceError):
    """The source asks for fewer calls: the next one may be made after *pause_seconds*."""

    code = "source_busy"
    scope, remedy = Scope.SERVICE, Remedy.WAIT

    def __init__(self, message: str = "", *, pause_seconds: float = 60.0) -> None:
        super().__init__(message)
        self.pause_seconds = pause_seconds


class SourceTokenRefused(SourceError):
    """The source does not take the token: it is wrong, expired or was revoked there."""

    code = "source_token_refused"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    permanent = True


class SourceRightMissing(SourceError):
    """The token is good and lacks a right, or the plan of the account there lacks the feature.

    *missing* says what, in the source's own words for it.
    """

    code = "source_right_missing"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST
    permanent = True

    def __init__(self, message: str = "", *, missing: str = "") -> None:
        super().__init__(message)
        self.missing = missing


class SourceRefused(SourceError):
    """The source refused a call as it was made; *said* is its own reason, cut to one line."""

    code = "source_refused"
    scope, remedy = Scope.SERVICE, Remedy.RETRY
    permanent = True

    def __init__(self, message: str = "", *, said: str = "") -> None:
        super().__init__(message)
        self.said = said
