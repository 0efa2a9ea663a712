"""Exception hierarchy: everything that can go wrong on purpose, one family, told apart by ``code``.

All of it stands in this package, so that `family` is complete wherever it is asked. Adapters translate what the
outside does into these; no exception of requests, Authlib, smtplib or pydantic leaves its adapter. Messages name
properties, settings and HubSpot's categories, never a guest's answers and never a token, because messages are
stored on deliveries and shown in lists.

``advice`` is one English sentence that tells a person what to press; ``N_`` marks it for the message
catalogue and the page translates it when it is shown.
"""

from __future__ import annotations

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
)
from hubsync.errors.hubspot import (
    AccountFull,
    AccountSuspended,
    AccountTrouble,
    AnswerLost,
    HubSpotBusy,
    HubSpotError,
    HubSpotMessage,
    HubSpotUnreachable,
    NoPlace,
    NotAsked,
    RateLimited,
)
from hubsync.errors.incoming import (
    AnotherAddress,
    BodyUnreadable,
    BookingErased,
    BookingNotKept,
    BookingPageClosed,
    IdentityRefused,
    InvitationSpent,
    LinkSpent,
    MailNotSent,
    MappingChanged,
    NotFound,
    OtherBrowser,
    ProofMissing,
    ProviderUnreachable,
    Refused,
    RoleTooLow,
)
from hubsync.errors.records import (
    AddressUnreadable,
    CompanyBusy,
    ContactExists,
    LookUpRefused,
    PersonErased,
    RecordConflict,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.errors.root import N_, HubSyncError

__all__ = [
    "ACCOUNT_TROUBLES",
    "N_",
    "AccessExpired",
    "AccessLost",
    "AccountFull",
    "AccountSuspended",
    "AccountTrouble",
    "AddressUnreadable",
    "AnotherAccount",
    "AnotherAddress",
    "AnswerLost",
    "AppMisconfigured",
    "BodyUnreadable",
    "BookingErased",
    "BookingNotKept",
    "BookingPageClosed",
    "CodeRefused",
    "CompanyBusy",
    "ContactExists",
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
    "MailNotSent",
    "MappingChanged",
    "NoPlace",
    "NotAsked",
    "NotConnected",
    "NotFound",
    "OtherBrowser",
    "PermissionMissing",
    "PersonErased",
    "ProofMissing",
    "ProviderUnreachable",
    "RateLimited",
    "RecordConflict",
    "RecordGone",
    "RecordRefused",
    "Refused",
    "RequiredPropertyMissing",
    "RoleTooLow",
    "SecretUnreadable",
    "ValuesRefused",
    "family",
]


def family(root: type[HubSyncError] = HubSyncError) -> dict[str, type[HubSyncError]]:
    """Every error class by its code, so that a stored code finds its advice again."""
    found = {root.code: root}
    for child in root.__subclasses__():
        found.update(family(child))
    return found


ACCOUNT_TROUBLES = tuple(family(AccountTrouble))
"""The codes of what HubSpot refuses to the whole account until somebody acts there."""
