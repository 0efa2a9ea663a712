"""What a run of the product does, as its web pages and its background thread call it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from hubsync.domain.booking import Booking, BookingEvent, Guest
from hubsync.domain.owners import OwnerChoice
from hubsync.errors import BookingNotKept
from hubsync.services.bookings.completion import complete
from hubsync.services.connection.oauth_flow import connect
from hubsync.services.connection.optional_scopes import check_key
from hubsync.services.connection.service_keys import connect_with_key
from hubsync.services.connection.tokens import usable_connection
from hubsync.services.connection.watch_only import switch_on
from hubsync.services.deliveries.going_live import go_live
from hubsync.services.deliveries.posting_again import post_again
from hubsync.services.deliveries.replays import replay_missed
from hubsync.services.deliveries.undoing import undo
from hubsync.services.operations.background_jobs import do_due_work
from hubsync.services.teams.members import create_team
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.owners import OwnerReading
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests.kit import rows

SOURCE, CALENDAR = "signed_json", "intro"
FILLED = (("companies", "city"), ("contacts", "jobtitle"))
"""What is filled, where that is switched on, with the name of the calendar."""
MOST_ROUNDS = 20
FIRST = datetime(2030, 1, 7, 1, tzinfo=UTC)
"""The time of every booking before it is moved."""


def found(team_name: str) -> None:
    """A team with an owner, and a mapped calendar that the source's bookings name."""
    team = create_team(team_name, f"owner@{team_name}.example", "premium")
    with write_transaction() as session:
        owner = session.scalars(select(Membership.person_id).where(Membership.team_id == team.id)).one()
        slug = f"{team_name}-intro"
        calendar = rows.add_calendar(session, team.id, owner, slug, source=SOURCE, external_id=CALENDAR)
        rows.add_usual_mapping(session, calendar.id)


def fill_and_associate(team_name: str) -> None:
    """The team's mapping fills a property of either record that exists, and associates the contact."""
    with write_transaction() as session:
        mapping = session.scalars(
            select(MappingRecord).join(Calendar).join(Team).where(Team.name == team_name)
        ).one()
        mapping.associates_existing = True
        for section, name in FILLED:
            rows.add_mapping_row(session, mapping.id, section, name, "fact:calendar", when_exists="fill")


def put_on_timeline(team_name: str) -> None:
    """The team's calendar puts its bookings on the timeline, titled by their guests."""
    with write_transaction() as session:
        mapping = session.scalars(
            select(MappingRecord).join(Calendar).join(Team).where(Team.name == team_name)
        ).one()
        mapping.meetings_on, mapping.meeting_title = True, "{guest_email}"


def give_owner(team_name: str, owner_id: str) -> None:
    """New records of the team belong to a user of HubSpot, who has to be read first."""
    with write_transaction() as session:
        of_team = select(Calendar.id).join(Team).where(Team.name == team_name)
        chosen = {"owner_choice": OwnerChoice.FIXED, "owner_id": owner_id}
        session.execute(update(MappingRecord).where(MappingRecord.calendar_id.in_(of_team)).values(**chosen))
    check_key(_team_and_owner(team_name)[0])


def forget_owners(team_name: str) -> None:
    """The users of HubSpot were read so long ago that they are read anew."""
    with write_transaction() as session:
        session.execute(delete(OwnerReading))


def press_connect(team_name: str, code: str) -> None:
    """The owner comes back from HubSpot with *code*, or pastes a service key."""
    team, owner = _team_and_owner(team_name)
    if code.startswith("pat-"):
        connect_with_key(team, owner, code)
    else:
        connect(team, owner, code, "")


def press_replay(team_name: str) -> None:
    team, owner = _team_and_owner(team_name)
    replay_missed(team, owner)


def press_watch_only(team_name: str) -> None:
    team, owner = _team_and_owner(team_name)
    switch_on(team, owner)


def press_go_live(team_name: str) -> None:
    """The owner goes live and has posted what was watched."""
    team, owner = _team_and_owner(team_name)
    account = usable_connection(team).hubspot_account_id
    end_read()
    go_live(team, owner, account, post_watched=True)


def press_undo(team_name: str, external_id: str) -> None:
    """The owner undoes the delivery of a booking."""
    _team, owner = _team_and_owner(team_name)
    undo(_delivery_of(external_id), owner)


def press_post_again(team_name: str, external_id: str) -> None:
    """The owner has it posted again, if it was undone."""
    _team, owner = _team_and_owner(team_name)
    post_again(_delivery_of(external_id), owner)


def take_booking(team_name: str, external_id: str, email: str, company: str, **change: Any) -> str:
    """A source hands a booking over; returns what it is answered, "" when it is asked to send it again."""
    team, _ = _team_and_owner(team_name)
    starts = FIRST + timedelta(days=change.pop("day", 0))
    booking = Booking(
        source=SOURCE,
        external_id=external_id,
        calendar_external_id=CALENDAR,
        calendar_name="Intro call",
        guest=Guest("Sato Mika", email, company),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        answers=(),
        **change,
    )
    try:
        return complete(team, booking).state
    except BookingNotKept:
        return ""


def take_move(team_name: str, news: str, external_id: str, email: str, company: str) -> str:
    """A source tells, as *news*, that the booking has another time, under an id of its own; answered as above."""
    changed = {"event": BookingEvent.MOVED, "replaces": external_id, "day": 1, "reason": news}
    return take_booking(team_name, f"{external_id} moved", email, company, **changed)


def take_second_move(team_name: str, news: str, external_id: str, email: str, company: str) -> str:
    """A source tells, as *news*, that the booking was moved once more, to a third time; answered as above."""
    changed = {"event": BookingEvent.MOVED, "replaces": f"{external_id} moved", "day": 2, "reason": news}
    return take_booking(team_name, f"{external_id} moved twice", email, company, **changed)


def take_cancellation(team_name: str, news: str, external_id: str, email: str, company: str) -> str:
    """A source tells, as *news*, that the new time of the booking was cancelled; answered as above."""
    changed = {"event": BookingEvent.CANCELLED, "replaces": external_id, "day": 1, "reason": news}
    return take_booking(team_name, f"{external_id} moved", email, company, **changed)


def do_all_that_is_due() -> None:
    """Round after round until nothing is due any more."""
    for _ in range(MOST_ROUNDS):
        if not list(do_due_work()):
            return


def _delivery_of(external_id: str) -> int:
    query = select(Delivery.id).join(BookingRecord).where(BookingRecord.external_id == external_id)
    found = db.session.scalars(query).one()
    end_read()
    return found


def _team_and_owner(team_name: str) -> tuple[int, int]:
    ids = db.session.execute(
        select(Team.id, Person.id)
        .join(Membership, Membership.team_id == Team.id)
        .join(Person)
        .where(Team.name == team_name, Membership.role == "owner")
    ).one()
    end_read()
    return ids[0], ids[1]


COMMANDS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        *(give_owner, forget_owners),
        *(found, fill_and_associate, put_on_timeline, press_connect, press_replay, press_undo, press_post_again),
        *(press_watch_only, press_go_live),
        *(take_booking, take_move, take_second_move, take_cancellation),
        do_all_that_is_due,
    )
}
