"""Contacts, companies and meetings: create, find, change, archive.

Contacts are unique by e-mail address, their additional ones included; companies are not unique by anything.
https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
https://developers.hubspot.com/docs/api-reference/latest/crm/objects/companies/guide
"""

from hubspot_sandbox.api_errors import ApiError, not_found
from hubspot_sandbox.clock import iso
from hubspot_sandbox.crm.association_types import Types
from hubspot_sandbox.crm.associations import associate, dissociate_all
from hubspot_sandbox.crm.definitions import all_definitions
from hubspot_sandbox.crm.id_lookup import record_with_id
from hubspot_sandbox.crm.kinds import CONTACTS, MEETINGS, Kind
from hubspot_sandbox.crm.meeting_links import unlink_all
from hubspot_sandbox.crm.property_history import note_changes
from hubspot_sandbox.crm.sources import Source
from hubspot_sandbox.crm.values import milliseconds_of
from hubspot_sandbox.entities import ErasedAddress, Record
from hubspot_sandbox.state import SandboxState

#: Older versions of a record that a lagging search can still see.
KEPT_REVISIONS = 20
MEETING_TIMES = ("hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time")


def create_record(
    state: SandboxState,
    account_id: int,
    kind: Kind,
    values: dict[str, str],
    source: Source,
    targets: list[tuple[str, Types]] | None = None,
) -> Record:
    """A new record from values that were checked, associated with *targets*; ApiError 409 for a known e-mail."""
    with state.lock:
        refuse_known_email(state, account_id, kind, values)
        now = state.clock.now()
        record_id = state.next_record_id(account_id, kind.name, kind.first_id)
        system = {
            kind.created: iso(now),
            kind.modified: iso(now),
            "hs_object_id": record_id,
            **source.properties(),
        }
        record = Record(account_id, kind.name, record_id, {}, now, now)
        record.properties = {**_normalised(state, kind, values), **system}
        if kind is MEETINGS and "hs_timestamp" not in record.properties:
            # https://developers.hubspot.com/changelog/defaulting-hs_timestamp-to-meeting-start-time-in-meetings-engagement-api
            record.properties["hs_timestamp"] = record.properties.get("hs_meeting_start_time", iso(now))
        keep_record(state, record, source)
        for to_id, types in targets or []:
            pair = (record_id, to_id) if kind is CONTACTS else (to_id, record_id)
            associate(state, account_id, *pair, types)
        return record


def change_record(
    state: SandboxState, record: Record, kind: Kind, values: dict[str, str], source: Source
) -> Record:
    """Write checked values over a record; an empty value clears its property."""
    with state.lock:
        refuse_known_email(state, record.account_id, kind, values, but_not=record.id)
        record.properties.update(_normalised(state, kind, values))
        record.updated_at = state.clock.now()
        record.properties[kind.modified] = iso(record.updated_at)
        return keep_record(state, record, source)


def archive_record(state: SandboxState, record: Record) -> None:
    """Delete as HubSpot does: the record is archived and its associations end."""
    with state.lock:
        dissociate_all(state, record)
        unlink_all(state, record)
        record.archived_at = state.clock.now()
        state.records.put(record)


def erase_record(state: SandboxState, record: Record) -> None:
    """Delete permanently: nothing of the record is kept, and no contact may have its addresses again."""
    with state.lock:
        if record.object_type == CONTACTS.name:
            refuse_for_ever(state, record.account_id, emails_of(record))
        dissociate_all(state, record)
        unlink_all(state, record)
        state.records.remove(f"{record.account_id}:{record.object_type}:{record.id}")


def refuse_for_ever(state: SandboxState, account_id: int, emails: set[str]) -> None:
    """Put addresses on the account's list of those that no contact may have."""
    for email in emails:
        state.erased_addresses.put(ErasedAddress(account_id, email))


def emails_of(record: Record) -> set[str]:
    """The addresses that identify a contact, additional ones too, in lower case."""
    additional = record.properties.get("hs_additional_emails", "")
    addresses = [record.properties.get("email", ""), *additional.split(";")]
    return {address.strip().lower() for address in addresses if address.strip()}


