"""A process that forks one for each boundary at which a mail of some kind may be killed, and recovers after it.

Everything is loaded once, by the process that forks. It prints a line of JSON for each that it forked: the kind,
which boundaries it passed, whether it was killed, and to whom its mail goes. Nobody else gets a mail there.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask

from hubsync.domain.mails import MailKind
from hubsync.domain.questions import Part
from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.services.notices.expiry_warning import put_due_warnings
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.signin import links
from hubsync.services.signin.mail_limits import Requester
from hubsync.services.teams import invitations
from hubsync.services.teams.members import create_team
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from tests.kit import rows
from tests.kit.clock import at
from tests.kit.free_times import open_always
from tests.kit.kill_switch import KillSwitch
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


def _book(name: str) -> None:
    """An appointment whose reminder is due when the process is forked; its confirmations have left."""
    moment = now()
    calendar = db.session.query(Calendar).order_by(Calendar.id).first()
    assert calendar is not None
    with at(moment - timedelta(hours=1)):
        page = show_booking_page(calendar)
        end_read()
        answers = {next(each.id for each in page.questions if each.part is Part.EMAIL): _address(name)}
        keep_booking(page, page.make_booking(answers, moment + timedelta(hours=1), "Asia/Tokyo", name, {}))
        send_mails()


def _send(name: str) -> None:
    send_mails()


WAYS = (
    Way(MailKind.SIGNIN_LINK, _add_person, _ask_for_link),
    Way(MailKind.INVITATION, _no_preparation, _invite),
    Way(MailKind.NOTICE, _lose_access, _notify),
    Way(MailKind.EXPIRY_WARNING, _grow_idle, _warn),
    Way(MailKind.GUEST_REMINDER, _book, _send),
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
        passed, killed = _kill(way, name, number)
        is_put = way.prepare is _book or db.session.query(OutboxMail).filter_by(kind=way.kind).count() > before
        end_read()
        if not is_put:  # nothing was promised yet: whoever wanted it does it again
            way.act(name)
    for minutes in (3, 70):
        with at(moment + timedelta(minutes=minutes)), app.test_request_context():
            _notify(name)
            _warn(name)
    with app.app_context():
        waiting = db.session.query(OutboxMail).filter_by(settled_at=None).count()
        end_read()
    told = {"kind": way.kind, "passed": passed, "killed": killed, "to": _address(name), "waiting": waiting}
    print(json.dumps(told), flush=True)
    return killed


def _kill(way: Way, name: str, number: int) -> tuple[list[str], bool]:
    """Fork a process that does the act, and is killed at boundary *number*; the boundaries that it passed."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        KillSwitch(number, lambda passed: _tell(write, passed)).install()
        try:
            way.act(name)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        passed = pipe.read().splitlines()
    _pid, status = os.waitpid(pid, 0)
    return passed, os.WIFSIGNALED(status)


def _tell(pipe: int, passed: str) -> None:
    os.write(pipe, f"{passed}\n".encode())


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
