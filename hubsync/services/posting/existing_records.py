"""Read of a record that HubSpot has, the same for a delivery and for a preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from hubsync.domain.filling import ExistingRecord
from hubsync.domain.mapping import Filling, Section
from hubsync.hubspot.caller import ObjectName
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.records import portion_names
from hubsync.net.deadline import Deadline

Ask = Callable[[Callable[[HubSpotClient], Any]], Any]
OBJECTS: dict[Section, ObjectName] = {Section.COMPANIES: "companies", Section.CONTACTS: "contacts"}
"""What HubSpot calls the records of a section."""


def read_existing(
    ask: Ask,
    section: Section,
    record_id: str,
    fillings: Iterable[Filling],
    deadline: Deadline,
    *,
    companies: bool,
) -> ExistingRecord | None:
    """The record with what *fillings* are about, and the contact's *companies* if wanted; None if there is none.

    One call, unless so many properties are mapped that no query takes them all.
    """
    names = [each.property_name for each in fillings]
    return read_named(ask, section, record_id, names, deadline, companies=companies)


def read_named(
    ask: Ask, section: Section, record_id: str, wanted: list[str], deadline: Deadline, *, companies: bool = False
) -> ExistingRecord | None:
    """The same with the properties of these names."""
    found: ExistingRecord | None = None
    for names in portion_names(wanted):
        record = ask(partial(_read, OBJECTS[section], record_id, names, deadline, companies))
        if record is None:
            return None
        found = record if found is None else found.with_more(record)
    return found


def _read(
    objects: ObjectName,
    record_id: str,
    names: tuple[str, ...],
    deadline: Deadline,
    companies: bool,
    client: HubSpotClient,
) -> ExistingRecord | None:
    return client.read_existing(objects, record_id, names, deadline, companies=companies)