def refuse_known_email(
    state: SandboxState, account_id: int, kind: Kind, values: dict[str, str], *, but_not: str | None = None
) -> None:
    """Raise HubSpot's 409 when another live contact has the e-mail address, 400 when it was erased for good."""
    email = values.get("email", "").strip().lower()
    if kind is not CONTACTS or not email:
        return
    if state.erased_addresses.get(f"{account_id}:{email}") is not None:
        fault = {
            "message": "This email address has been GDPR blacklisted",
            "code": "GDPR_BLACKLISTED_EMAIL",
            "context": {"propertyName": ["email"]},
        }
        raise ApiError(400, "Property values were not valid", category="VALIDATION_ERROR", errors=[fault])
    for record in state.records_of(account_id, kind.name):
        if not record.archived and record.id != but_not and email in emails_of(record):
            words = f"Contact already exists. Existing ID: {record.id}"
            raise ApiError(409, words, category="CONFLICT")


def find_record(
    state: SandboxState,
    account_id: int,
    kind: Kind,
    key: str,
    id_property: str | None,
    *,
    archived: bool = False,
    merged_ids: bool = True,
) -> Record:
    """The record with this id, e-mail address or value of a unique property; raises ApiError 404 or 400.

    With *merged_ids* the id of a record that was merged away finds the one it became part of.
    """
    with state.lock:
        if id_property in (None, "", "hs_object_id"):
            record = record_with_id(state, account_id, kind, key, merged_ids=merged_ids)
            found = [record] if record is not None else []
        else:
            found = _by_property(state, account_id, kind, key, str(id_property))
        for record in found:
            if record.archived == archived and record.merged_into is None:
                return record
        raise not_found()


def _by_property(state: SandboxState, account_id: int, kind: Kind, key: str, id_property: str) -> list[Record]:
    wanted = key.strip().lower()
    records = state.records_of(account_id, kind.name)
    if kind is CONTACTS and id_property == "email":
        return [record for record in records if wanted in emails_of(record)]
    definition = all_definitions(state, account_id, kind.name).get(id_property, {})
    by_domain = id_property == "domain" and state.switches.find_company_by_domain
    if not definition.get("hasUniqueValue") and not by_domain:
        words = f"{id_property} is not a unique property of {kind.name}"
        raise ApiError(400, words, category="VALIDATION_ERROR")
    return [record for record in records if record.properties.get(id_property, "").lower() == wanted]


def normalise_domain(text: str) -> str:
    """A host name out of a domain or address: no scheme, path, port or leading www., in lower case."""
    host = text.strip().lower().partition("://")[2] or text.strip().lower()
    return host.partition("/")[0].partition(":")[0].removeprefix("www.")


def _normalised(state: SandboxState, kind: Kind, values: dict[str, str]) -> dict[str, str]:
    values = dict(values)
    if kind is CONTACTS and "email" in values:
        values["email"] = values["email"].strip().lower()
        values["hs_email_domain"] = values["email"].rpartition("@")[2]
    if kind is MEETINGS:
        return {name: _moment(state, name, value) for name, value in values.items()}
    if kind is not CONTACTS and values.get("domain") and state.switches.normalise_domains:
        values["domain"] = normalise_domain(values["domain"])
    return values


def _moment(state: SandboxState, name: str, value: str) -> str:
    """A time as HubSpot keeps it, however it was written; the form in which it is read is a switch."""
    milliseconds = milliseconds_of(value) if name in MEETING_TIMES else None
    if milliseconds is None:
        return value
    return str(milliseconds) if state.switches.meeting_times_in_milliseconds else iso(milliseconds / 1000)


def keep_record(state: SandboxState, record: Record, source: Source) -> Record:
    """Keep a record whose properties changed, with its history and a revision for the lagging search."""
    record.properties = {name: value for name, value in record.properties.items() if value != ""}
    note_changes(record, record.revisions[-1][1] if record.revisions else {}, source)
    record.revisions.append([record.updated_at, dict(record.properties)])
    del record.revisions[:-KEPT_REVISIONS]
    return state.records.put(record)
