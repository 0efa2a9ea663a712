"""Storage of a calendar's mapping: loaded, saved whole or not at all, paused, removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.mapping import Section, WhenExists, is_fillable
from hubsync.domain.owners import NO_OWNER, OWNER_PROPERTY, OwnerRule
from hubsync.errors import MappingChanged
from hubsync.hubspot.properties import Property, arrange
from hubsync.services import now
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.connection.refused_properties import forget_refused
from hubsync.services.mapping.meeting_texts import keep_template, word_templates
from hubsync.services.teams import audit
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord, MappingRow

EMAIL = "email"
EMAIL_LABEL = "Email(Required)"


@dataclass(frozen=True)
class EditedRow:
    """Two pull-downs as they were left, an empty text where nothing was selected; and what the row does where the
    record exists.
    """

    property_name: str = ""
    information: str = ""
    when_exists: WhenExists = WhenExists.LEAVE

    @property
    def is_empty(self) -> bool:
        """Whether nothing was selected at all: such a row is passed over."""
        return not (self.property_name or self.information)


@dataclass(frozen=True)
class EditedMapping:
    """The editor as it was left; *email* is the information of the fixed row Email(Required).

    *meeting_title* and *meeting_body* are the templates as they were typed; empty as long as meetings were never
    switched on.
    """

    active: bool
    companies_on: bool
    contacts_on: bool
    email: str
    companies: tuple[EditedRow, ...]
    contacts: tuple[EditedRow, ...]
    associates_existing: bool = False
    owner: OwnerRule = NO_OWNER
    meetings_on: bool = False
    meeting_title: str = ""
    meeting_body: str = ""

    @property
    def fills(self) -> bool:
        """Whether a row fills what is empty of a record that exists."""
        return any(row.when_exists is WhenExists.FILL for section in Section for row in self.rows(section))

    def rows(self, section: Section) -> tuple[EditedRow, ...]:
        return self.companies if section is Section.COMPANIES else self.contacts

    def with_rows(self, section: Section, rows: Iterable[EditedRow]) -> EditedMapping:
        """The same with other rows in this section."""
        if section is Section.COMPANIES:
            return replace(self, companies=tuple(rows))
        return replace(self, contacts=tuple(rows))

    def without_empty_rows(self) -> EditedMapping:
        """The same as it would be stored: rows that are wholly empty are passed over."""
        bare = self
        for section in Section:
            bare = bare.with_rows(section, (row for row in self.rows(section) if not row.is_empty))
        return bare


@dataclass(frozen=True)
class SavedMapping:
    """The mapping as stored: *version* is 0 before the first save."""

    version: int
    edited: EditedMapping
    stored: tuple[MappingRow, ...]

    def row(self, section: Section, property_name: str) -> MappingRow | None:
        """The stored row of this property, or None."""
        wanted = (section.value, property_name)
        return next((row for row in self.stored if (row.section, row.property_name) == wanted), None)


NEW = SavedMapping(0, EditedMapping(True, True, True, "", (), ()), ())


def load_mapping(calendar_id: int) -> SavedMapping:
    """The calendar's mapping; `NEW` when HubSpot was not added yet."""
    record = db.session.scalar(
        select(MappingRecord).where(MappingRecord.calendar_id == calendar_id),
        execution_options={"populate_existing": True},
    )
    if record is None:
        return NEW
    email = next((row.information for row in record.rows if _is_email(row)), "")
    edited = {
        section: tuple(
            EditedRow(row.property_name, row.information, row.when_exists)
            for row in record.rows
            if row.section == section and not _is_email(row)
        )
        for section in Section
    }
    mapping = EditedMapping(
        active=record.active,
        companies_on=record.companies_on,
        contacts_on=record.contacts_on,
        email=email,
        companies=edited[Section.COMPANIES],
        contacts=edited[Section.CONTACTS],
        associates_existing=record.associates_existing,
        owner=OwnerRule(record.owner_choice, record.owner_id, record.owner_name),
        meetings_on=record.meetings_on,
        **_shown_templates(record),
    )
    return SavedMapping(record.version, mapping, tuple(record.rows))


def _shown_templates(record: MappingRecord) -> dict[str, str]:
    """The templates of the meetings as people read them; nothing is asked where there are none."""
    if not record.meeting_title:
        return {}
    texts = word_templates((record.meeting_title, record.meeting_body), record.calendar_id)
    return dict(zip(("meeting_title", "meeting_body"), texts, strict=True))


