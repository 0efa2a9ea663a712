"""Undo of a delivery: which of the records that HubSync made may be archived again, and which stay.

HubSpot has no word for "nobody has touched it". What tells is the history of the properties that people can write:
every value there is of the create itself, or was put there by HubSpot on its own, or somebody touched the record.
In doubt it stays.
https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.filling import ExistingRecord, is_same_text

UNDOABLE = (DeliveryState.POSTED, DeliveryState.DUPLICATE, DeliveryState.PARTIAL)
"""In which states a delivery can be undone: what comes earlier is still on its way."""
CREATION = timedelta(seconds=60)
"""For so long after a record was made values from its maker are those that it was made with."""
HUBSPOT_ITSELF = frozenset(
    {
        *("ANALYTICS", "ASSOCIATIONS", "AVATARS_SERVICE", "BIDEN", "CALCULATED", "COMPANY_FAMILIES"),
        *("COMPANY_INSIGHTS", "DATA_ENRICHMENT", "DEFAULT", "INTERNAL_PROCESSING", "PROPERTY_DEFAULT_VALUE"),
    }
)
"""Sources of values that HubSpot computes, looks up or presets without anybody's doing.

Workflows are not among them: somebody made these. The words are those of HubSpot's published definitions, which do
not say what they mean.
"""
APPS = frozenset({"INTEGRATION", "API"})
"""Makers of records that may be HubSync: after a lost answer, what a person made just then may pass for ours."""


class UndoPart(StrEnum):
    """What a delivery made at HubSpot, and undoing takes back. The values are stored; none is ever renamed."""

    CONTACT = "made_contact"
    COMPANY = "made_company"
    MEETING = "made_meeting"
    ASSOCIATION = "made_association"
    """That a contact which HubSpot had already, without a company, is associated with the booking's."""
    VALUE = "filled_value"
    """A value that went into an empty property of a record that HubSpot had already."""


class UndoFate(StrEnum):
    """What became of one of them, or would. The values are stored; none is ever renamed."""

    OPEN = "undo_open"
    """Not undone yet: nobody has come to it, or HubSpot could not be asked."""
    SENT = "undo_sent"
    """HubSpot was asked, or was about to be, and its answer is not stored."""
    ARCHIVED = "undo_archived"
    EMPTIED = "undo_emptied"
    REMOVED = "undo_removed"
    GONE = "undo_gone"
    """HubSpot has no such record, value or association any more."""
    TOUCHED = "stays_touched"
    """It stays: somebody, or something that somebody set up, changed a value."""
    LINKED = "stays_linked"
    """It stays: something else is associated with it."""
    USED = "stays_used"
    """It stays: other bookings met it as a duplicate."""
    MERGED = "stays_merged"
    """It stays: it became part of another record."""
    DOUBTFUL = "stays_doubtful"
    """It stays: HubSpot does not say enough about it."""
    REFUSED = "undo_refused"
    """HubSpot does not archive it."""


TO_DO = (UndoFate.ARCHIVED, UndoFate.EMPTIED, UndoFate.REMOVED)
"""Of a verdict: this is to be done."""
DONE = (*TO_DO, UndoFate.GONE)
"""It is not there any more, and nothing is left to do."""
UNSETTLED = (UndoFate.OPEN, UndoFate.SENT, UndoFate.REFUSED)
"""What did not come to its end, and may the next time."""


@dataclass(frozen=True, slots=True)
class PastValue:
    """One entry of a property's history: when it was set and by what; *source_id* tells apps and people apart."""

    property_name: str
    at: datetime | None
    source: str
    source_id: str
    by_user: bool


@dataclass(frozen=True, slots=True)
class Maker:
    """What made a record, as HubSpot names it."""

    source: str
    source_id: str


@dataclass(frozen=True, slots=True)
class RecordLinks:
    """A record, who made it, and the ids of what is associated with it by kind."""

    id: str
    created_at: datetime | None
    source: str
    source_id: str
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def maker(self) -> Maker:
        return Maker(self.source, self.source_id)


PLAIN_TYPES = frozenset({"contact_to_company", "contact_to_company_unlabeled"})
"""What HubSpot calls an association without a label, and the primary one."""


