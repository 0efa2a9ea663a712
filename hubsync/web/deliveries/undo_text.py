"""Texts about undoing a delivery: what would become of each record, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hubsync.domain.mapping import Section
from hubsync.domain.undoing import UndoFate, UndoPart, Verdict
from hubsync.phrases import labelled, sentences
from hubsync.services.deliveries.undo_plan import MadeThing
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.undoings import UndonePart
from hubsync.web.deliveries.records_text import record_link
from hubsync.web.shell.reasons import explain_reason, name_property
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.remark_texts import PARTS

Look = tuple[str, str, Literal["good", "plain", "care", "bad"]]
SECTIONS = {UndoPart.CONTACT: Section.CONTACTS, UndoPart.COMPANY: Section.COMPANIES}
NOUNS: Mapping[UndoPart, Literal["contact", "company"]] = {
    UndoPart.CONTACT: "contact",
    UndoPart.COMPANY: "company",
}
MEETING = _l("Meeting")
NEIGHBOURS = {
    "companies": _l("a company that HubSync did not associate with it"),
    "contacts": _l("a contact that is not undone"),
    "meetings": _l("a meeting"),
    "notes": _l("a note"),
    "calls": _l("a call"),
    "emails": _l("an e-mail"),
    "tasks": _l("a task"),
    "deals": _l("a deal"),
    "tickets": _l("a ticket"),
}
"""What may be associated with a record, by HubSpot's name of its kind."""

VALUE_SENTENCES = {
    UndoFate.EMPTIED: _l("It is as empty as it was before."),
    UndoFate.GONE: _l("It is empty already, or the record is gone."),
    UndoFate.TOUCHED: _l("Somebody has set it in HubSpot since."),
    UndoFate.SENT: _l("HubSpot was asked to empty it, and its answer is not known."),
    UndoFate.REFUSED: _l("HubSpot refused to empty it."),
    UndoFate.DOUBTFUL: _l("HubSpot does not say who set it."),
}
"""Of a value that was filled in; the others are those of a record."""

ASSOCIATION_SENTENCES = {
    UndoFate.REMOVED: _l("The contact and the company are apart again, as they were before."),
    UndoFate.GONE: _l("The two are not associated any more."),
    UndoFate.SENT: _l("HubSpot was asked to remove it, and its answer is not known."),
    UndoFate.REFUSED: _l("HubSpot refused to remove it."),
}
"""Of the association of a contact that HubSpot had already."""

Labels = Mapping[tuple[str, str], str]


def planned_line(
    delivery: Delivery, connection: Connection | None, labels: Labels, thing: MadeThing, verdict: Verdict
) -> RecordLine:
    """What pressing *Undo* would do to the record."""
    look, sentence = _look(verdict.fate), _why(verdict, thing.part, labels)
    if verdict.fate is UndoFate.ARCHIVED:
        look = (_("will be archived"), "archive", "care")
        sentence = _("HubSync made it for this booking, and nobody has touched it since.")
    elif verdict.fate is UndoFate.EMPTIED:
        look = (_("will be emptied"), "eraser", "care")
        sentence = _("HubSync filled it for this booking, and it still has that value.")
    elif verdict.fate is UndoFate.REMOVED:
        look = (_("will be removed"), "eraser", "care")
        sentence = _(
            "HubSync associated this contact with company #%(company)s for this booking, and nobody gave the "
            "association a label since.",
            company=thing.place,
        )
    return _line(delivery, connection, labels, thing, look, sentence, is_gone=verdict.fate is UndoFate.GONE)


def undone_line(
    delivery: Delivery, connection: Connection | None, labels: Labels, part: UndonePart, *, under_way: bool
) -> RecordLine:
    """What became of the record."""
    verdict = Verdict(UndoFate(part.fate), part.about, part.number)
    thing = MadeThing(part.part, part.record_id, part.place)
    sentence = _why(verdict, part.part, labels)
    if part.code:
        sentence = sentences(sentence, explain_reason(part.code))
    if under_way and verdict.fate in (UndoFate.OPEN, UndoFate.SENT):
        return _line(delivery, connection, labels, thing, (_("under way"), "clock", "plain"), "")
    is_gone = verdict.fate in (UndoFate.ARCHIVED, UndoFate.GONE)
    return _line(delivery, connection, labels, thing, _look(verdict.fate), sentence, is_gone=is_gone)


