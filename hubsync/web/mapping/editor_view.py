"""View model of the mapping editor: two sections of rows with their pull-downs, errors and hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flask_babel import gettext as _
from markupsafe import Markup

from hubsync.domain.hints import Hint
from hubsync.domain.mapping import Section, WhenExists, is_fillable
from hubsync.domain.meeting_template import DEFAULT_BODY, DEFAULT_TITLE, TemplateFact
from hubsync.domain.owners import OwnerProblem
from hubsync.errors import ACCESS_GONE
from hubsync.phrases import labelled
from hubsync.services.connection.owners import KnownOwners
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.meeting_texts import MeetingPreview, find_deleted, find_unknown, list_names
from hubsync.services.mapping.owner_choice import HostMatch, problem_of_choice
from hubsync.services.mapping.storage import EditedMapping, EditedRow, SavedMapping
from hubsync.services.mapping.validation import EMAIL_ROW, MEETING, MOST_ROWS, OWNER_ROW, RowFault
from hubsync.web.mapping.options import (
    PullDown,
    gone_information,
    gone_property,
    offer_emails,
    offer_information,
    offer_properties,
)
from hubsync.web.mapping.text import HintShown, Labels, name_switched_on, show_hints


@dataclass(frozen=True)
class RowShown:
    """One row; *index* names its fields, *property_options* and *information_options* are ready options.

    *fills* says that it fills what is empty of a record that exists, *fillable* that it may.
    """

    index: str
    property_options: Markup
    information_options: Markup
    errors: dict[str, str]
    hints: Sequence[HintShown] = ()
    fills: bool = False
    fillable: bool = True


@dataclass(frozen=True)
class SectionShown:
    """A section; *blank* is the row that "+" adds."""

    name: str
    on: bool
    rows: Sequence[RowShown]
    blank: RowShown
    full: bool
    hints: Sequence[HintShown]


@dataclass(frozen=True)
class Editor:
    """The whole editor as a person left it, with what is wrong with it and what there is to say about it.

    *fills* says that each row shows what it does where the record exists. *owners* are HubSpot's users where they
    are needed, *hosts* the calendar's with theirs; *meeting* is the meeting that would be on the timeline.
    """

    edited: EditedMapping
    saved: SavedMapping
    labels: Labels
    faults: Sequence[RowFault] = ()
    hints: Sequence[Hint] = ()
    fills: bool = False
    owners: KnownOwners = field(default_factory=KnownOwners)
    hosts: Sequence[HostMatch] = ()
    asked_for_owners: bool = False
    meeting: MeetingPreview | None = None

    @property
    def owner_error(self) -> str:
        """What is wrong with the owner of new records."""
        return next((each.message for each in self.faults if each.place == OWNER_ROW), "")

    @property
    def owner_problem(self) -> OwnerProblem | None:
        """Why the fixed owner owns nothing."""
        return problem_of_choice(self.edited.owner, self.owners)

    @property
    def more_is_open(self) -> bool:
        """Whether *More for HubSpot* has something that somebody asked for just now."""
        return self.asked_for_owners or bool(self.owner_error or self.meeting_errors)

    @property
    def more(self) -> list[str]:
        """What of *More for HubSpot* is switched on, by name."""
        return name_switched_on(self.edited, fills=self.fills)

    @property
    def meeting_fields(self) -> dict[str, str]:
        """The templates as they were typed, or what is proposed before the first time."""
        edited = self.edited
        if not (edited.meetings_on or edited.meeting_title or edited.meeting_body):
            return {"meeting_title": DEFAULT_TITLE, "meeting_body": DEFAULT_BODY}
        return {"meeting_title": edited.meeting_title, "meeting_body": edited.meeting_body}

    @property
    def meeting_errors(self) -> dict[str, str]:
        """What is wrong with the templates, by field."""
        return self._errors(Section.CONTACTS, MEETING)

    @property
    def meeting_gone(self) -> list[str]:
        """The questions in the templates that guests are not asked any more."""
        return find_deleted((self.edited.meeting_title, self.edited.meeting_body), self.offer)

    @property
    def meeting_unknown(self) -> list[str]:
        """The names in the templates that nothing goes by, for which there is no meeting to be shown."""
        if not self.edited.meetings_on or self.meeting_errors:
            return []
        return find_unknown((self.edited.meeting_title, self.edited.meeting_body), self.offer)

    @property
    def meeting_names(self) -> list[str]:
        """The names that templates can have, as they are written."""
        return [f"{{{name}}}" for name in (*TemplateFact, *list_names(self.offer.questions))]

    @property
    def known(self) -> KnownProperties:
        return self.labels.known

    @property
    def access_gone(self) -> bool:
        """Whether the properties could not be read for want of access, which Connect ends."""
        return self.known.trouble in ACCESS_GONE

    @property
    def offer(self) -> InformationChoices:
        return self.labels.offer

    @cached_property
    def _information(self) -> PullDown:
        return offer_information(self.offer)

    @cached_property
    def companies(self) -> SectionShown:
        return self._section(Section.COMPANIES)

    @cached_property
    def contacts(self) -> SectionShown:
        return self._section(Section.CONTACTS)

    @cached_property
    def email(self) -> RowShown:
        """The fixed row Email(Required)."""
        chosen = self.edited.email
        html = offer_emails(self.offer).html(chosen, gone_information(chosen, self.offer))
        errors = self._errors(Section.CONTACTS, EMAIL_ROW)
        return RowShown("", Markup(""), html, errors, self._hints(Section.CONTACTS, EMAIL_ROW))

    def _section(self, section: Section) -> SectionShown:
        properties = offer_properties(section, self.known, self.saved)
        rows = self.edited.rows(section)
        return SectionShown(
            name=section.value,
            on=self.edited.companies_on if section is Section.COMPANIES else self.edited.contacts_on,
            rows=[self._row(section, str(place), row, properties) for place, row in enumerate(rows)],
            blank=self._row(section, "__index__", EditedRow(), properties),
            full=len(rows) >= MOST_ROWS,
            hints=self._hints(section, None),
        )

    def _row(self, section: Section, index: str, row: EditedRow, properties: PullDown) -> RowShown:
        name, information = row.property_name, row.information
        placed = index.isdigit()
        return RowShown(
            index=index,
            property_options=properties.html(name, gone_property(section, name, self.saved)),
            information_options=self._information.html(information, gone_information(information, self.offer)),
            errors=self._errors(section, int(index)) if placed else {},
            hints=self._hints(section, int(index)) if placed else (),
            fills=row.when_exists is WhenExists.FILL,
            # One that was ticked by mistake is shown, with what is wrong about it.
            fillable=is_fillable(section, name) or row.when_exists is WhenExists.FILL,
        )

    def _errors(self, section: Section, place: int) -> dict[str, str]:
        return {
            fault.field: fault.message
            for fault in self.faults
            if fault.section is section and fault.place == place
        }

    def _hints(self, section: Section, place: int | None) -> list[HintShown]:
        return show_hints(
            (hint for hint in self.hints if hint.section is section and hint.place == place), self.labels
        )

    def summary(self) -> list[tuple[str, str]]:
        """(id of the pull-down, message) of every error, in the page's order."""
        lines = []
        for fault in sorted(self.faults, key=lambda fault: (list(Section).index(fault.section), fault.place)):
            if fault.place == MEETING:
                titles_of = {"meeting_title": _("Title"), "meeting_body": _("Description")}
                named = labelled(_("Meeting on the timeline"), titles_of[fault.field])
                lines.append((fault.field, labelled(named, fault.message)))
                continue
            if fault.place == EMAIL_ROW:
                lines.append(("email", _("Email(Required): %(message)s", message=fault.message)))
                continue
            if fault.place == OWNER_ROW:
                lines.append(("owner_id", labelled(_("Owner of new records"), fault.message)))
                continue
            titles = {Section.COMPANIES: _("Setting of Companies"), Section.CONTACTS: _("Setting of Contacts")}
            where = _("%(section)s, row %(number)s", section=titles[fault.section], number=fault.place + 1)
            lines.append((f"{fault.section}-{fault.place}-{fault.field}", labelled(where, fault.message)))
        return lines
