"""A process that forks one for each boundary at which a mail of some kind may be killed, and recovers after it.

Everything is loaded once, by the process that forks. It prints a line of JSON for each that it forked: the kind,
which boundaries it passed, whether it was killed, and to whom its mail goes. Nobody else gets a mail there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import not_, or_

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.mails import MailKind
from hubsync.domain.questions import Part
from hubsync.domain.roles import Role
from hubsync.identity.proof import Proof
from hubsync.services import now
from hubsync.services.bookings import guest_changes
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.services.busy_calendars.readings import note_fault
from hubsync.services.notices.expiry_warning import put_due_warnings
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.signin import confirmation, identities, invitation_claims, links
from hubsync.services.signin.mail_limits import Requester
from hubsync.services.teams import invitations
from hubsync.services.teams.members import create_team
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Invitation
from hubsync.store.unwanted_bookings import UnwantedBookingRules
from tests.kit import rows
from tests.kit.clock import at
from tests.kit.forked_kills import kill
from tests.kit.free_times import open_always
from tests.kit.workers import read_task, wait_for_go

START = datetime(2027, 11, 1, 9, tzinfo=UTC)
STEP = timedelta(hours=2)
"""Between two kills: longer than any pause that is waited for."""
MOST_BOUNDARIES = 30


@dataclass(frozen=True)
class Way:
    """How a mail of a kind comes about: what is there before, and the *act* that puts and sends it."""

    kind: MailKind
    prepare: Callable[[str], None]
    act: Callable[[str], None]


def _no_preparation(name: str) -> None:
    """There is what is needed."""


def _add_person(name: str) -> None:
    with write_transaction() as session:
        rows.add_person(session, _address(name))


def _ask_for_link(name: str) -> None:
    links.ask_for_link(_address(name), Requester())
    _wait_for_answer()


def _wait_for_answer() -> None:
    for thread in threading.enumerate():
        if thread.name == links.THREAD_NAME:
            thread.join()


def _invite(name: str) -> None:
    owner = db.session.query(Person.id).filter_by(email="owner@acme.example").scalar()
    end_read()
    invitations.invite(1, _address(name), Role.MEMBER, by=owner)


def _lose_access(name: str) -> None:
    _add_team(name, state="lost", lost_code="access_lost", lost_at=now(), access_sealed="")


def _notify(name: str) -> None:
    put_due_notices()
    send_mails()


def _grow_idle(name: str) -> None:
    _add_team(name, connected_at=now() - timedelta(days=170))


def _warn(name: str) -> None:
    put_due_warnings()
    send_mails()


def _book(name: str, starts_at: datetime, calendar_id: int = 0) -> None:
    """An appointment of the guest called *name*, in the first calendar unless told; at a full minute."""
    starts_at = starts_at.replace(second=0, microsecond=0)
    calendars = db.session.query(Calendar).order_by(Calendar.id)
    calendar = db.session.get_one(Calendar, calendar_id) if calendar_id else calendars.first()
    assert calendar is not None
    page = show_booking_page(calendar)
    end_read()
    answers = {next(each.id for each in page.questions if each.part is Part.EMAIL): _address(name)}
    keep_booking(page, page.make_booking(answers, starts_at, "Asia/Tokyo", name, {}))


def _book_for_soon(name: str) -> None:
    """An appointment whose reminder is due when the process is forked; its confirmations have left."""
    moment = now()
    with at(moment - timedelta(hours=1)):
        _book(name, moment + timedelta(hours=1))
        send_mails()


def _book_for_later(name: str) -> None:
    """An appointment whose confirmations have left, and whose reminder is not due for a long time."""
    _book(name, now() + timedelta(days=30))
    send_mails()


def _booking(name: str) -> tuple[str, int, datetime]:
    """The page of the guest's booking, its id and its time."""
    row = db.session.query(BookingRecord).populate_existing().filter_by(guest_email=_address(name)).one()
    assert row.starts_at is not None
    found = row.calendar.slug, row.id, row.starts_at
    end_read()
    return found


def _move(name: str) -> None:
    slug, booking_id, starts_at = _booking(name)
    guest_changes.move(slug, booking_id, starts_at + timedelta(minutes=30), seen=starts_at)
    send_mails()


def _cancel(name: str) -> None:
    slug, booking_id, _starts_at = _booking(name)
    guest_changes.cancel(slug, booking_id)
    send_mails()


def _fill_hour(name: str) -> None:
    """A calendar of somebody's own that has as many bookings in this hour as pass."""
    team_id = create_team(name, _address(name), "premium").id
    with write_transaction() as session:
        owner = session.query(Person.id).filter_by(email=_address(name)).scalar()
        calendar_id = rows.add_calendar(session, team_id, owner, slug=name).id
        session.add(
            UnwantedBookingRules(
                calendar_id=calendar_id, version=1, hourly_ceiling=1, typo_hint=False, work_email_only=False
            )
        )
    open_always(calendar_id)
    _book(f"first-{name}", now() + timedelta(days=1), calendar_id)
    send_mails()


