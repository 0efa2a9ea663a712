"""What tests of imports share: files of bookings of before, and an import brought as far as they want it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from hubsync.domain.delivery_states import UNFINISHED
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.imports import uploads, worker
from hubsync.services.imports.uploads import Reading
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import BookingImport
from hubsync.store.people import Person
from tests.kit.clock import later

ATTEMPTS = 6
HEADING = "ID,Name,Email,Company,Start"


def file_of(numbers: Iterable[int], heading: str = HEADING) -> str:
    """A file with a row for each of the *numbers*."""
    rows = (f"b-{each},Mika {each},mika{each}@acme-{each}.co.jp,Acme {each},2026-03-01 10:00" for each in numbers)
    return "\n".join((heading, *rows)) + "\n"


def upload(acme: Any, text: str | bytes, reading: Reading | None = None) -> int:
    """The id of an import of the file, of which nothing is read yet."""
    content = text if isinstance(text, bytes) else text.encode()
    person_id = db.session.query(Person.id).scalar()
    return uploads.begin_import(acme.calendar(), person_id, "bookings.csv", io.BytesIO(content), reading)


def checked(acme: Any, text: str | bytes, reading: Reading | None = None) -> BookingImport:
    """The import of the file, its rows checked."""
    import_id = upload(acme, text, reading)
    worker.work_on_imports(seconds=60)
    return find(import_id)


def begin(acme: Any, text: str | bytes) -> BookingImport:
    """The import of the file, of which nobody has taken a row in yet."""
    booking_import = checked(acme, text)
    uploads.confirm(acme.team_id, booking_import.id, None, without_faulty=True, version=booking_import.version)
    return find(booking_import.id)


def post_all(acme: Any) -> None:
    """Let the background post what was taken in, with all its attempts.

    A call that a stalled machine answers after HubSync's five seconds is tried again like any passing fault.
    """
    run_due()
    for hours in range(1, ATTEMPTS):
        on_its_way = db.session.query(Delivery.id).filter(Delivery.state.in_(UNFINISHED)).count()
        end_read()
        if not on_its_way:
            return
        with later(hours=hours):
            acme.hubspot_recovers()
            run_due()


def find(import_id: int) -> BookingImport:
    """The import as it is now."""
    found = db.session.get_one(BookingImport, import_id, populate_existing=True)
    end_read()
    return found


def counts(booking_import: BookingImport) -> tuple[int, int, int, int]:
    """How many of its rows are new, known, repeated and faulty."""
    return booking_import.fresh, booking_import.known, booking_import.repeated, booking_import.faulty
