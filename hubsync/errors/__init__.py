"""Exception hierarchy: everything that can go wrong on purpose, one family, told apart by ``code``.

All of it stands in this package, so that `family` is complete wherever it is asked. Adapters translate what the
outside does into these; no exception of requests, Authlib, smtplib or pydantic leaves its adapter. Messages name
properties, settings and HubSpot's categories, never a guest's answers and never a token, because they are logged.
What an attempt keeps of one beside its code is its `Detail`: a code with values, worded for whoever reads it.

``scope`` and ``remedy`` are what a group of errors is made of: where a fault is at hand its attributes are asked,
where a code is stored `codes` answers. So a new error belongs everywhere as soon as it states both.
``advice`` is one English sentence that tells a person what to press; ``N_`` marks it for the message
catalogue and the page translates it when it is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar, overload

from hubsync.errors.access import (
    AccessExpired,
    AccessLost,
    AnotherAccount,
    AppMisconfigured,
    CodeRefused,
    IdleExpired,
    NotConnected,
    PermissionMissing,
    SecretUnreadable,
    WatchOnly,
)
from hubsync.errors.details import OBSTACLES, Detail, DetailCode, Obstacle, read_detail, tell
from hubsync.errors.feeds import (
    FeedAddressInvalid,
    FeedAddressPrivate,
    FeedBusy,
    FeedCutOff,
    FeedError,
    FeedHasNoCalendars,
    FeedIsWebPage,
    FeedNotCalendar,
    FeedNotFound,
    FeedNotHttps,
    FeedRedirected,
    FeedRefused,
    FeedServerFault,
    FeedTooCostly,
    FeedTooLarge,
    FeedTooManyEvents,
    FeedTooSlow,
    FeedUnreachable,
)
from hubsync.errors.hubspot import (
    AccountFull,
    AccountProblem,
    AccountSuspended,
    AnswerLost,
    HubSpotBusy,
    HubSpotError,
    HubSpotMessage,
    HubSpotUnreachable,
    NoReservation,
    NotAsked,
    RateLimited,
)
from hubsync.errors.incoming import (
    AnotherAddress,
    BodyUnreadable,
    BookingErased,
    BookingNotChangeable,
    BookingNotKept,
    BookingPageClosed,
    FreeTimesChanged,
    GuestHasEnough,
    IdentityRefused,
    InvitationSpent,
    LinkSpent,
    MailFailure,
    MailNotSent,
    MappingChanged,
    NotFound,
    OtherBrowser,
    ProofMissing,
    ProviderUnreachable,
    Refused,
    RoleTooLow,
    SecretNotEntered,
    TimeNotOffered,
    UnwantedRulesChanged,
)
from hubsync.errors.marks import N_
from hubsync.errors.records import (
    AddressUnreadable,
    CompanyBusy,
    ContactExists,
    LookUpRefused,
    PersonErased,
    RecordBusy,
    RecordConflict,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.errors.root import HubSyncError, Remedy, Scope
from hubsync.errors.sources import (
    SourceBusy,
    SourceError,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
    SourceUnreachable,
)

__all__ = [
    "ACCESS_GONE",
    "ACCOUNT_TROUBLES",
    "N_",
    "OBSTACLES",
    "AccessExpired",
    "AccessLost",
    "AccountFull",
    "AccountProblem",
    "AccountSuspended",
    "AddressUnreadable",
    "AnotherAccount",
    "AnotherAddress",
    "AnswerLost",
    "AppMisconfigured",
    "BodyUnreadable",
    "BookingErased",
    "BookingNotChangeable",
    "BookingNotKept",
    "BookingPageClosed",
    "CodeRefused",
    "CompanyBusy",
    "ContactExists",
    "Detail",
    "DetailCode",
    "FeedAddressInvalid",
    "FeedAddressPrivate",
    "FeedBusy",
    "FeedCutOff",
    "FeedError",
    "FeedHasNoCalendars",
    "FeedIsWebPage",
    "FeedNotCalendar",
    "FeedNotFound",
    "FeedNotHttps",
    "FeedRedirected",
    "FeedRefused",
    "FeedServerFault",
    "FeedTooCostly",
    "FeedTooLarge",
    "FeedTooManyEvents",
    "FeedTooSlow",
    "FeedUnreachable",
    "FreeTimesChanged",
    "GuestHasEnough",
    "HubSpotBusy",
    "HubSpotError",
    "HubSpotMessage",
    "HubSpotUnreachable",
    "HubSyncError",
    "IdentityRefused",
    "IdleExpired",
    "InvitationSpent",
    "LinkSpent",
    "LookUpRefused",
    "MailFailure",
    "MailNotSent",
    "MappingChanged",
    "NoReservation",
    "NotAsked",
    "NotConnected",
    "NotFound",
    "Obstacle",
    "OtherBrowser",
    "PermissionMissing",
    "PersonErased",
    "ProofMissing",
    "ProviderUnreachable",
    "RateLimited",
    "RecordBusy",
    "RecordConflict",
    "RecordGone",
    "RecordRefused",
    "Refused",
    "Remedy",
    "RequiredPropertyMissing",
    "RoleTooLow",
    "Scope",
    "SecretNotEntered",
    "SecretUnreadable",
    "SourceBusy",
    "SourceError",
    "SourceRefused",
    "SourceRightMissing",
    "SourceTokenRefused",
    "SourceUnreachable",
    "TimeNotOffered",
    "UnwantedRulesChanged",
    "ValuesRefused",
    "WatchOnly",
    "codes",
    "family",
    "read_detail",
    "tell",
]


Kind = TypeVar("Kind", bound=HubSyncError)


@overload
def family() -> dict[str, type[HubSyncError]]: ...
@overload
def family(root: type[Kind]) -> dict[str, type[Kind]]: ...
def family(root: type[Any] = HubSyncError) -> dict[str, type[Any]]:
    """Every error class by its code, so that a stored code finds its advice again; of one branch if *root* is."""
    classes = {root.code: root}
    for child in root.__subclasses__():
        classes.update(family(child))
    return classes


def codes(
    *, scopes: Collection[Scope] = tuple(Scope), remedies: Collection[Remedy] = tuple(Remedy)
) -> tuple[str, ...]:
    """The codes of all errors that have one of *scopes* and one of *remedies*, which are any unless given."""
    return tuple(code for code, kind in family().items() if kind.scope in scopes and kind.remedy in remedies)


ACCOUNT_TROUBLES = codes(scopes={Scope.ACCOUNT})
"""The codes of what HubSpot refuses to the whole account until somebody acts there."""
ACCESS_GONE = codes(scopes={Scope.ACCESS}, remedies={Remedy.CONNECT})
"""The codes of what keeps every booking of a team waiting until somebody connects."""
