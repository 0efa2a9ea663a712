"""Demo data: a team with one calendar, its mapping filled in and two hosts, and nothing connected yet."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update

from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.booking import PAGE
from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.domain.information import Information, Piece
from hubsync.domain.mapping import Section
from hubsync.domain.plans import Plan
from hubsync.domain.questions import Part
from hubsync.domain.roles import Role
from hubsync.hubspot.properties import ARTICLE_COMPANY, ARTICLE_CONTACT, Property
from hubsync.services import now, tools
from hubsync.services.availability.rules import find_free_times, load_rules
from hubsync.services.availability.saving import save_free_times
from hubsync.services.busy_calendars import own_calendars
from hubsync.services.calendars import calendars
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping import storage
from hubsync.services.mapping.storage import EditedMapping, EditedRow
from hubsync.services.people.people import person_with
from hubsync.services.people.profile import save_profile
from hubsync.services.teams import members
from hubsync.store import db, write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.sources import SourceAccount
from hubsync.store.teams import Membership

OWNER = "mika@demo.example"
COLLEAGUE = "ren@demo.example"
CALENDAR = "Intro call"
ZONE = "Asia/Tokyo"
BUSY_CALENDAR = "Work"
WORKING_DAY = (Interval(9 * 60, 12 * 60), Interval(13 * 60, 18 * 60))


def seed_demo() -> str:
    """Make the demo's team, once; return the slug of its booking page."""
    slug = db.session.scalar(select(Calendar.slug).where(Calendar.source == PAGE).order_by(Calendar.id))
    if slug is not None:
        return slug
    team = members.create_team("Acme Trading", OWNER, Plan.PREMIUM)
    owner_id = db.session.scalars(select(Person.id).where(Person.email == OWNER)).one()
    calendar = calendars.make_calendar(team.id, owner_id, calendars.CalendarInput(CALENDAR, 30, ZONE))
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
            EditedRow("lastname", Information.question(name, Piece.FAMILY_NAME).token),
            EditedRow("firstname", Information.question(name, Piece.GIVEN_NAME).token),
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


def seed_hosts(busy_address: str) -> None:
    """Give the demo's calendar hours, two hosts, and the owner the busy calendar at *busy_address*, once.

    Raises FeedError when that cannot be read.
    """
    calendar = db.session.scalars(select(Calendar).where(Calendar.source == PAGE).order_by(Calendar.id)).first()
    if calendar is None or find_free_times(db.session(), calendar.id) is not None:
        return
    owner, colleague = _name_hosts(calendar.team_id)
    if not db.session.scalars(select(BusyCalendar.id).where(BusyCalendar.person_id == owner)).all():
        own_calendars.add_feed(owner, busy_address, BUSY_CALENDAR, WhenUnreadable.SHOW_TIMES)
    rules, version = load_rules(calendar)
    hours = OpeningHours((WORKING_DAY,) * 5 + ((), ()), {})
    rules = replace(rules, hours=hours, notice_minutes=2 * 60)
    save_free_times(calendar.id, rules, version, [owner, colleague])


def _name_hosts(team_id: int) -> tuple[int, int]:
    """The ids of the owner and of a colleague in the team, who is made a member."""
    with write_transaction() as session:
        owner, colleague = person_with(session, OWNER), person_with(session, COLLEAGUE)
        theirs = select(Membership.id).where(Membership.team_id == team_id, Membership.person_id == colleague.id)
        if session.scalar(theirs) is None:
            members.add_membership(session, team_id, colleague, Role.MEMBER, by=owner.id)
    for person, name in ((owner, "Mika Sato"), (colleague, "Ren Suzuki")):
        save_profile(person.id, name, ZONE, "")
    return owner.id, colleague.id


def check_sources_soon() -> None:
    """Have what booking sources say of their subscriptions looked at as soon as background work begins."""
    with write_transaction() as session:
        asked = SourceAccount.next_check_at.is_not(None)
        session.execute(update(SourceAccount).where(asked).values(next_check_at=now()))
    tools().wake.set()
