"""Editor state that the pages of the mapping share: the calendar, what is stored, and what was edited.

The pages around the editor (preview, test, copy) take its fields along, so that nothing typed is lost on the way
there and back, and nothing is saved before Save.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from flask import Blueprint, g, render_template, request

from hubsync.domain.booking import PAGE
from hubsync.domain.mapping import Section, WhenExists
from hubsync.domain.owners import OwnerChoice
from hubsync.domain.proposals import Proposal
from hubsync.services.availability.hosts import list_hosts
from hubsync.services.calendars import calendars
from hubsync.services.connection.owners import KnownOwners, known_owners, read_owners
from hubsync.services.connection.properties import KnownProperties, known_properties, read_properties
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.mapping.choices import InformationChoices, offer_information
from hubsync.services.mapping.copying import Copy
from hubsync.services.mapping.diff import compare, last_change
from hubsync.services.mapping.hints import hint_mapping, read_recent_refusals
from hubsync.services.mapping.meeting_texts import MeetingPreview, preview_meeting
from hubsync.services.mapping.owner_choice import check_owner, match_hosts, named
from hubsync.services.mapping.preview import latest_booking
from hubsync.services.mapping.proposals import add_proposals
from hubsync.services.mapping.storage import EditedMapping, SavedMapping, load_mapping
from hubsync.services.mapping.validation import MOST_ROWS, OWNER_ROW, RowFault, check_mapping
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.web.mapping.editor_view import Editor
from hubsync.web.mapping.form import SubmittedEditor, read_editor
from hubsync.web.mapping.text import (
    OWNER_CHOICES,
    SECTIONS,
    UNMATCHED,
    Labels,
    owner_words,
    switch_words,
)
from hubsync.web.shell.remark_texts import OWNER_PROBLEMS
from hubsync.web.shell.time_zone_choices import zone_words

pages = Blueprint(
    "mapping",
    __name__,
    url_prefix=f"/teams/<team_slug>/calendars/<int(max={LARGEST_ID}):calendar_id>/advanced/hubspot",
)


@dataclass(frozen=True)
class EditorState:
    """One calendar's mapping as it is stored and as it is edited."""

    calendar: Calendar
    sent: SubmittedEditor
    saved: SavedMapping
    known: KnownProperties
    offer: InformationChoices
    owners: KnownOwners = field(default_factory=KnownOwners)

    @property
    def edited(self) -> EditedMapping:
        return self.sent.edited

    @property
    def unsaved(self) -> bool:
        """Whether what is edited differs from what is stored."""
        return self.edited.without_empty_rows() != self.saved.edited or not self.saved.version

    @property
    def fills(self) -> bool:
        """Whether each row shows what it does where the record exists."""
        return self.sent.fills or self.edited.fills

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.saved, self.known, self.offer)

    def faults(self) -> list[RowFault]:
        faults = check_mapping(self.edited, self.saved, self.known, self.offer)
        owner = check_owner(self.edited.owner, self.saved.edited.owner, self.owners)
        return [*faults, RowFault(Section.CONTACTS, OWNER_ROW, "owner_id", owner)] if owner else faults

    def with_edited(self, edited: EditedMapping) -> EditorState:
        return replace(self, sent=replace(self.sent, edited=edited))

    def fields(self) -> list[tuple[str, str]]:
        """The editor's fields, for the pages that take them along."""
        fields = [("version", str(self.sent.version)), ("email", self.edited.email)]
        switches = ("active", "companies_on", "contacts_on", "associates_existing", "meetings_on")
        fields += [(name, "on") for name in switches if getattr(self.edited, name)]
        fields += [("copied_from", str(self.sent.copied_from))] if self.sent.copied_from else []
        fields += [(name, getattr(self.edited, name)) for name in ("meeting_title", "meeting_body")]
        fields += [("fills", "on")] if self.fills else []
        if self.edited.owner:
            fields += [("owner_choice", self.edited.owner.choice), ("owner_id", self.edited.owner.owner_id)]
        for section in Section:
            for number, row in enumerate(self.edited.rows(section)):
                fields.append((f"{section}-{number}-property_name", row.property_name))
                fields.append((f"{section}-{number}-information", row.information))
                if row.when_exists is WhenExists.FILL:
                    fields.append((f"{section}-{number}-when_exists", row.when_exists))
        return fields


