"""Team Settings > Import: a file is uploaded, its columns and faults are looked at, and its bookings come in."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests

from hubsync.domain.imports.states import ImportState
from hubsync.domain.mapping import WhenExists
from hubsync.services.connection import watch_only
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.imports.worker import UNDECIDED_ENDS, work_on_imports
from hubsync.services.people.sessions import start_session
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.imports import BookingImport, ImportBlock, ImportPiece
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.web.imports import text
from tests.kit.acme import acme
from tests.kit.browser import Browser
from tests.kit.imports import HEADING, file_of
from tests.kit.meetings import switch_meetings_on
from tests.kit.page import Element, read_page, words

__all__ = ["acme"]
PAGE = "/teams/acme/settings/import"


@pytest.fixture
def owner(acme: Any) -> Browser:
    with write_transaction() as session:
        token = start_session(session, session.query(Person).first().id)
    return Browser(acme.app, signed_in=token)


def send(owner: Browser, acme: Any, content: str | bytes, **fields: str) -> Any:
    """What is answered to the upload of a file."""
    data = content if isinstance(content, bytes) else content.encode()
    file = (io.BytesIO(data), "bookings.csv")
    answer = owner.post(PAGE, page=PAGE, **{"calendar": str(acme.calendar_id), "file": file, **fields})
    end_read()
    return answer


def uploaded(owner: Browser, acme: Any, content: str | bytes) -> tuple[str, Element]:
    """The address and the page of an import."""
    answer = send(owner, acme, content)
    assert answer.status_code == 302, words(read_page(answer))
    return answer.location, owner.open(answer.location)


def test_nothing_was_imported_yet(owner: Browser) -> None:
    shown = words(owner.open(PAGE))
    assert "Nothing has been imported yet." in shown
    assert "nothing is taken in before you say so" in shown


def test_a_file_becomes_bookings_after_its_rows_were_looked_at(owner: Browser, acme: Any) -> None:
    address, page = uploaded(owner, acme, file_of([1, 2]) + "b-9,Ann,nobody@,Acme,2026-03-01 10:00\n")
    shown = words(page)
    assert "New bookings 2" in shown
    assert "Row 4 Email This is not an e-mail address: the part after the @ is missing." in shown
    assert "Row 2: Mika 1" in shown
    assert "HubSpot has no company with this name or domain." in shown
    refused = owner.submit(page, "Import 2 bookings")
    assert refused.status_code == 422
    assert "Tick that rows with a fault are left out" in words(read_page(refused))
    assert db.session.query(BookingRecord).count() == 0
    answer = owner.submit(page, "Import 2 bookings", without_faulty="on")
    assert answer.status_code == 302
    assert "0 of 3 rows" in words(owner.open(address))
    work_on_imports()
    run_due()
    work_on_imports()
    shown = words(owner.open(address))
    assert "All rows are done" in shown
    assert "Taken in 2" in shown
    log = owner.open(f"/teams/acme/deliveries?import={address.rsplit('/', 1)[1]}")
    assert words(log).count("imported") >= 2
    assert "Mika 2" in words(log)
    assert "row 3 of its file" in words(owner.open("/teams/acme/deliveries/2"))
    trail = words(owner.open("/teams/acme/settings/audit-trail"))
    assert "began an import of bookings of before" in trail
    assert "is through; taken in: 2." in trail
    assert "bookings.csv" in words(owner.open(PAGE))


def test_the_log_is_narrowed_to_what_was_imported(owner: Browser, acme: Any) -> None:
    acme.book("Typed Guest", "typed@acme.co.jp")
    _address, page = uploaded(owner, acme, file_of([1]))
    owner.submit(page, "Import 1 booking")
    work_on_imports()
    found = words(owner.open("/teams/acme/deliveries?import=any"))
    assert "Mika 1" in found
    assert "Typed Guest" not in found
    assert "Typed Guest" in words(owner.open("/teams/acme/deliveries"))
    other = owner.open("/teams/acme/deliveries?import=99")
    assert "There are no such deliveries." in words(other)
    assert other.select_one("select[name=import] option[selected]")["value"] == "99"
    assert owner.get("/teams/acme/deliveries?import=x").status_code == 404
    csv = owner.get("/teams/acme/deliveries/export.csv?import=any").text
    assert "mika1@acme-1.co.jp" in csv
    assert "typed@acme" not in csv


def test_columns_are_corrected_by_pull_downs(owner: Browser, acme: Any) -> None:
    address, page = uploaded(owner, acme, "Who,Mail\nAnn,ann@acme.com\n")
    name = f"question:{next(each.id for each in acme.calendar().asked() if each.part == 'name')}"
    end_read()
    twice = owner.submit(page, "Check again", **{"column-0": name, "column-1": name})
    assert twice.status_code == 422
    assert "Two columns cannot be about the same." in words(read_page(twice))
    owner.submit(page, "Check again", **{"column-0": name})
    chosen = owner.open(address).select_one("#column-0 option[selected]")
    assert chosen is not None
    assert chosen["value"] == name


def test_a_start_that_is_a_time_of_day_is_read_beside_its_day(owner: Browser, acme: Any) -> None:
    rows = "Name,Email,Date,Start\nAnn,ann@abe.co.jp,2026-03-02,10:00\n"
    _address, shown = uploaded(owner, acme, rows)
    assert "New bookings 1 " in words(shown)


def test_day_and_month_are_asked_for(owner: Browser, acme: Any) -> None:
    address, page = uploaded(owner, acme, f"{HEADING}\n1,Ann,a@b.com,Acme,03/04/2026 10:00\n")
    assert "the day or the month may come first" in words(page)
    assert "Import" not in [words(each) for each in page.select("form button")]
    owner.submit(page, "Check again", day_order="month_first")
    assert "New bookings 1" in words(owner.open(address))


def test_an_encoding_that_nobody_can_know_is_asked_for(owner: Browser, acme: Any) -> None:
    address, page = uploaded(owner, acme, b"Name,Email\nMus\xe9el,a@acme.com\n")
    assert "Muséel" in words(page)
    owner.submit(page, "Read it like this", encoding="cp1252")
    assert "Row 2: Muséel" in words(owner.open(address))


def test_only_what_would_come_in_is_shown_as_it_would_be_posted(owner: Browser, acme: Any) -> None:
    owner.submit(uploaded(owner, acme, file_of([1]))[1], "Import 1 booking")
    work_on_imports()
    page = uploaded(owner, acme, file_of([1, 2, 2, 3]))[1]
    shown = [each.words for each in page.select('[aria-labelledby="first"] summary')]
    assert [each.split(",")[0] for each in shown] == ["Row 3: Mika 2", "Row 5: Mika 3"]


def test_the_meeting_of_a_row_is_foreseen_where_the_calendar_has_meetings(owner: Browser, acme: Any) -> None:
    rows = "Name,Email,Start,Status\n" + "".join(
        f"Mika,mika@acme-{each}.co.jp,{start},{status}\n"
        for each, (start, status) in enumerate(
            (("2026-03-01 10:00", "confirmed"), ("2026-03-02 10:00", "cancelled"))
        )
    )
    address, page = uploaded(owner, acme, rows)
    assert "Meeting" not in words(page.select_one('[aria-labelledby="first"]'))
    switch_meetings_on(acme.calendar_id)
    kept, cancelled = (words(each) for each in owner.open(address).select('[aria-labelledby="first"] details'))
    assert "would be made The meeting would be put on the timeline" in kept
    assert "cancelled" in cancelled
    assert "not made The booking is cancelled, and a cancelled one gets no meeting." in cancelled


def test_a_page_of_before_the_calendar_changed_begins_nothing_and_shows_the_rows_anew(
    owner: Browser, acme: Any
) -> None:
    address, page = uploaded(owner, acme, file_of([1]))
    with write_transaction() as session:
        session.query(Calendar).update({"time_zone": "America/New_York"})
    shown = owner.open(address)
    assert "The calendar's settings have changed since" in words(shown)
    assert "Import 1 booking" not in words(shown)
    for button, where in (("Import 1 booking", page), ("Check the rows again", shown)):
        assert owner.submit(where, button).location == address
        assert "The calendar's settings have changed, so that" in words(owner.open(address))
        with write_transaction() as session:
            session.query(Calendar).update({"time_zone": "Europe/Berlin"})
    owner.submit(owner.open(address), "Import 1 booking")
    assert "0 of 1 row" in words(owner.open(address))


def test_pause_continue_stop_and_discard(owner: Browser, acme: Any) -> None:
    address, page = uploaded(owner, acme, file_of([1]))
    owner.submit(page, "Import 1 booking")
    owner.submit(owner.open(address), "Pause")
    assert "Paused" in words(owner.open(address))
    assert owner.get(f"{address}/progress.json").json["state"] == "paused"
    owner.submit(owner.open(address), "Continue")
    stopping = owner.open(address)
    owner.submit(stopping, "Stop; the rest is not taken in")
    assert "Stopped before the end" in words(owner.open(address))
    owner.submit(stopping, "Stop; the rest is not taken in")
    assert "This import has gone on meanwhile." in words(owner.open(address))
    address, page = uploaded(owner, acme, file_of([2]))
    owner.submit(page, "Discard the file")
    assert "Discarded" in words(owner.open(address))


def test_what_was_chosen_comes_back_with_what_is_wrong(owner: Browser, acme: Any) -> None:
    refused = read_page(owner.post(PAGE, page=PAGE, encoding="cp932", delimiter=";"))
    assert [each["value"] for each in refused.select(".disclosure option[selected]")] == ["cp932", ";"]
    page = uploaded(owner, acme, f"{HEADING}\n1,Ann,a@b.com,Acme,03/04/2026 10:00\n")[1]
    name = str(page.select_one("#column-1 option[selected]")["value"])
    told = {"column-0": name, "column-2": "location", "day_order": "month_first"}
    for form in (told, told | {"column-0": "question:99"}):
        refused = read_page(owner.submit(page, "Check again", **form))
        assert [each["value"] for each in refused.select("#day-order input[checked]")] == ["month_first"]
        assert refused.select_one("#column-2 option[selected]")["value"] == "location"
    refused = read_page(owner.submit(page, "Read it again", encoding="klingon", delimiter=";"))
    assert refused.select_one("#delimiter option[selected]")["value"] == ";"


def test_what_is_pressed_twice_leads_to_the_page_as_it_has_become(owner: Browser, acme: Any) -> None:
    page = uploaded(owner, acme, file_of([1]))[1]
    for button in ("Import 1 booking", "Import 1 booking", "Check again", "Read it again"):
        answer = owner.submit(page, button)
        assert answer.status_code == 302
    shown = words(owner.open(answer.location))
    assert "Bookings are being taken in" in shown
    assert shown.count("This import has gone on meanwhile.") == 2


def test_what_somebody_else_matched_otherwise_meanwhile_is_not_begun(owner: Browser, acme: Any) -> None:
    page = uploaded(owner, acme, file_of([1]))[1]
    owner.submit(page, "Check again", **{"column-3": ""})
    stale = owner.submit(page, "Import 1 booking")
    assert stale.status_code == 422
    assert "The rows were checked anew meanwhile." in words(read_page(stale))
    assert owner.submit(read_page(stale), "Import 1 booking").status_code == 302


def test_a_team_that_watches_only_reads_that_nothing_is_posted(owner: Browser, acme: Any) -> None:
    watch_only.switch_on(acme.team_id, db.session.query(Person.id).first()[0])
    address, page = uploaded(owner, acme, file_of([1]))
    assert "none is posted before the team goes live" in words(page)
    owner.submit(page, "Import 1 booking")
    assert "none is posted before the team goes live" in words(owner.open(address))


def test_a_file_of_which_nobody_decided_says_so(owner: Browser, acme: Any) -> None:
    address = uploaded(owner, acme, file_of([1]))[0]
    with write_transaction() as session:
        session.query(BookingImport).one().started_at -= UNDECIDED_ENDS
    work_on_imports()
    assert "Nobody decided of it for 7 days. The file is deleted." in words(owner.open(address))
    trail = words(owner.open("/teams/acme/settings/audit-trail"))
    assert "Nobody decided of an import of bookings of before for so long that its file was deleted" in trail


def test_the_history_says_that_it_lists_the_last_ones(owner: Browser, acme: Any) -> None:
    page = uploaded(owner, acme, file_of([1]))[1]
    owner.submit(page, "Discard the file")
    said = "The last 30 imports are listed."
    assert said not in words(owner.open(PAGE))
    with write_transaction() as session:
        known = session.query(BookingImport).one()
        same = {
            name: getattr(known, name) for name in ("team_id", "calendar_id", "started_at", "ended_at", "state")
        }
        session.add_all(BookingImport(file_name="old.csv", size=9, **same) for _each in range(30))
    assert said in words(owner.open(PAGE))


@pytest.mark.parametrize("content", [file_of([1]), b"Name,Email\nMus\xe9el,a@acme.com\n"], ids=["ready", "asking"])
def test_a_file_whose_key_is_gone_can_be_discarded(owner: Browser, acme: Any, content: str | bytes) -> None:
    address = uploaded(owner, acme, content)[0]
    with write_transaction() as session:
        session.query(ImportBlock).update({"rows_sealed": "v1.nokey"})
        session.query(ImportPiece).update({"content_sealed": "v1.nokey"})
    page = owner.open(address)
    assert "no key of this installation opens it" in words(page)
    owner.submit(page, "Discard the file")
    assert "Discarded" in words(owner.open(address))


def test_what_is_wrong_with_the_upload_stands_at_its_field(owner: Browser, acme: Any) -> None:
    empty = owner.post(PAGE, page=PAGE)
    assert empty.status_code == 422
    assert "Choose a file." in words(read_page(empty))
    assert "Select a calendar." in words(read_page(empty))
    assert send(owner, acme, file_of([1]), calendar="9" * 20).status_code == 422
    assert "This is an Excel workbook." in words(read_page(send(owner, acme, b"PK\x03\x04[Content_Types].xml")))
    picture = send(owner, acme, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert "This is not a CSV file" in words(read_page(picture).select_one("#file-error"))
    unread = uploaded(owner, acme, 'Name\n"Ann\n')[1]
    assert "Row 2: A quotation mark is opened there and never closed." in words(unread)
    uploaded(owner, acme, file_of([1]))
    assert send(owner, acme, file_of([2])).status_code == 409


def test_what_is_filled_in_records_that_hubspot_has_stands_with_the_row(owner: Browser, acme: Any) -> None:
    there = {"properties": {"email": "mika1@acme-1.co.jp"}}
    requests.post(f"{acme.sandbox.url}/sandbox/api/records/contacts", json=there, timeout=60).raise_for_status()
    with write_transaction() as session:
        session.query(MappingRow).filter_by(property_name="lastname").one().when_exists = WhenExists.FILL
    acme.calendar()
    first = uploaded(owner, acme, file_of([1]))[1].select_one("[aria-labelledby=first]")
    assert "Fill if empty Last Name (lastname)" in words(first)
    assert "It is empty and would be filled: Mika" in words(first)


def test_more_faults_than_the_page_shows_are_said_to_be_in_the_file(owner: Browser, acme: Any) -> None:
    page = uploaded(owner, acme, f"{HEADING}\n" + "1,Ann,ann@,Acme,2026-03-01 10:00\n" * 51)[1]
    assert len(page.select("[aria-labelledby=faults] tbody tr")) == 50
    assert "The first 50 faults are shown here" in words(page)


def test_it_is_said_where_bookings_would_wait(owner: Browser, acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).delete()
    _address, page = uploaded(owner, acme, file_of([1]))
    assert "HubSpot is not set up for this calendar yet" in words(page)


def test_faults_are_a_file_in_which_no_cell_is_a_formula(owner: Browser, acme: Any) -> None:
    address, _page = uploaded(owner, acme, "Name,Email,=Start\nAnn,ann@,x\n")
    answer = owner.get(f"{address}/faults.csv")
    assert answer.text.splitlines()[1].startswith('"2","Email","This is not an e-mail address')
    address = address.rsplit("/", 1)[0]
    with write_transaction() as session:
        found = session.query(BookingImport).one()
        assert found.state == ImportState.READY


def test_a_large_file_is_left_to_the_background(owner: Browser, acme: Any) -> None:
    rows = "".join(f"Ann {number},ann{number}@acme.com,{'a long comment ' * 100}\n" for number in range(201))
    answer = send(owner, acme, f"Name,Email,Comment\n{rows}")
    assert "The file is being checked" in words(owner.open(answer.location))
    work_on_imports(seconds=0)  # the rows are made out, and a block of them is checked
    shown = owner.open(answer.location).select_one("[data-progress]")
    assert words(shown) == "200 of 201 rows"
    assert owner.get(f"{answer.location}/progress.json").json["done"] == 200
    work_on_imports(seconds=60)
    assert "New bookings 201" in words(owner.open(answer.location))


def test_every_fault_and_state_has_its_words(acme: Any) -> None:
    with acme.app.test_request_context():
        for problem in text.FILE_PROBLEMS:
            assert "%(" not in text.explain_file(problem, 3)
    assert set(text.STATES) == set(ImportState)
