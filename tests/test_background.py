"""The thread that takes up due work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from hubsync.background import Background
from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from hubsync.store.teams import Team


@pytest.fixture
def due(app: Flask) -> Iterator[Callable[[], str]]:
    """One due delivery of a team without the Premium plan, which is skipped as soon as somebody takes it."""
    with app.app_context():
        with write_transaction() as session:
            person = Person(email="owner@acme.example", created_at=now())
            team = Team(slug="acme", name="Acme", plan="free", created_at=now())
            session.add_all([person, team])
            session.flush()
            calendar = Calendar(
                team_id=team.id, owner_id=person.id, slug="c", name="C", external_id="c", created_at=now()
            )
            session.add(calendar)
            session.flush()
            booking = BookingRecord(
                team_id=team.id,
                calendar_id=calendar.id,
                source="page",
                external_id="b",
                starts_at=now(),
                ends_at=now() + timedelta(minutes=30),
                created_at=now(),
            )
            session.add(booking)
            session.flush()
            transitions.begin(
                session,
                Delivery(
                    team_id=team.id,
                    calendar_id=calendar.id,
                    booking_id=booking.id,
                    state="pending",
                    created_at=now(),
                ),
            )

        def state() -> str:
            found = db.session.query(Delivery.state).scalar()
            end_read()
            return str(found)

        yield state


def wait_until(true: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 10
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    return true()


def test_due_work_is_taken_up_by_itself(app: Flask, due: Callable[[], str]) -> None:
    background = Background(app, seconds=0.05)
    background.start()
    assert wait_until(lambda: due() == "skipped")
    background.stop()


def test_the_thread_outlives_a_database_that_fails(
    app: Flask, due: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    db.session.execute(text("ALTER TABLE deliveries RENAME TO away"))
    end_read()
    background = Background(app, seconds=0.05)
    background.start()
    assert wait_until(lambda: "it is tried again" in caplog.text)
    db.session.execute(text("ALTER TABLE away RENAME TO deliveries"))
    end_read()
    assert wait_until(lambda: due() == "skipped")
    background.stop()


def test_it_is_woken_before_its_time(app: Flask, due: Callable[[], str]) -> None:
    background = Background(app, seconds=300)
    background.start()
    app.extensions["hubsync"].wake.set()
    assert wait_until(lambda: due() == "skipped")
    background.stop()