def save_mapping(
    calendar: Calendar,
    edited: EditedMapping,
    version: int,
    saved: SavedMapping,
    known: KnownProperties,
    by: int | None = None,
    copied_from: str = "",
) -> int:
    """Store a mapping that `check_mapping` found no fault with; return its new version.

    *version* is the one the editor was opened with, *by* the person who saves, *copied_from* the name of the
    calendar that the rows were copied from. Raises MappingChanged when another save came first. What HubSpot
    refused of these properties is tried again.
    """
    calendar_id, rows = calendar.id, rows_to_store(edited, saved, known)
    templates = [keep_template(each, calendar_id) for each in (edited.meeting_title, edited.meeting_body)]
    try:
        with write_transaction() as session:
            record = _claim_version(session, calendar_id, version)
            was_active = record.active if version else edited.active
            record.active = edited.active
            record.companies_on = edited.companies_on
            record.contacts_on = edited.contacts_on
            record.associates_existing = edited.associates_existing
            record.owner_choice = edited.owner.choice
            record.owner_id, record.owner_name = edited.owner.owner_id, edited.owner.owner_name[:255]
            record.meetings_on = edited.meetings_on
            record.meeting_title, record.meeting_body = templates
            record.updated_at = now()
            session.flush()
            session.execute(delete(MappingRow).where(MappingRow.mapping_id == record.id))
            if rows:
                session.execute(insert(MappingRow), [{"mapping_id": record.id, **row} for row in rows])
            tried_again = {(row["section"], row["property_name"]) for row in rows}
            tried_again |= {(section.value, OWNER_PROPERTY) for section in Section}
            forget_refused(session, calendar.team_id, tried_again)
            more = {"source": copied_from} if copied_from else {}
            action = AuditAction.MAPPING_COPIED if copied_from else AuditAction.MAPPING_SAVED
            _record(session, calendar_id, by, action, rows=len(rows), **more)
            if was_active != edited.active:
                _record(session, calendar_id, by, _switched(edited.active))
            return record.version
    except IntegrityError as fault:  # two first saves at one instant
        raise MappingChanged from fault


def _claim_version(session: Session, calendar_id: int, version: int) -> MappingRecord:
    record = session.scalar(
        select(MappingRecord).where(MappingRecord.calendar_id == calendar_id).with_for_update()
    )
    if (record.version if record else 0) != version:
        raise MappingChanged
    if record is None:
        record = MappingRecord(calendar_id=calendar_id, version=1)
        session.add(record)
    else:
        record.version += 1
    return record


def rows_to_store(edited: EditedMapping, saved: SavedMapping, known: KnownProperties) -> list[dict[str, Any]]:
    """The rows of `MappingRow` that *edited* becomes, but for the mapping's id; empty rows are passed over."""
    rows = []
    for section in Section:
        named = _named(known, section)
        given = [row for row in edited.rows(section) if not row.is_empty]
        if section is Section.CONTACTS and edited.email:
            given.insert(0, EditedRow(EMAIL, edited.email))
        for position, row in enumerate(given):
            name = row.property_name
            label, kind = _label_and_type(section, name, named, saved)
            rows.append(
                {
                    "section": section.value,
                    "position": position,
                    "property_name": name,
                    "property_label": label,
                    "property_type": kind,
                    "information": row.information,
                    "when_exists": row.when_exists if is_fillable(section, name) else WhenExists.LEAVE,
                }
            )
    return rows


def _named(known: KnownProperties, section: Section) -> dict[str, Property]:
    """The account's properties under the labels they are offered with."""
    groups = arrange(known.by_section.get(section, ()), section)
    return {each.name: each for group in groups for each in group.properties}


def _label_and_type(
    section: Section, name: str, named: Mapping[str, Property], saved: SavedMapping
) -> tuple[str, str]:
    if name in named:
        return named[name].label[:500], named[name].type
    stored = saved.row(section, name)
    if stored is not None:
        return stored.property_label, stored.property_type
    return EMAIL_LABEL, "string"  # what only the fixed row can be: every other was found or stored


def switch_active(calendar_id: int, *, active: bool, by: int | None = None) -> bool:
    """Pause the calendar's mapping or set it to work; False when there is none."""
    with write_transaction() as session:
        record = session.scalar(select(MappingRecord).where(MappingRecord.calendar_id == calendar_id))
        if record is not None and record.active != active:
            record.active = active
            record.version += 1
            _record(session, calendar_id, by, _switched(active))
        return record is not None


def remove_mapping(calendar_id: int, by: int | None = None) -> None:
    """Take HubSpot off this calendar, rows and all; records at HubSpot stay."""
    with write_transaction() as session:
        record = session.scalar(select(MappingRecord).where(MappingRecord.calendar_id == calendar_id))
        if record is not None:
            session.delete(record)
            _record(session, calendar_id, by, AuditAction.MAPPING_REMOVED)


def _switched(active: bool) -> AuditAction:
    return AuditAction.MAPPING_RESUMED if active else AuditAction.MAPPING_PAUSED


def _record(session: Session, calendar_id: int, by: int | None, action: AuditAction, **details: Any) -> None:
    """Note the action under the calendar's name; its id is there for `diff.last_change`."""
    calendar = session.get_one(Calendar, calendar_id)
    known = {"calendar": calendar.name, "calendar_id": calendar_id}
    audit.record(session, calendar.team_id, by, action, **known, **details)


def _is_email(row: MappingRow) -> bool:
    return row.section == Section.CONTACTS and row.property_name == EMAIL
