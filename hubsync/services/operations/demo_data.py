"""Demo data: a team with one calendar whose mapping is filled in, and nothing connected yet."""

from __future__ import annotations

from sqlalchemy import select, update

from hubsync.domain.booking import PAGE
from hubsync.domain.information import Information, Piece
from hubsync.domain.mapping import Section
from hubsync.domain.plans import Plan
from hubsync.domain.questions import Part
from hubsync.hubspot.properties import ARTICLE_COMPANY, ARTICLE_CONTACT, Property
from hubsync.services import now
from hubsync.services.calendars import calendars
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping import storage
from hubsync.services.mapping.storage import EditedMapping, EditedRow
from hubsync.services.teams import members
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.sources import SourceAccount

OWNER = "mika@demo.example"
CALENDAR = "Intro call"


def seed_demo() -> str:
    """Make the demo's team, once; return the slug of its booking page."""
    slug = db.session.scalar(select(Calendar.slug).where(Calendar.source == PAGE).order_by(Calendar.id))
    if slug is not None:
        return slug
    team = members.create_team("Acme Trading", OWNER, Plan.PREMIUM)
    owner_id = db.session.scalars(select(Person.id).where(Person.email == OWNER)).one()
    calendar = calendars.make_calendar(team.id, owner_id, calendars.CalendarInput(CALENDAR, 30, "Asia/Tokyo"))
    by_part = {question.part: question.id for question in calendar.asked()}
    company, name, email = (by_part[part] for part in (Part.COMPANY, Part.NAME, Part.EMAIL))
    edited = EditedMapping(
        active=True,
        companies_on=True,
        contacts_on=True,
        email=Information.question(email).token,
        companies=(
            EditedRow("name", Information.question(company).token),
            EditedRow("domain", Information.question(email).token),
        ),
        contacts=(
            EditedRow("lastname", Information.question(name, Piece.AFTER_SPACE).token),
            EditedRow("firstname", Information.question(name, Piece.BEFORE_SPACE).token),
        ),
    )
    # Nobody is connected yet, so the labels are the help article's; the editor renews them.
    known = KnownProperties(
        {
            Section.COMPANIES: tuple(Property(each, label, "string") for each, label in ARTICLE_COMPANY),
            Section.CONTACTS: tuple(Property(each, label, "string") for each, label in ARTICLE_CONTACT),
        }
    )
    storage.save_mapping(calendar, edited, 0, storage.load_mapping(calendar.id), known)
    return calendar.slug


def check_sources_soon() -> None:
    """Have what booking sources say of their subscriptions looked at in the next round of background work."""
    with write_transaction() as session:
        asked = SourceAccount.next_check_at.is_not(None)
        session.execute(update(SourceAccount).where(asked).values(next_check_at=now()))
