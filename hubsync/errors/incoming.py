"""Errors of requests to HubSync, of a person, a browser or a booking source; HubSpot has no part in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from hubsync.errors.marks import N_
from hubsync.errors.root import HubSyncError, Remedy, Scope


class Refused(HubSyncError):
    """What a person or a source asked for cannot be done as asked; ``field`` names the place, if any."""

    code = "refused"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(HubSyncError):
    """The thing does not exist, or belongs to another team (which must look the same)."""

    code = "not_found"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class BookingPageClosed(NotFound):
    """The calendar is archived: its page takes no bookings for the time being."""

    code = "booking_page_closed"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class RoleTooLow(HubSyncError):
    """The person belongs to the team, but the role does not allow this."""

    code = "role_too_low"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class MappingChanged(HubSyncError):
    """Somebody saved the mapping after this editor was opened; nothing was overwritten."""

    code = "mapping_changed"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class FreeTimesChanged(HubSyncError):
    """Somebody saved a calendar's free times after this page was opened; nothing was overwritten."""

    code = "free_times_changed"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class UnwantedRulesChanged(HubSyncError):
    """Somebody saved what a calendar does about unwanted bookings after this page was opened."""

    code = "unwanted_rules_changed"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class TimeNotOffered(HubSyncError):
    """A guest chose a time that is not free any more, or that was never offered; nothing was booked."""

    code = "time_not_offered"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class GuestHasEnough(HubSyncError):
    """A guest has as many appointments to come in a calendar as its owner lets one have; nothing was booked."""

    code = "guest_has_enough"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class BookingNotChangeable(HubSyncError):
    """A guest cannot move or cancel an appointment any more; nothing was changed.

    *refusal* is a word of `domain/guest_changes`.
    """

    code = "booking_not_changeable"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class LinkSpent(HubSyncError):
    """A one-time sign-in link was used already, is older than ten minutes, or never existed."""

    code = "link_spent"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class InvitationSpent(HubSyncError):
    """An invitation was accepted already, was withdrawn, is older than seven days, or never existed."""

    code = "invitation_spent"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class IdentityRefused(HubSyncError):
    """What a sign-in provider answered proves nobody: declined, forged, replayed, or not understood."""

    code = "identity_refused"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class AnotherAddress(HubSyncError):
    """An invitation is for another address than that of whoever would take it up."""

    code = "another_address"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class OtherBrowser(HubSyncError):
    """A mailed link was asked for in another browser, and works only there."""

    code = "other_browser"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class ProviderUnreachable(HubSyncError):
    """A sign-in provider did not answer in time, or not with what it promises; trying again later may help."""

    code = "provider_unreachable"
    scope, remedy = Scope.SERVICE, Remedy.RETRY
    permanent = False


class ProofMissing(HubSyncError):
    """A webhook did not prove who sent it: unknown endpoint, bad signature, or a time stamp too far away."""

    code = "proof_missing"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class SecretNotEntered(HubSyncError):
    """A webhook cannot be checked yet: nobody entered the secret that its sender shows. It may come again."""

    code = "secret_not_entered"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST


class BodyUnreadable(HubSyncError):
    """A webhook was proved but cannot be read; ``faults`` lists (place, reason)."""

    code = "body_unreadable"
    scope, remedy = Scope.REQUEST, Remedy.REQUEST

    def __init__(
        self, message: str = N_("The body cannot be read."), faults: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message)
        self.faults = faults


class BookingErased(HubSyncError):
    """This booking arrived before and was erased since; nothing is kept or posted of it again."""

    code = "booking_erased"
    scope, remedy = Scope.REQUEST, Remedy.DISMISS

    def __init__(self, delivery_id: int, state: str) -> None:
        super().__init__("this booking was erased")
        self.delivery_id = delivery_id
        self.state = state


class BookingNotKept(HubSyncError):
    """The database would not take a booking now; sending the same form again is safe."""

    code = "booking_not_kept"
    scope, remedy = Scope.SERVICE, Remedy.RETRY
    permanent = False


class MailFailure(StrEnum):
    """What was in the way of a mail. The values are stored; none is ever renamed."""

    NO_SENDER = "no_sender"
    HEADER = "header"
    ADDRESS = "address"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    HUNG_UP = "hung_up"
    CERTIFICATE = "certificate"
    TLS = "tls"
    NOT_OFFERED = "not_offered"
    """The server lacks the encryption or the login that the settings ask for."""
    LOGIN = "login"
    REFUSED = "refused"
    STOPPED = "stopped"
    """A worker was stopped while it handed the mail over, so that nobody knows."""
    RESTORED = "restored"
    """The database was restored from a backup that was made before it left, so that nobody knows."""


class MailNotSent(HubSyncError):
    """The mail server did not accept the mail; nothing counts as sent.

    *reason* says what was in the way. *answer* is what the server said, if it said anything, without our password;
    it may name addresses, so it is shown on the page of whoever asked and nowhere else. *perhaps_sent*: the mail
    was handed over whole and the line was lost before the server's answer, so that it may have been accepted after
    all. *lasting*: the same mail would not be taken another time either, whatever becomes of other ones.
    """

    code = "mail_not_sent"
    scope, remedy = Scope.SERVICE, Remedy.WAIT
    permanent = False

    def __init__(
        self,
        message: str = "",
        *,
        reason: MailFailure | Literal[""] = "",
        answer: str = "",
        perhaps_sent: bool = False,
        lasting: bool = False,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.answer = answer
        self.perhaps_sent = perhaps_sent
        self.lasting = lasting
