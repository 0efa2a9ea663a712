"""Errors of one company or contact: HubSpot refuses the record, or it is not to be sent yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hubsync.errors.details import Detail
from hubsync.errors.hubspot import HubSpotError
from hubsync.errors.marks import N_
from hubsync.errors.root import HubSyncError, Remedy, Scope


class AddressUnreadable(HubSyncError):
    """What the guest gave for the contact's e-mail is no address, so that HubSpot is not asked for a contact."""

    code = "address_unreadable"
    scope, remedy = Scope.RECORD, Remedy.ANSWERS
    advice = N_("Open Correct the answers, put the guest's e-mail address right, and press Save and Retry.")


class CompanyBusy(HubSyncError):
    """Another booking is creating the same company, or did so without learning HubSpot's answer.

    ``wait_seconds`` tells after how long it is sensible to come back.
    """

    code = "company_busy"
    scope, remedy = Scope.RECORD, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again in a moment.")
    permanent = False

    def __init__(self, message: str = "", wait_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class RecordBusy(HubSyncError):
    """Another booking is writing to the same record that HubSpot has already.

    ``wait_seconds`` tells after how long it is sensible to come back.
    """

    code = "record_busy"
    scope, remedy = Scope.RECORD, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again in a moment.")
    permanent = False

    def __init__(self, message: str = "", wait_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class ValuesRefused(HubSpotError):
    """400: HubSpot named properties whose values it does not take.

    ``refused`` maps the property's internal name to HubSpot's code, such as INVALID_EMAIL. ``for_good`` names
    those that HubSpot refuses whatever the value is: it does not have them, or lets nobody write them.
    """

    code = "values_refused"
    scope, remedy = Scope.RECORD, Remedy.MAPPING
    advice = N_(
        "Correct the answer or map the property to other information, then press Retry; or enter the record in "
        "HubSpot yourself."
    )

    def __init__(
        self,
        message: str | Detail = "",
        *,
        refused: Mapping[str, str],
        for_good: Collection[str] = (),
        **more: Any,
    ) -> None:
        super().__init__(message, **more)
        self.refused = dict(refused)
        self.for_good = frozenset(for_good)


class RequiredPropertyMissing(HubSpotError):
    """400: the account requires properties that the record does not carry; ``required`` names them."""

    code = "required_property_missing"
    scope, remedy = Scope.RECORD, Remedy.MAPPING
    advice = N_("Add a row for this property to the mapping, then press Retry.")

    def __init__(self, message: str | Detail = "", *, required: tuple[str, ...], **more: Any) -> None:
        super().__init__(message, **more)
        self.required = required


class ContactExists(HubSpotError):
    """409: a contact with this e-mail exists; ``contact_id`` is HubSpot's id where the answer names it."""

    code = "contact_exists"
    scope, remedy = Scope.RECORD, Remedy.DISMISS

    def __init__(self, message: str | Detail = "", *, contact_id: str | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.contact_id = contact_id


class PersonErased(HubSpotError):
    """HubSpot was told to forget this person for good and refuses whoever would enter them again.

    https://knowledge.hubspot.com/privacy-and-consent/how-do-i-perform-a-gdpr-delete-in-hubspot
    """

    code = "person_erased"
    scope, remedy = Scope.RECORD, Remedy.DISMISS
    advice = N_("Nobody can do it by hand either, so nothing is left to do: press Dismiss.")


class RecordConflict(HubSpotError):
    """409 that names neither a record nor a property, and nothing is there when it is looked for."""

    code = "record_conflict"
    scope, remedy = Scope.RECORD, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class RecordGone(HubSpotError):
    """404: the record does not exist (deleted, merged, or never was)."""

    code = "record_gone"
    scope, remedy = Scope.RECORD, Remedy.RETRY
    advice = N_("Press Retry: the record is looked up again.")


class LookUpRefused(HubSpotError):
    """HubSpot refused to say whether it has a record, which is no refusal of the record."""

    code = "look_up_refused"
    scope, remedy = Scope.RECORD, Remedy.RETRY
    advice = N_("Look in HubSpot whether it has the record. If it has, press Dismiss; if it has not, press Retry.")


class RecordRefused(HubSpotError):
    """Any other lasting refusal of this record."""

    code = "record_refused"
    scope, remedy = Scope.RECORD, Remedy.MAPPING
    advice = N_(
        "Read under Attempts what HubSpot said, correct the mapping, then press Retry; or enter the record in "
        "HubSpot yourself and press Dismiss."
    )