def _line(
    delivery: Delivery,
    connection: Connection | None,
    labels: Labels,
    thing: MadeThing,
    look: Look,
    sentence: str,
    *,
    is_gone: bool = False,
) -> RecordLine:
    """The line, with a link to the record unless it *is_gone*."""
    if thing.part is UndoPart.VALUE:
        section, _colon, name = thing.place.partition(":")
        noun: Literal["contact", "company"] = "contact" if section == Section.CONTACTS else "company"
        shown = labelled(PARTS[noun], name_property(section, name, labels.get((section, name))))
    elif thing.part is UndoPart.MEETING:
        return RecordLine(str(MEETING), *look, sentence, thing.record_id)
    elif thing.part is UndoPart.ASSOCIATION:
        noun, shown = "contact", labelled(PARTS["contact"], PARTS["association"])
    else:
        noun = NOUNS[thing.part]
        shown = str(PARTS[noun])
    link = "" if is_gone and thing.part in NOUNS else record_link(delivery, connection, noun)
    return RecordLine(shown, *look, sentence, thing.record_id, link)


def _about_association(verdict: Verdict) -> str:
    """What is said of an association alone; "" for what is said as of a record."""
    if verdict.fate is UndoFate.TOUCHED:
        return _("Somebody gave it a label in HubSpot since: %(label)s.", label=verdict.about)
    if verdict.fate is UndoFate.USED:
        return ngettext(
            "%(num)s other booking of this contact and company found it and needs it.",
            "%(num)s other bookings of this contact and company found it and need it.",
            verdict.number,
        )
    return str(ASSOCIATION_SENTENCES.get(verdict.fate, ""))


def _look(fate: UndoFate) -> Look:
    if fate is UndoFate.ARCHIVED:
        return _("archived"), "archive", "plain"
    if fate is UndoFate.EMPTIED:
        return _("emptied"), "eraser", "plain"
    if fate is UndoFate.REMOVED:
        return _("removed"), "eraser", "plain"
    if fate is UndoFate.GONE:
        return _("already gone"), "dash-circle", "plain"
    if fate is UndoFate.SENT:
        return _("not known yet"), "question-circle", "care"
    if fate is UndoFate.OPEN:
        return _("not undone yet"), "clock", "care"
    if fate is UndoFate.REFUSED:
        return _("not archived"), "x-octagon", "bad"
    return _("stays"), "lock", "plain"


def _why(verdict: Verdict, part: UndoPart, labels: Labels) -> str:
    fate = verdict.fate
    if part is UndoPart.VALUE and fate in VALUE_SENTENCES:
        return str(VALUE_SENTENCES[fate])
    if part is UndoPart.ASSOCIATION and (sentence := _about_association(verdict)):
        return sentence
    if fate is UndoFate.ARCHIVED and verdict.number:
        return ngettext(
            "While it was archived, %(num)s other booking met it. Restore it in HubSpot if it is needed.",
            "While it was archived, %(num)s other bookings met it. Restore it in HubSpot if it is needed.",
            verdict.number,
        )
    if fate is UndoFate.ARCHIVED:
        return _("In HubSpot it can be restored for 90 days.")
    if fate is UndoFate.TOUCHED:
        section = SECTIONS[part].value if part in SECTIONS else ""
        label = name_property(section, verdict.about, labels.get((section, verdict.about)))
        return _("Somebody changed it in HubSpot since: %(property)s.", property=label)
    if fate is UndoFate.LINKED:
        kind = NEIGHBOURS.get(verdict.about, verdict.about)
        return _("Something else in HubSpot belongs to it: %(kind)s.", kind=kind)
    if fate is UndoFate.USED:
        return ngettext(
            "%(num)s other booking met it as a duplicate and needs it.",
            "%(num)s other bookings met it as a duplicate and need it.",
            verdict.number,
        )
    return {
        UndoFate.GONE: _("HubSpot does not have it any more."),
        UndoFate.MERGED: _("It was merged into another record in HubSpot."),
        UndoFate.DOUBTFUL: _("HubSpot does not say clearly enough that HubSync made it."),
        UndoFate.OPEN: _("It is as it was."),
        UndoFate.SENT: _("HubSpot was asked to archive it, and its answer is not known."),
        UndoFate.REFUSED: _("HubSpot refused to archive it."),
    }[fate]
