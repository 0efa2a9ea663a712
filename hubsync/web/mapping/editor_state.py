"""What every page of the mapping works on: the calendar, what is stored, and the editor as a person left it.

The pages around the editor (preview, test, copy) take its fields along, so that nothing typed is lost on the way
there and back, and nothing is saved before Save.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from flask import Blueprint, g, render_template, request
from flask_babel import get_locale

from hubsync.domain.mapping import Section
from hubsync.domain.proposals import Proposal
from hubsync.services.calendars import calendars
from hubsync.services.connection.properties import KnownProperties, known_properties, read_properties
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.mapping.choices import Offer, offer_information
from hubsync.services.mapping.copying import Copy
from hubsync.services.mapping.diff import compare, last_change
from hubsync.services.mapping.hints import hint_mapping, look_back
from hubsync.services.mapping.proposals import propose
from hubsync.services.mapping.storage import EditedMapping, Saved, load_mapping
from hubsync.services.mapping.validation import MOST_ROWS, RowFault, check_mapping
from hubsync.store.calendars import Calendar
from hubsync.web.mapping.editor_view import Editor
from hubsync.web.mapping.form import Sent, read_editor
from hubsync.web.mapping.text import SECTIONS, UNMATCHED, Labels, switch_words
from hubsync.web.shell.time_zones import zone_words

pages = Blueprint(
    "mapping",
    __name__,
    url_prefix=f"/teams/<team_slug>/calendars/<int(max={LARGEST_ID}):calendar_id>/advanced/hubspot",
)

# Where the family name is written first.
FAMILY_FIRST = frozenset({"ja", "zh", "ko", "hu", "vi"})


@dataclass(frozen=True)
class Desk:
    """One calendar's mapping on the table."""

    calendar: Calendar
    sent: Sent
    saved: Saved
    known: KnownProperties
    offer: Offer

    @property
    def edited(self) -> EditedMapping:
        return self.sent.edited

    @property
    def unsaved(self) -> bool:
        """Whether what is on the table differs from what is stored."""
        return self.edited.without_empty_rows() != self.saved.edited or not self.saved.version

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.saved, self.known, self.offer)

    def faults(self) -> list[RowFault]:
        return check_mapping(self.edited, self.saved, self.known, self.offer)

    def with_edited(self, edited: EditedMapping) -> Desk:
        return replace(self, sent=replace(self.sent, edited=edited))

    def fields(self) -> list[tuple[str, str]]:
        """The editor's fields, for the pages that take them along."""
        found = [("version", str(self.sent.version)), ("email", self.edited.email)]
        switches = ("active", "companies_on", "contacts_on")
        found += [(name, "on") for name in switches if getattr(self.edited, name)]
        found += [("copied_from", str(self.sent.copied_from))] if self.sent.copied_from else []
        for section in Section:
            for number, row in enumerate(self.edited.rows(section)):
                found.append((f"{section}-{number}-property_name", row.property_name))
                found.append((f"{section}-{number}-information", row.information))
        return found


def open_desk(calendar_id: int, *, live: bool = False) -> Desk:
    """Lay out the calendar's mapping: as sent with a POST, else as stored, where nothing is as proposed.

    *live* asks HubSpot for properties that are older than minutes; otherwise it is asked when none are known.
    """
    calendar = calendars.find_calendar(g.membership, calendar_id)
    sent = read_editor(request.form) if request.method == "POST" else None
    saved = load_mapping(calendar.id)
    known = known_properties(g.team.id)
    if live or not known.by_section or (sent is not None and sent.pressed == "refresh"):
        known = read_properties(g.team.id, refresh=sent is not None and sent.pressed == "refresh")
    offer = offer_information(calendar)
    if sent is None:
        edited = saved.edited
        if not saved.version:
            edited, _made = propose(edited, known, offer, family_first=family_first())
        sent = Sent(edited, saved.version, "open")
    return Desk(calendar, sent, saved, known, offer)


def family_first() -> bool:
    """Whether the reader's language writes the family name first."""
    locale = get_locale()
    return locale is not None and locale.language in FAMILY_FIRST


def editor_of(desk: Desk, faults: Sequence[RowFault] = ()) -> Editor:
    """The editor with its hints."""
    lately = look_back(g.team.id, desk.calendar.id)
    hints = hint_mapping(desk.edited, desk.saved, desk.known, desk.offer, lately)
    return Editor(desk.edited, desk.saved, desk.labels, faults, hints)


def show_editor(
    desk: Desk,
    *,
    focus: str = "",
    faults: Sequence[RowFault] = (),
    proposed: Sequence[Proposal] | None = None,
    copied: tuple[Calendar, Copy] | None = None,
    overtaken: bool = False,
) -> str:
    """The editor's page. *overtaken* says that somebody else saved meanwhile: the difference is shown."""
    touched = desk.sent.pressed != "open"
    return render_template(
        "mapping/editor.html",
        calendar=desk.calendar,
        desk=desk,
        labels=desk.labels,
        editor=editor_of(desk, faults),
        version=desk.sent.version,
        focus=focus,
        proposed=proposed,
        copied=copied,
        difference=compare(desk.saved.edited, desk.edited) if overtaken else None,
        changed_by=last_change(g.team.id, desk.calendar.id) if overtaken else None,
        dirty=touched and desk.unsaved,
        most_rows=MOST_ROWS,
        sections=SECTIONS,
        switch_words=switch_words,
        unmatched=UNMATCHED,
        zone=zone_words(desk.offer.time_zone),
    )
