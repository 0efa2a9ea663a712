"""A HubSync to measure: its own database on disk, one team, one calendar with a mapping, and a HubSpot account."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, event, select

from bench.report import ROOT
from hubsync.app import create_app
from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.availability.rules import Rolling
from hubsync.domain.questions import Part
from hubsync.paths import FILES
from hubsync.services import now, tools
from hubsync.services.availability.rules import load_rules
from hubsync.services.availability.saving import save_free_times
from hubsync.services.bookings.booking_page import new_form_id, show_booking_page
from hubsync.services.bookings.completion import complete
from hubsync.services.connection import service_keys
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.operations.demo_data import seed_demo
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from tests.kit.settings import make_settings, process_environment


@dataclass(frozen=True)
class Guest:
    """Who books, and for which company."""

    name: str
    email: str
    company: str


def guest(number: int, company: int | None = None) -> Guest:
    """Guest *number*, of a company of his own or of *company*."""
    of = number if company is None else company
    return Guest(f"Sato Mika{number}", f"guest{number}@company{of}.co.jp", f"Company {of} K.K.")


class Installation:
    """The app, and what is asked of it. Its settings are those of *environment* without the prefix."""

    def __init__(self, app: Flask, settings: dict[str, str]) -> None:
        self.app = app
        self.settings = settings
        with app.app_context():
            self.slug = seed_demo()
            calendar = db.session.scalars(select(Calendar).where(Calendar.slug == self.slug)).one()
            self.team_id, self.calendar_id, self.owner_id = calendar.team_id, calendar.id, calendar.owner_id
            self.question = {question.part: question.id for question in calendar.asked() if question.part}

    def connect(self, key: str) -> None:
        """Connect the team with the service key, and forget the companies known so far."""
        with self.app.app_context():
            if db.session.scalar(select(Connection.id)) is None:
                service_keys.connect_with_key(self.team_id, self.owner_id, key)
            with write_transaction() as session:
                sealed = tools().vault.seal(sealed_place(self.team_id, "access token"), key)
                session.scalars(select(Connection)).one().access_sealed = sealed
            self._forget_companies()

    def open_always(self) -> None:
        """Let the booking page offer every half hour of a year from now on, by day and by night."""
        with self.app.app_context():
            rules, version = load_rules(db.session.get_one(Calendar, self.calendar_id))
            end_read()
            hours = OpeningHours(((Interval(0, 24 * 60),),) * 7)
            always = replace(rules, hours=hours, step_minutes=30, notice_minutes=0, period=Rolling(365))
            save_free_times(self.calendar_id, always, version)

    def forget_companies(self) -> None:
        """Forget the companies known so far."""
        with self.app.app_context():
            self._forget_companies()

    def _forget_companies(self) -> None:
        with write_transaction() as session:
            session.execute(delete(KnownCompany))

    @property
    def database(self) -> Path:
        """The file of the database."""
        with self.app.app_context():
            return Path(str(db.engine.url.database))

    def book(
        self, who: Guest, measured: Callable[[], AbstractContextManager[object]] = nullcontext
    ) -> tuple[str, float]:
        """Complete a booking of the calendar's page, in a context of its own.

        Returns the state of the delivery and the seconds it took, from the checked answers on: the page has
        read its calendar and questions before. *measured* is entered for that part alone.
        """
        with self.app.app_context():
            calendar = db.session.get_one(Calendar, self.calendar_id)
            page = show_booking_page(calendar)
            answers = {
                self.question[Part.COMPANY]: who.company,
                self.question[Part.NAME]: who.name,
                self.question[Part.EMAIL]: who.email,
            }
            starts_at = now() + timedelta(days=3)
            with measured():
                began = time.perf_counter()
                booking = page.make_booking(answers, starts_at, "Asia/Tokyo", new_form_id(), {})
                delivery = complete(page.team_id, booking)
                took = time.perf_counter() - began
            state = delivery.state
            end_read()
            return state, took

    @contextmanager
    def counted_commits(self) -> Iterator[list[int]]:
        """A list that grows by one with every commit of a unit that writes, of any thread."""
        commits: list[int] = []

        def count(connection: object) -> None:
            if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":  # type: ignore[attr-defined]
                commits.append(1)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "commit", count)
        try:
            yield commits
        finally:
            event.remove(engine, "commit", count)


@contextmanager
def built(hubspot_url: str, *, apart: bool = False, **others: str) -> Iterator[Installation]:
    """An installation over a new database under instance/, which is on disk; all of it is deleted at the end.

    With *apart* its tables are made by a process of its own, as they are by `flask db upgrade`: so this one has no
    Alembic, and its memory is that of a process that serves. *others* are settings beside the usual ones, without
    the prefix.
    """
    (ROOT / "instance").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "instance"))
    database = folder / "hubsync.sqlite3"
    given = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{database}"}
    # All guests come from one address and more often than people do: they are counted, and let in all the same.
    given |= {"FORMS_PER_ADDRESS": "1000000", "FORMS_PER_PAGE": "1000000"}
    settings = make_settings(hubspot=hubspot_url, **given, **others)
    app = create_app(settings, instance_path=folder)
    # What is measured is HubSync; the part that has HubSpot's limits serves it in a process of its own.
    app.extensions["hubsync"].call_reservations.allow_searches(10_000)
    try:
        if apart:
            _migrate_apart(settings)
        else:
            from tests.kit.upgraded import put_database

            put_database(database)  # the migrations run once in a process
        yield Installation(app, settings)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.rmtree(folder)


def _migrate_apart(settings: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=FILES, env=process_environment(settings), check=True, capture_output=True)


__all__ = ["Guest", "Installation", "built", "guest"]
