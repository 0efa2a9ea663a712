"""Diff of two versions of one mapping, row by row, and who saved the stored one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.mapping import Section, WhenExists
from hubsync.domain.owners import OwnerRule
from hubsync.services.mapping.storage import EMAIL, EditedMapping, EditedRow
from hubsync.store import db
from hubsync.store.teams import AuditEntry

_ACTIONS = (
    AuditAction.MAPPING_SAVED,
    AuditAction.MAPPING_COPIED,
    AuditAction.MAPPING_PAUSED,
    AuditAction.MAPPING_RESUMED,
    AuditAction.MAPPING_REMOVED,
)


@dataclass(frozen=True)
class Difference:
    """A row that the two have otherwise: what *theirs* and *mine* take for the property, None without a row.

    *theirs_fills* and *mine_fills* say whether it fills what is empty of a record that exists.
    """

    section: Section
    property_name: str
    theirs: str | None
    mine: str | None
    theirs_fills: bool = False
    mine_fills: bool = False


@dataclass(frozen=True)
class SwitchDifference:
    """A switch that stands otherwise, by its name in `EditedMapping`."""

    switch: str
    theirs: bool
    mine: bool


@dataclass(frozen=True)
class TextDifference:
    """A template that is written otherwise, by its name in `EditedMapping`."""

    field: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Comparison:
    """Everything in which the two differ; *same* counts the rows that they share.

    *owners* are the rules for the owner of new records, theirs and mine, where they differ.
    """

    switches: tuple[SwitchDifference, ...]
    rows: tuple[Difference, ...]
    same: int
    owners: tuple[OwnerRule, OwnerRule] | None = None
    texts: tuple[TextDifference, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.switches or self.rows or self.owners or self.texts)


def compare(theirs: EditedMapping, mine: EditedMapping) -> Comparison:
    """How *mine* differs from *theirs*; the order of rows does not matter, as it does not to HubSpot."""
    switches = [
        SwitchDifference(name, getattr(theirs, name), getattr(mine, name))
        for name in ("active", "companies_on", "contacts_on", "associates_existing", "meetings_on")
        if getattr(theirs, name) != getattr(mine, name)
    ]
    rows: list[Difference] = []
    same = 0
    for section in Section:
        left, right = _by_property(theirs, section), _by_property(mine, section)
        for key in dict.fromkeys((*left, *right)):
            if left.get(key) == right.get(key):
                same += 1
            else:
                theirs_row, mine_row = left.get(key), right.get(key)
                rows.append(
                    Difference(
                        section,
                        key[0],
                        theirs_row.information if theirs_row else None,
                        mine_row.information if mine_row else None,
                        _fills(theirs_row),
                        _fills(mine_row),
                    )
                )
    owners = (theirs.owner, mine.owner) if theirs.owner != mine.owner else None
    texts = (
        TextDifference(name, getattr(theirs, name), getattr(mine, name))
        for name in ("meeting_title", "meeting_body")
        if getattr(theirs, name) != getattr(mine, name)
    )
    return Comparison(tuple(switches), tuple(rows), same, owners, tuple(texts))


def last_change(team_id: int, calendar_id: int) -> AuditEntry | None:
    """Who changed the calendar's mapping last, and when; None when the audit trail does not tell."""
    return db.session.scalar(
        select(AuditEntry)
        .where(
            AuditEntry.team_id == team_id,
            AuditEntry.action.in_([action.value for action in _ACTIONS]),
            AuditEntry.details["calendar_id"].as_integer() == calendar_id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def _fills(row: EditedRow | None) -> bool:
    return row is not None and row.when_exists is WhenExists.FILL


def _by_property(mapping: EditedMapping, section: Section) -> dict[tuple[str, int], EditedRow]:
    """Rows by property; a property that has several rows by mistake is told apart by its number."""
    rows = [row for row in mapping.rows(section) if not row.is_empty]
    if section is Section.CONTACTS and mapping.email:
        rows.insert(0, EditedRow(EMAIL, mapping.email))
    found: dict[tuple[str, int], EditedRow] = {}
    for row in rows:
        number = sum(name == row.property_name for name, _number in found)
        found[(row.property_name, number)] = row
    return found