@dataclass(frozen=True, slots=True)
class CompanyLinks:
    """A contact, and the companies that it is associated with: how, by their ids."""

    contact_id: str
    types: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a record or value: one of `TO_DO`, else why it stays.

    *about* is the property that was changed, the label that was given, or the kind of what is associated; *number*
    how many.
    """

    fate: UndoFate
    about: str = ""
    number: int = 0


def judge(
    record_id: str,
    links: RecordLinks | None,
    past: tuple[PastValue, ...],
    own: Mapping[str, frozenset[str]],
    *,
    maker_alone: bool = False,
) -> Verdict:
    """What is to become of the record *record_id*, which HubSync made.

    *own* are the ids, by kind, of what the same delivery associated with it. None for *links* says that HubSpot
    has no such record. *maker_alone* says that what its maker writes later is the same delivery's, as of a meeting
    that was moved.
    """
    if links is None:
        return Verdict(UndoFate.GONE)
    if links.id != record_id:
        return Verdict(UndoFate.MERGED)
    if links.source not in APPS or links.created_at is None:
        return Verdict(UndoFate.DOUBTFUL)
    if not any(_is_of_creation(value, links) for value in past):
        return Verdict(UndoFate.DOUBTFUL)
    touched = next((each for each in past if not _is_untouched(each, links, maker_alone=maker_alone)), None)
    if touched is not None:
        return Verdict(UndoFate.TOUCHED, touched.property_name)
    for kind, ids in sorted(links.linked.items()):
        if others := set(ids) - own.get(kind, frozenset()):
            return Verdict(UndoFate.LINKED, kind, len(others))
    return Verdict(UndoFate.ARCHIVED)


def undone_fate(part: UndoPart) -> UndoFate:
    """What becomes of a thing of this kind that is undone."""
    return {UndoPart.ASSOCIATION: UndoFate.REMOVED, UndoPart.VALUE: UndoFate.EMPTIED}.get(part, UndoFate.ARCHIVED)


def judge_association(contact_id: str, links: CompanyLinks | None, company_id: str) -> Verdict:
    """What is to become of an association that HubSync gave a contact without a company: removed if it is as made.

    HubSpot keeps no history of associations. It is as made while nobody gave it a label; that the contact's first
    company is its primary one is HubSpot's own doing. Removing it takes all its labels.
    https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
    """
    if links is None:
        return Verdict(UndoFate.GONE)
    if links.contact_id != contact_id:
        return Verdict(UndoFate.MERGED)
    types = links.types.get(company_id)
    if types is None:
        return Verdict(UndoFate.GONE)
    labels = sorted(types - PLAIN_TYPES)
    return Verdict(UndoFate.TOUCHED, labels[0]) if labels else Verdict(UndoFate.REMOVED)


def judge_value(record_id: str, record: ExistingRecord | None, property_name: str, ours: str) -> Verdict:
    """What is to become of the value that HubSync filled in: emptied again if it is still ours."""
    if record is None:
        return Verdict(UndoFate.GONE)
    if record.id != record_id:
        return Verdict(UndoFate.MERGED)
    value, change = record.values.get(property_name, ""), record.changes.get(property_name)
    if not value:
        return Verdict(UndoFate.GONE)
    if change is None:
        return Verdict(UndoFate.DOUBTFUL)
    if change.by_person or not is_same_text(value, ours):
        return Verdict(UndoFate.TOUCHED, property_name)
    return Verdict(UndoFate.EMPTIED)


def _is_by_maker(value: PastValue, links: RecordLinks) -> bool:
    """Whether the record's maker set the value. An app's values name the person who installed it, too."""
    return bool(links.source) and (value.source, value.source_id) == (links.source, links.source_id)


def _is_of_creation(value: PastValue, links: RecordLinks) -> bool:
    """Whether the record was made with this value."""
    made = links.created_at
    in_time = value.at is not None and made is not None and value.at <= made + CREATION
    return in_time and _is_by_maker(value, links)


def _is_untouched(value: PastValue, links: RecordLinks, *, maker_alone: bool) -> bool:
    if _is_of_creation(value, links) or (maker_alone and _is_by_maker(value, links)):
        return True
    return value.source in HUBSPOT_ITSELF and not value.by_user
