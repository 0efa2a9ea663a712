"""Filling of records that HubSpot has already: which property is empty, and what became of each value.

HubSpot has no conditional write, so a property counts as empty by what was read a moment before.
https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from hubsync.domain.mapping import Filling


class FillOutcome(StrEnum):
    """What became of a value. The values are stored; none is ever renamed."""

    INTENT = "intent"
    """The property was empty, and the value was sent or was about to be; HubSpot's answer is not known."""
    FILLED = "filled"
    WAS_SET = "was_set"
    """Left as it is: HubSpot had a value."""
    EMPTIED = "emptied"
    """Left empty: a person had emptied it."""
    CHANGED = "changed"
    """Left as it is: it was empty, and somebody set it before or after we wrote."""
    REFUSED = "refused"
    """HubSpot does not take the value."""


class JoinOutcome(StrEnum):
    """What became of the association of a contact that exists. The values are stored; none is ever renamed."""

    INTENT = "intent"
    """It had no company, and the association was sent or was about to be; HubSpot's answer is not known."""
    MADE = "made"
    WAS_THERE = "was_there"
    """It is associated with the booking's company already."""
    HAS_ANOTHER = "has_another"
    """It is associated with another company and is left as it is."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest entry of a property's history: the value (empty where it was cleared) and who made it."""

    value: str = field(repr=False)
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class ExistingRecord:
    """A record as HubSpot has it: *id* is another one than asked for where that was merged.

    *values* has the properties that were asked for, empty ones as "". *changes* are known where HubSpot told of
    them. *companies* are the ids of those that the contact is associated with.
    """

    id: str
    values: Mapping[str, str] = field(repr=False)
    changes: Mapping[str, LastChange] = field(default_factory=dict, repr=False)
    companies: tuple[str, ...] = ()

    def with_more(self, other: ExistingRecord) -> ExistingRecord:
        """The same record with further properties, as *other* has read them."""
        return replace(other, values={**self.values, **other.values}, changes={**self.changes, **other.changes})


def judge(filling: Filling, record: ExistingRecord, *, perhaps_sent: bool) -> FillOutcome:
    """What is to become of the value: INTENT where it is to be sent, else why not.

    *perhaps_sent* says that this booking wrote it down before, when the property was empty: what stands there now
    is ours if it is our value and no person set it.
    """
    value, change = record.values.get(filling.property_name, ""), record.changes.get(filling.property_name)
    by_person = change is not None and change.by_person
    if not value:
        emptied = by_person and change is not None and not change.value
        return FillOutcome.EMPTIED if emptied else FillOutcome.INTENT
    if not perhaps_sent:
        return FillOutcome.WAS_SET
    ours = is_same(filling, value) and not by_person
    return FillOutcome.FILLED if ours else FillOutcome.CHANGED


def judge_answer(filling: Filling, answered: Mapping[str, str]) -> FillOutcome:
    """What became of a value that HubSpot took, by the record in its answer."""
    value = answered.get(filling.property_name)
    return FillOutcome.FILLED if value is None or is_same(filling, value) else FillOutcome.CHANGED


def is_same(filling: Filling, value: str) -> bool:
    """Whether HubSpot's *value* is the one that was sent; numbers count by their worth."""
    return value.strip() == filling.text.strip() or (filling.is_number and is_same_text(value, filling.text))


def is_same_text(value: str, sent: str) -> bool:
    """The same of a value of which it is not known whether it was a number."""
    if value.strip() == sent.strip():
        return True
    try:
        return Decimal(value) == Decimal(sent)
    except InvalidOperation:
        return False


def judge_companies(record: ExistingRecord, company_id: str, *, perhaps_sent: bool) -> JoinOutcome:
    """What is to become of the association with *company_id*: INTENT where it is to be made, else why not."""
    if company_id in record.companies:
        return JoinOutcome.MADE if perhaps_sent else JoinOutcome.WAS_THERE
    return JoinOutcome.HAS_ANOTHER if record.companies else JoinOutcome.INTENT
