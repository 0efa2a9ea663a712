"""Texts about records that HubSpot had already: what was filled of them, and the association of the contact."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Outcome
from hubsync.domain.undoing import DONE, UndoPart
from hubsync.errors import SecretUnreadable, family
from hubsync.phrases import sentences
from hubsync.services.deliveries.undo_plan import Key, place_of
from hubsync.services.posting.filled_values import Join, kept_join, list_values, open_value
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import FilledValue
from hubsync.store.undoings import Undoing
from hubsync.web.shell.reasons import explain_dropped, explain_reason, name_property
from hubsync.web.shell.record_line import FilledLine

OUTCOMES = {
    FillOutcome.FILLED: _l("It was empty and was filled:"),
    FillOutcome.INTENT: _l("It was empty. This was sent, but HubSpot's answer is not known:"),
    FillOutcome.WAS_SET: _l("HubSpot has a value, which was left as it is."),
    FillOutcome.EMPTIED: _l("Somebody had emptied it in HubSpot, so it was left empty."),
    FillOutcome.CHANGED: _l("It was empty, and somebody set it meanwhile. That was left as it is."),
}
"""What became of a value; one that HubSpot refused is told with its reason."""


@dataclass(frozen=True)
class Existing:
    """What was done to records that HubSpot had already; *undone* names what of it was taken back."""

    values: Sequence[FilledValue] = ()
    join: Join | None = None
    undone: frozenset[Key] = frozenset()

    def is_filled(self, section: Section) -> bool:
        """Whether anything of the section's record was filled, and is not undone."""
        return any(
            each.section == section and each.outcome == FillOutcome.FILLED and not self.is_emptied(each)
            for each in self.values
        )

    def is_emptied(self, value: FilledValue) -> bool:
        """Whether the value is gone again because the delivery was undone."""
        return (UndoPart.VALUE, place_of(Section(value.section), value.property_name)) in self.undone

    @property
    def is_changed(self) -> bool:
        """Whether HubSpot has more than before."""
        join = self.join if self.join is not None and self.join.outcome == JoinOutcome.MADE else None
        stands = join is not None and (UndoPart.ASSOCIATION, join.company_id) not in self.undone
        return stands or any(self.is_filled(section) for section in Section)


def read_existing(delivery: Delivery, undoing: Undoing | None) -> Existing:
    """What is kept of it, and what *undoing* took back; nothing is asked where nothing can be."""
    if Outcome.DUPLICATE not in (delivery.company, delivery.contact):
        return Existing()
    parts = undoing.parts if undoing is not None else ()
    undone = frozenset((each.part, each.place) for each in parts if each.fate in DONE)
    return Existing(list_values([delivery.id]), kept_join(delivery.id), undone)


def filled_lines(existing: Existing) -> list[FilledLine]:
    """Each property with what became of it."""
    return [
        FilledLine(
            name_property(each.section, each.property_name, each.property_label),
            each.section,
            _became(each, is_emptied=existing.is_emptied(each)),
            "" if existing.is_emptied(each) else _value(each),
        )
        for each in existing.values
    ]


def explain_join(join: Join) -> str:
    """What became of the association of the contact, in a sentence."""
    if join.outcome == JoinOutcome.MADE:
        return _("HubSpot had this contact without a company. It is associated with the booking's company now.")
    if join.outcome == JoinOutcome.WAS_THERE:
        return _("HubSpot has this contact associated with the company already.")
    if join.outcome == JoinOutcome.HAS_ANOTHER:
        return _(
            "HubSpot has this contact with another company (%(company)s). It was left as it is.",
            company=join.other_company_id,
        )
    if join.outcome == JoinOutcome.INTENT:
        return _(
            "HubSpot had this contact without a company. The association was sent, but HubSpot's answer is not "
            "known."
        )
    refused = _("HubSpot had this contact without a company, and did not take the association.")
    return sentences(refused, explain_reason(join.code))


def _became(kept: FilledValue, *, is_emptied: bool) -> str:
    if is_emptied:
        return _("It was filled, and is empty again since the delivery was undone.")
    return _refused(kept.code) if kept.outcome == FillOutcome.REFUSED else str(OUTCOMES.get(kept.outcome, ""))


def _refused(code: str) -> str:
    return explain_reason(code) if code in family() else explain_dropped({"code": code})


def _value(kept: FilledValue) -> str:
    value = ""
    if kept.value_sealed:
        with suppress(SecretUnreadable):
            value = open_value(kept)
    return value
