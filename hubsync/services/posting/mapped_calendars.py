"""Calendars as their bookings are posted: questions and mapping are read once, and again after each change.

What is stored of them is known by the calendar's stamp, which each delivery reads (`store/calendar_stamps`): no
process ever goes by questions or a mapping that another one has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from hubsync.domain.information import parse_information
from hubsync.domain.mapping import MappingRows, Row, Section, WhenExists
from hubsync.domain.meeting_template import MeetingTemplates
from hubsync.domain.owners import NO_OWNER, OwnerRule
from hubsync.domain.plans import Plan
from hubsync.domain.questions import Kind, Part
from hubsync.store import db, run
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.teams import Team

_CALENDAR, _TEAM, _SAVED, _ROW, _QUESTION = (
    each.__table__.c for each in (Calendar, Team, MappingRecord, MappingRow, QuestionRow)
)
_STAMPED = select(
    *_CALENDAR["stamp", "name", "slug", "time_zone", "source"], _TEAM.plan, _TEAM.own_free_domains
).where(_CALENDAR.id == bindparam("calendar_id"), _TEAM.id == _CALENDAR.team_id)
_MAPPING = select(
    *(_SAVED.id, _SAVED.active, _SAVED.companies_on, _SAVED.contacts_on, _SAVED.associates_existing),
    *(_SAVED.owner_choice, _SAVED.owner_id, _SAVED.owner_name),
    *(_SAVED.meetings_on, _SAVED.meeting_title, _SAVED.meeting_body),
).where(_SAVED.calendar_id == bindparam("calendar_id"))
_ROWS = (
    select(*_ROW["section", "property_name", "property_label", "property_type", "information", "when_exists"])
    .where(_ROW.mapping_id == bindparam("mapping_id"))
    .order_by(_ROW.section, _ROW.position)
)
_QUESTIONS = select(*_QUESTION["id", "kind", "label", "part", "deleted_at"]).where(
    _QUESTION.calendar_id == bindparam("calendar_id")
)
MOST = 1_000
"""So many calendars are remembered by a process, at some kilobytes each."""


@dataclass(frozen=True, slots=True)
class PostedQuestion:
    """A question of the calendar, *deleted* ones included: bookings answered them before."""

    id: int
    kind: Kind
    label: str
    deleted: bool
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class PostingRules:
    """What the stamp stands for. *mapping* is None when HubSpot was not added to the calendar.

    *owner* is whom new records belong to.
    *meetings* are the templates of its meetings, None where these are switched off; *had_meetings* says that they
    are, or were once.
    """

    questions: tuple[PostedQuestion, ...]
    mapping: MappingRows | None
    active: bool
    owner: OwnerRule = NO_OWNER
    meetings: MeetingTemplates | None = None
    had_meetings: bool = False


@dataclass(frozen=True, slots=True)
class MappedCalendar:
    """A calendar, with its team's plan and own free e-mail domains, as they are at this moment."""

    name: str
    slug: str
    time_zone: str
    source: str
    plan: Plan
    own_free: frozenset[str]
    rules: PostingRules


_known: dict[int, tuple[str, PostingRules]] = {}


def read_mapped(calendar_id: int) -> MappedCalendar:
    """The calendar as it is stored, in one statement while its stamp is the one that is known."""
    row = run(db.session(), _STAMPED, {"calendar_id": calendar_id}).one()
    rules = rules_by(calendar_id, row.stamp)
    return MappedCalendar(
        row.name, row.slug, row.time_zone, row.source, row.plan, frozenset(row.own_free_domains), rules
    )


def rules_by(calendar_id: int, stamp: str) -> PostingRules:
    """What the *stamp* of a calendar stands for, which was read in this transaction."""
    known, rules = _known.get(calendar_id, ("", None))
    if rules is None or known != stamp:
        rules = _read_rules(calendar_id)
        if len(_known) >= MOST:
            _known.clear()
        _known[calendar_id] = (stamp, rules)
    return rules


def _read_rules(calendar_id: int) -> PostingRules:
    session, this = db.session(), {"calendar_id": calendar_id}
    questions = tuple(
        PostedQuestion(row.id, Kind(row.kind), row.label, row.deleted_at is not None, row.part)
        for row in run(session, _QUESTIONS, this)
    )
    saved = run(session, _MAPPING, this).one_or_none()
    if saved is None:
        return PostingRules(questions, None, False)
    rows = tuple(read_row(row) for row in run(session, _ROWS, {"mapping_id": saved.id}))
    mapping = MappingRows(saved.companies_on, saved.contacts_on, rows, saved.associates_existing)
    owner = OwnerRule(saved.owner_choice, saved.owner_id, saved.owner_name)
    templates = MeetingTemplates(saved.meeting_title, saved.meeting_body)
    return PostingRules(
        questions,
        mapping,
        saved.active,
        owner,
        templates if saved.meetings_on else None,
        saved.meetings_on or bool(saved.meeting_title),
    )


def read_row(row: Any) -> Row:
    """A stored row of a mapping as the domain reads it."""
    return Row(
        section=Section(row.section),
        property_name=row.property_name,
        property_label=row.property_label,
        property_type="number" if row.property_type == "number" else "string",
        information=parse_information(row.information),
        when_exists=WhenExists.FILL if row.when_exists == WhenExists.FILL else WhenExists.LEAVE,
    )