def load_editor_state(calendar_id: int, *, live: bool = False) -> EditorState:
    """The calendar's mapping: as sent with a POST, else as stored; where nothing is stored, as proposed.

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
            edited, _made = add_proposals(edited, known, offer)
        sent = SubmittedEditor(edited, saved.version, "open")
    owners = _load_owners(sent, saved, live=live)
    edited = replace(sent.edited, owner=named(sent.edited.owner, saved.edited.owner, owners))
    return EditorState(calendar, replace(sent, edited=edited), saved, known, offer, owners)


def _load_owners(sent: SubmittedEditor, saved: SavedMapping, *, live: bool) -> KnownOwners:
    """HubSpot's users, where the calendar goes by them or somebody asks for them; nobody out of the box."""
    if sent.pressed == "owners":
        return read_owners(g.team.id, refresh=True)
    if not (sent.edited.owner or saved.edited.owner):
        return KnownOwners()
    known = known_owners(g.team.id)
    return read_owners(g.team.id) if live and not known.lacks_permission else known


def editor_of(state: EditorState, faults: Sequence[RowFault] = ()) -> Editor:
    """The editor with its hints."""
    lately = read_recent_refusals(g.team.id, state.calendar.id)
    hints = hint_mapping(state.edited, state.saved, state.known, state.offer, lately)
    # Who hosts the bookings of another source, only that knows.
    by_host = state.edited.owner.choice is OwnerChoice.HOST and state.calendar.source == PAGE
    hosts = match_hosts(list_hosts(db.session(), state.calendar), state.owners) if by_host else []
    return Editor(
        state.edited,
        state.saved,
        state.labels,
        faults,
        hints,
        state.fills,
        state.owners,
        hosts,
        asked_for_owners=state.sent.pressed == "owners",
        meeting=preview_of_meeting(state),
    )


def preview_of_meeting(state: EditorState) -> MeetingPreview | None:
    """The meeting as the editor's templates make it; None where none is wanted, or they have a fault."""
    edited = state.edited
    if not edited.meetings_on:
        return None
    booking = latest_booking(state.calendar.id)
    return preview_meeting(state.calendar, edited.meeting_title, edited.meeting_body, booking)


def show_editor(
    state: EditorState,
    *,
    focus: str = "",
    faults: Sequence[RowFault] = (),
    proposed: Sequence[Proposal] | None = None,
    copied: tuple[str, Copy] | None = None,
    overtaken: bool = False,
) -> str:
    """The editor's page. *copied* is from where rows were taken over, and which.

    *overtaken* says that somebody else saved meanwhile: the difference is shown.
    """
    if state.edited.owner and state.owners.read_at is None:  # the rule was copied, or came with a file
        state = replace(state, owners=known_owners(g.team.id))
    touched = state.sent.pressed != "open"
    return render_template(
        "mapping/editor.html",
        calendar=state.calendar,
        editor_state=state,
        labels=state.labels,
        editor=editor_of(state, faults),
        version=state.sent.version,
        focus=focus,
        proposed=proposed,
        copied=copied,
        difference=compare(state.saved.edited, state.edited) if overtaken else None,
        changed_by=last_change(g.team.id, state.calendar.id) if overtaken else None,
        dirty=touched and state.unsaved,
        most_rows=MOST_ROWS,
        sections=SECTIONS,
        switch_words=switch_words,
        owner_words=owner_words,
        owner_choices=OWNER_CHOICES,
        owner_problems=OWNER_PROBLEMS,
        unmatched=UNMATCHED,
        zone=zone_words(state.offer.time_zone),
    )
