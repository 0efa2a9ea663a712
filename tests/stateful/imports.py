"""Files of bookings of before in the random sequences: looked at, begun, paused, killed, undone row by row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from hubsync.domain.booking import IMPORT
from hubsync.domain.imports.states import WORKED_AT, ImportState
from hubsync.services import now
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.imports import uploads
from hubsync.services.imports.hold import take_hold
from hubsync.services.imports.taking_in import AT_ONCE
from hubsync.services.imports.uploads import Reading
from hubsync.services.imports.worker import work_on_imports
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import BookingImport, ImportedBooking
from tests.kit.imports import counts, find
from tests.stateful.bookings import GUESTS, Bookings, what_guests_say

HEADING = ("ID", "Name", "Email", "Company", "Start", "city", "phone")
FAULTY = ("", "Sato Mika", "mika@", "", "soon", "", "")
FIRST_ROW = 2
SECONDS = 60.0


class Course(StrEnum):
    """How far a file comes in one go; everything else may happen to it afterwards."""

    LATER = "somebody decides later"
    POSTED = "begun and posted"
    KILLED = "begun, and the worker is killed"
    PAUSED = "begun and paused"


@dataclass
class File:
    """A file as it was uploaded: *ids* are those of its rows, "" for a faulty one; *begun* lets it come in.

    A row that has the id of an earlier one and another guest is faulty as well.
    """

    import_id: int
    ids: list[str]
    begun: bool = False
    known: set[str] = field(default_factory=set)

    def fresh(self) -> dict[str, int]:
        """The rows that become bookings, by the booking's id: the first ones of those that are new."""
        rows = {each: number for number, each in reversed(list(enumerate(self.ids, FIRST_ROW)))}
        return {each: row for each, row in rows.items() if each and each not in self.known}

    def expected(self) -> tuple[int, int, int, int]:
        """How many rows are new, known, repeated and faulty."""
        said = [each for each in self.ids if each]
        known = set(said) & self.known
        return len(set(said) - known), len(known), len(said) - len(set(said)), self.ids.count("")


class Importing(Bookings):
    """Mixed into a play: one file at a time, of a few rows among so many faulty ones that it takes two goes."""

    file: File | None

    @precondition(lambda self: self.file is None)
    @rule(
        data=st.data(),
        guests=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(GUESTS)), min_size=1, max_size=4),
        place=st.integers(0, 4),
        course=st.sampled_from(Course),
    )
    def somebody_uploads_a_file(
        self, data: st.DataObject, guests: list[tuple[int, str]], place: int, course: Course
    ) -> None:
        rows = [self._row(number, email, data.draw(self.names, label="company")) for number, email in guests]
        rows[place:place] = [FAULTY] * AT_ONCE
        text = io.StringIO()
        csv.writer(text).writerows([HEADING, *rows])
        content, calendar = io.BytesIO(text.getvalue().encode()), self.acme.calendar()
        reading = Reading(encoding="utf-8", delimiter=",")
        import_id = uploads.begin_import(calendar, self.owner().person_id, "bookings.csv", content, reading)
        end_read()
        guest_of: dict[str, str] = {}
        same = [row[0] and guest_of.setdefault(row[0], row[2].lower()) == row[2].lower() for row in rows]
        ids = [f"{self.acme.calendar_id}:{row[0]}" if fits else "" for row, fits in zip(rows, same, strict=True)]
        self.file = File(import_id, ids, known=set(self.rows))
        if course != Course.LATER:
            self.work_on_the_file()
            self.somebody_decides_of_the_file(wanted=True)
        if self.file is None:  # there was nothing new in it
            return
        if course == Course.KILLED:
            self.a_worker_is_closed_and_the_next_one_killed(goes=2)
        elif course == Course.PAUSED:
            self.somebody_decides_of_the_file(wanted=False)
        elif course == Course.POSTED:
            self.work_on_the_file()
            run_due()

    def _row(self, number: int, email: str, company: str) -> tuple[str, ...]:
        starts = f"{now() - timedelta(days=1 + number % 2):%Y-%m-%d} 10:00"
        return (f"b-{number}", "Sato Mika", email, company, starts, *what_guests_say(number).values())

    @precondition(lambda self: self.file)
    @rule()
    def work_on_the_file(self) -> None:
        work_on_imports(seconds=SECONDS)
        self.look_at_the_file()

    @precondition(lambda self: self.file)
    @rule(goes=st.integers(1, 4))
    def a_worker_is_closed_and_the_next_one_killed(self, goes: int) -> None:
        """The first one stops after so many goes; the second one dies with its hold on the file."""
        work_on_imports(stopped=partial(lambda gone: next(gone) >= goes, count()), seconds=SECONDS)
        self.look_at_the_file()
        if self.file is not None:
            take_hold(self.file.import_id)

    @precondition(lambda self: self.file)
    @rule(wanted=st.sampled_from((True, False)))
    def somebody_decides_of_the_file(self, wanted: bool) -> None:
        """Begins or discards it; lets it go on, pauses or, when it is paused, stops it."""
        assert self.file is not None
        found = self.the_import()
        named = (self.acme.team_id, found.id, self.owner().person_id)
        if found.state == ImportState.READY:
            assert counts(found) == self.file.expected()
            if wanted and found.fresh:
                uploads.confirm(*named, without_faulty=True, version=found.version)
                self.file.begun = True
            else:
                uploads.discard(*named)
        elif found.state == ImportState.TAKING_IN:
            decide = uploads.go_on if wanted else uploads.stop if found.paused_at is not None else uploads.pause
            decide(*named)
            self.met["import paused"] += decide is uploads.pause
        self.look_at_the_file()

    def the_import(self) -> BookingImport:
        assert self.file is not None
        return find(self.file.import_id)

    def look_at_the_file(self) -> None:
        """Know its bookings from now on: only rows of a file that was begun, and at its end all of them."""
        assert self.file is not None
        of_import = db.session.query(BookingRecord.external_id, Delivery.id, ImportedBooking.row).filter(
            BookingRecord.source == IMPORT,
            Delivery.booking_id == BookingRecord.id,
            ImportedBooking.delivery_id == Delivery.id,
            ImportedBooking.import_id == self.file.import_id,
        )
        taken = {which: (delivery_id, row) for which, delivery_id, row in of_import}
        end_read()
        fresh = self.file.fresh() if self.file.begun else {}
        assert {which: row for which, (_delivery, row) in taken.items()}.items() <= fresh.items()
        state = self.the_import().state
        assert taken.keys() == fresh.keys() or state not in (ImportState.FINISHED, ImportState.DISCARDED)
        self.rows |= {which: delivery_id for which, (delivery_id, _row) in taken.items()}
        self.met[f"import {state}"] += 1
        self.met["import half taken in"] += 0 < len(taken) < len(fresh)
        if state not in WORKED_AT and state != ImportState.READY:
            self.file = None

    def finish_the_file(self) -> None:
        """Whatever was decided or broke off, let it come to its end."""
        while self.file is not None:
            self.let_pass(timedelta(minutes=3))
            self.work_on_the_file()
            if self.file is not None:
                self.somebody_decides_of_the_file(wanted=True)