def _book_above_ceiling(name: str) -> None:
    calendar_id = db.session.query(Calendar.id).filter_by(slug=name).scalar()
    _book(f"second-{name}", now() + timedelta(days=2), calendar_id)
    send_mails()


def _lose_busy_calendar(name: str) -> None:
    """A busy calendar that has not been readable for so long that one failure more is told."""
    with write_transaction() as session:
        person = rows.add_person(session, _address(name))
        since = now() - timedelta(hours=5)
        rows.add_busy_calendar(session, person.id, failures=9, fault_code="feed_refused", faulty_since=since)


def _fail_to_read(name: str) -> None:
    with write_transaction() as session:
        calendars = session.query(BusyCalendar).join(Person, Person.id == BusyCalendar.person_id)
        note_fault(session, calendars.filter(Person.email == _address(name)).one(), "feed_refused", None)
    send_mails()


def _ask_to_confirm(name: str) -> None:
    proof = Proof("google", "https://accounts.google.com", name, _address(name), name=name)
    confirmation.ask_to_confirm(proof, Requester())
    _wait_for_answer()


def _link(name: str) -> None:
    person_id = db.session.query(Person.id).filter_by(email=_address(name)).scalar()
    end_read()
    identities.link(person_id, Proof("google", "https://accounts.google.com", name))
    send_mails()


def _offer_place(name: str) -> None:
    """An invitation whose mail is long gone; its token is the *name*."""
    with write_transaction() as session:
        session.add(
            Invitation(
                team_id=1,
                email=_address(name),
                role=Role.MEMBER,
                token_hash=fingerprint(name),
                created_at=now(),
                expires_at=now() + timedelta(days=7),
            )
        )


def _claim(name: str) -> None:
    invitation_claims.ask(name, None, Requester())
    _wait_for_answer()


def _send(name: str) -> None:
    send_mails()


WAYS = (
    Way(MailKind.SIGNIN_LINK, _add_person, _ask_for_link),
    Way(MailKind.CONFIRM_IDENTITY, _add_person, _ask_to_confirm),
    Way(MailKind.NEW_WAY_IN, _add_person, _link),
    Way(MailKind.INVITATION, _no_preparation, _invite),
    Way(MailKind.CLAIM_INVITATION, _offer_place, _claim),
    Way(MailKind.NOTICE, _lose_access, _notify),
    Way(MailKind.EXPIRY_WARNING, _grow_idle, _warn),
    Way(MailKind.BUSY_CALENDAR_UNREADABLE, _lose_busy_calendar, _fail_to_read),
    Way(MailKind.BOOKINGS_HELD, _fill_hour, _book_above_ceiling),
    Way(MailKind.GUEST_REMINDER, _book_for_soon, _send),
    Way(MailKind.GUEST_MOVED, _book_for_later, _move),
    Way(MailKind.GUEST_CANCELLED, _book_for_later, _cancel),
)


def _address(name: str) -> str:
    return f"{name}@guest.example"


def _add_team(name: str, **connection: object) -> None:
    team_id = create_team(name, _address(name), "premium").id
    with write_transaction() as session:
        rows.add_connection(session, team_id, hubspot_account_id=str(team_id), **connection)


def play(app: Flask, way: Way, number: int, moment: datetime) -> bool:
    """Kill a process on *way* at boundary *number*, and recover; return whether it got that far."""
    name = f"{way.kind}-{number}".replace("_", "-")
    with at(moment), app.test_request_context():
        way.prepare(name)
        before = db.session.query(OutboxMail).filter_by(kind=way.kind).count()
        db.session.remove()
        db.engine.dispose()
        passed, killed = kill(lambda: way.act(name), number)
        is_put = (
            way.prepare is _book_for_soon or db.session.query(OutboxMail).filter_by(kind=way.kind).count() > before
        )
        end_read()
        if not is_put:  # nothing was promised yet: whoever wanted it does it again
            way.act(name)
    for minutes in (3, 70):
        with at(moment + timedelta(minutes=minutes)), app.test_request_context():
            _notify(name)
            _warn(name)
    with app.app_context():
        left = db.session.query(OutboxMail).filter_by(settled_at=None)
        is_for_later = OutboxMail.not_before > moment + timedelta(minutes=70)
        waiting = left.filter(or_(OutboxMail.not_before.is_(None), not_(is_for_later))).count()
        end_read()
    told = {"kind": way.kind, "passed": passed, "killed": killed, "to": _address(name), "waiting": waiting}
    print(json.dumps(told), flush=True)
    return killed


def main() -> None:
    task, app = read_task()
    wait_for_go()
    with at(START), app.app_context():
        open_always(task["calendar_id"])
        with write_transaction() as session:
            session.query(Calendar).update({"reminder_minutes": 60})
    moment = START
    for way in WAYS:
        for number in range(1, MOST_BOUNDARIES):
            moment += STEP
            if not play(app, way, number, moment):
                break
