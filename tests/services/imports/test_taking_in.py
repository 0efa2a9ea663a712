"""Rows become deliveries like any other: each once, within HubSpot's limits, whoever works at it."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from hubsync.domain.booking import IMPORT
from hubsync.domain.imports.states import ImportState
from hubsync.domain.questions import Kind
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.imports import taking_in, uploads
from hubsync.services.imports.worker import work_on_imports
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import BookingImport, ImportBlock, ImportedBooking, ImportPiece
from hubsync.store.mappings import MappingRecord
from hubsync.store.outbox import OutboxMail
from tests.kit.imports import HEADING, begin, checked, file_of, find, post_all, upload
from tests.kit.replays import person_id, states
from tests.kit.workers import task_of, worker_processes

MANY = taking_in.UNDER_WAY + taking_in.AT_ONCE + 7


def test_bookings_of_before_are_posted_like_any_other(acme: Any) -> None:
    found = begin(acme, file_of([1, 2]) + "b-1,Ann,again@acme.com,Acme,2026-03-01 10:00\nb-9,Bo,bo@,Acme,soon\n")
    work_on_imports()
    assert states() == ["pending"] * 2
    post_all(acme)
    assert states() == ["posted"] * 2
    work_on_imports()
    found = find(found.id)
    assert (found.state, found.done, found.taken) == (ImportState.FINISHED, 4, 2)
    assert db.session.query(ImportPiece).count() + db.session.query(ImportBlock).count() == 0
    assert [(each.import_id, each.row) for each in db.session.query(ImportedBooking)] == [
        (found.id, 2),
        (found.id, 3),
    ]
    booking = db.session.query(BookingRecord).filter_by(guest_email="mika1@acme-1.co.jp").one()
    assert (booking.source, booking.external_id) == (IMPORT, f"{acme.calendar_id}:b-1")
    assert {each["properties"]["email"] for each in acme.records("contacts")} == {
        "mika1@acme-1.co.jp",
        "mika2@acme-2.co.jp",
    }
    assert db.session.query(OutboxMail).count() == 0, "no guest hears of a booking of before"


def test_only_some_are_on_their_way_at_a_time(acme: Any) -> None:
    found = begin(acme, file_of(range(MANY)))
    work_on_imports()
    work_on_imports()
    assert (find(found.id).done, len(states())) == (taking_in.UNDER_WAY, taking_in.UNDER_WAY)
    with write_transaction() as session:
        session.query(MappingRecord).delete()  # then they wait, and are not on their way
    run_due()
    work_on_imports()
    assert find(found.id).done == MANY


def test_without_a_mapping_they_wait(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).delete()
    begin(acme, file_of([1]))
    work_on_imports()
    run_due()
    assert states() == ["waiting"]


def test_rows_are_read_to_the_last_as_they_were_confirmed(acme: Any) -> None:
    since = acme.add_question("Since", Kind.DATE)
    rows = "".join(f"{each},Ann,a{each}@acme.com,2026-03-01 10:00,2026/1/2\n" for each in range(MANY))
    found = begin(acme, f"ID,Name,Email,Start,Since\n{rows}")
    work_on_imports()
    with write_transaction() as session:
        session.query(MappingRecord).delete()
        session.query(Calendar).update({"time_zone": "America/New_York", "duration_minutes": 90})
        session.query(QuestionRow).filter_by(id=since).update({"kind": Kind.NUMBER})
    run_due()
    work_on_imports()
    found = find(found.id)
    assert (found.state, found.taken) == (ImportState.FINISHED, MANY)
    taken = {
        (each.starts_at, each.ends_at - each.starts_at, each.answers[str(since)])
        for each in db.session.query(BookingRecord)
    }
    assert taken == {(datetime(2026, 3, 1, 1, tzinfo=UTC), timedelta(minutes=30), "2026-01-02")}


def test_settings_that_change_before_the_rows_are_confirmed_have_them_checked_anew(acme: Any) -> None:
    found = checked(acme, file_of([1]))
    with write_transaction() as session:
        session.query(Calendar).update({"time_zone": "America/New_York"})
    with pytest.raises(Refused, match="settings have changed"):
        uploads.confirm(acme.team_id, found.id, None, without_faulty=True, version=found.version)
    assert uploads.check_changed(find(found.id))
    work_on_imports()
    assert not uploads.check_changed(find(found.id))
    uploads.confirm(acme.team_id, found.id, None, without_faulty=True, version=found.version)
    work_on_imports()
    assert db.session.query(BookingRecord.starts_at).scalar() == datetime(2026, 3, 1, 15, tzinfo=UTC)


def test_a_pause_holds_the_rest_back_and_a_stop_ends_it(acme: Any) -> None:
    found = begin(acme, file_of(range(MANY)))
    work_on_imports()
    uploads.pause(acme.team_id, found.id, person_id())
    uploads.pause(acme.team_id, found.id, person_id())
    post_all(acme)
    work_on_imports()
    assert (find(found.id).done, set(states())) == (taking_in.UNDER_WAY, {"posted"})
    uploads.go_on(acme.team_id, found.id, person_id())
    uploads.stop(acme.team_id, found.id, person_id())
    work_on_imports()
    found = find(found.id)
    assert (found.state, found.taken) == (ImportState.CUT_SHORT, taking_in.UNDER_WAY)
    assert db.session.query(ImportBlock).count() == 0


@pytest.mark.parametrize("look", [1, 2], ids=["before a worker has it", "before its first rows"])
def test_a_pause_counts_for_a_worker_that_is_about_to_take_rows_in(acme: Any, look: int) -> None:
    found = begin(acme, file_of([1, 2]))
    looks: list[int] = []

    def pause_at_that_look() -> bool:
        looks.append(1)
        if len(looks) == look:
            uploads.pause(acme.team_id, found.id, person_id())
        return False

    work_on_imports(pause_at_that_look)
    assert (len(looks) >= look, find(found.id).done, states()) == (True, 0, [])


def test_several_workers_take_each_row_in_once(acme: Any, app: Flask) -> None:
    found = begin(acme, file_of(range(40)))

    def work() -> None:
        with app.app_context():
            work_on_imports()

    threads = [threading.Thread(target=work) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work_on_imports()
    assert (find(found.id).taken, len(states())) == (40, 40)


def test_a_guest_who_was_erased_is_left_out_of_a_later_file(acme: Any) -> None:
    begin(acme, file_of([1]))
    work_on_imports()
    work_on_imports()
    erase_guest("mika1@acme-1.co.jp", acme.team_id)
    found = begin(acme, file_of([1, 2]))
    work_on_imports()
    work_on_imports()
    assert (find(found.id).state, find(found.id).taken) == (ImportState.FINISHED, 1)
    assert [each.guest_name for each in db.session.query(BookingRecord)] == ["Mika 2"]


def test_appointments_to_come_take_the_time_of_their_host_and_those_of_before_none(acme: Any) -> None:
    to_come = (now() + timedelta(days=30)).strftime("%Y-%m-%d 10:00")
    begin(
        acme,
        f"{HEADING},Cancelled\n1,Ann,a@acme.com,Acme,{to_come},\n2,Bo,b@acme.com,Acme,2020-01-01 10:00,\n"
        f"3,Cy,c@acme.com,Acme,{to_come},yes\n",
    )
    work_on_imports()
    taken = {each.guest_name: each.host_id for each in db.session.query(BookingRecord)}
    assert taken == {"Ann": acme.calendar().owner_id, "Bo": None, "Cy": None}


def test_a_guest_who_is_erased_while_rows_are_taken_in_does_not_come_back(acme: Any) -> None:
    begin(acme, file_of([1, 2]))
    erasures: list[threading.Thread] = []

    def erase() -> None:
        with acme.app.app_context():
            erase_guest("mika1@acme-1.co.jp", acme.team_id)

    def between(*given: Any) -> None:  # the rows are read, and nothing is written yet
        if "rows_sealed" in given[2] and not db.session().info.get("write_transaction") and not erasures:
            thread = threading.Thread(target=erase)
            erasures.append(thread)
            thread.start()
            thread.join()

    event.listen(db.engine, "after_cursor_execute", between)
    try:
        work_on_imports()
    finally:
        event.remove(db.engine, "after_cursor_execute", between)
    if not erasures:  # nobody could come in between
        erase()
    assert [each.guest_name for each in db.session.query(BookingRecord)] == ["Mika 2"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_at_every_boundary_take_each_row_in_once(acme: Any) -> None:
    # Each process comes one boundary further than the one before, from wherever that left the import.
    import_id = upload(acme, file_of(range(30)))
    for _act in ("checks", "takes in"):
        with worker_processes("tests.kit.import_kills", [task_of(acme, most=60)]) as (process,):
            process.go()
            told = [json.loads(line) for line in process.lines()]
        assert [each["killed"] for each in told] == [True] * (len(told) - 1) + [False]
        assert len(told) > 4
        found = find(import_id)
        if found.state == ImportState.READY:
            uploads.confirm(acme.team_id, import_id, None, without_faulty=True, version=found.version)
    found = find(import_id)
    assert (found.state, found.done, found.taken) == (ImportState.FINISHED, 30, 30)
    assert db.session.query(Delivery).count() == db.session.query(ImportedBooking).count() == 30
    assert db.session.query(BookingImport).count() == 1
