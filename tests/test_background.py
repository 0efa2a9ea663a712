"""The thread that takes up due work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from hubsync.background import Background
from hubsync.services import now
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from tests.kit import rows
from tests.kit.broken_tables import break_table, mend_table
from tests.kit.free_times import make_page_team, open_always
from tests.kit.mail_server import MailServer
from tests.kit.waiting import wait_until


@pytest.fixture
def due(app: Flask) -> Iterator[Callable[[], str]]:
    """One due delivery of a team without the Premium plan, which is skipped as soon as somebody takes it."""
    with app.app_context():
        with write_transaction() as session:
            team, person = rows.add_team(session, plan="free"), rows.add_person(session)
            calendar = rows.add_calendar(session, team.id, person.id)
            booking = rows.add_booking(session, team.id, calendar.id, starts_at=now(), created_at=now())
            rows.add_delivery(session, booking, "pending")

        def state() -> str:
            found = db.session.query(Delivery.state).scalar()
            end_read()
            return str(found)

        yield state


def test_due_work_is_taken_up_by_itself(app: Flask, due: Callable[[], str]) -> None:
    background = Background(app, seconds=0.05)
    background.start()
    wait_until(lambda: due() == "skipped")
    background.stop()


def test_the_thread_outlives_a_database_that_fails(
    app: Flask, due: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    break_table(db.session, "deliveries")
    end_read()
    background = Background(app, seconds=0.05)
    background.start()
    wait_until(lambda: "it is tried again" in caplog.text)
    mend_table(db.session, "deliveries")
    end_read()
    wait_until(lambda: due() == "skipped")
    background.stop()


def test_it_is_woken_before_its_time(app: Flask, due: Callable[[], str]) -> None:
    background = Background(app, seconds=300)
    background.start()
    app.extensions["hubsync"].wake.set()
    wait_until(lambda: due() == "skipped")
    background.stop()


def test_a_mail_leaves_as_soon_as_it_is_committed(app: Flask, smtp: MailServer) -> None:
    background = Background(app, seconds=300)
    with app.app_context():
        owner = make_page_team()
        open_always(owner.calendar_id)
        background.start()
        try:
            page = show_booking_page(owner.calendar())
            end_read()
            starts_at = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
            keep_booking(page, page.make_booking({}, starts_at, "Asia/Tokyo", "form", {}))
            assert [mail["To"] for mail in smtp.wait_for_mail()] == ["owner@acme.example"]
        finally:
            background.stop()
