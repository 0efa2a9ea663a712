"""A file is read and checked before anything of it is taken in, and what is wrong with it is said."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import event, func, select

from hubsync.domain.booking import IMPORT
from hubsync.domain.csv_files.records import FileProblem, FileUnreadable
from hubsync.domain.imports.states import ImportState
from hubsync.domain.questions import Part
from hubsync.errors import Refused
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.import_files import PIECE, read_rows
from hubsync.services.imports import uploads, worker
from hubsync.services.imports.status import list_faults
from hubsync.services.imports.uploads import Reading
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.imports import BookingImport, ImportBlock, ImportPiece
from hubsync.store.teams import AuditEntry
from tests.kit.imports import HEADING, begin, checked, counts, file_of, find, upload


def kept() -> tuple[int, int]:
    """How many pieces and blocks of files are in the database."""
    return tuple(db.session.scalars(select(func.count(each.id))).one() for each in (ImportPiece, ImportBlock))  # type: ignore[return-value]


def test_a_file_is_counted_by_what_would_become_of_its_rows(acme: Any) -> None:
    acme_import = checked(acme, file_of([1, 2, 2, 3]) + "b-9,Ann,nobody@,Acme,2026-03-01 10:00\nb-8,Bo\n")
    assert acme_import.state == ImportState.READY
    assert (acme_import.rows, counts(acme_import)) == (6, (3, 0, 1, 2))
    (block,) = db.session.query(ImportBlock).all()
    assert block.faults == [[6, 2, "email_no_domain"], [7, 2, "too_few_cells"]]
    assert db.session.query(BookingRecord).count() == 0


def checked_again(acme: Any, before: BookingImport, text: str) -> BookingImport:
    """The import of another file in place of the one *before*."""
    uploads.discard(acme.team_id, before.id, None)
    return checked(acme, text)


def test_an_id_of_several_guests_is_named_and_lets_none_of_them_fall_away(acme: Any) -> None:
    rows = ("e1,Ann,ann@acme.com,Acme,2026-03-01 10:00", "e1,Bo,bo@acme.com,Acme,2026-03-01 10:00") * 2
    acme_import = checked(acme, "\n".join((HEADING, *rows)) + "\n")
    assert counts(acme_import) == (1, 0, 1, 2)
    assert [(each.row, each.column, each.problem) for each in list_faults(acme_import.id)] == [
        (3, 0, "same_id"),
        (5, 0, "same_id"),
    ]
    nameless = checked_again(acme, acme_import, "ID,Name\ne1,Ann\ne1,Bo\ne1,Ann\n")
    assert counts(nameless) == (1, 0, 1, 1)
    acme_import = checked_again(acme, nameless, "\n".join((HEADING, *rows)) + "\n")
    columns = ["", *acme_import.columns[1:]]
    uploads.match_anew(acme.team_id, acme_import.id, columns, "")
    worker.work_on_imports(seconds=60)
    assert counts(find(acme_import.id)) == (2, 0, 2, 0)


def test_every_row_with_a_fault_is_named_however_many_cells_are_wrong(acme: Any) -> None:
    rows = "".join(f"{number},{'long' * 200},ann@,Acme,soon\n" for number in range(150))
    acme_import = checked(acme, f"{HEADING}\n{rows}")
    assert {fault.row for fault in list_faults(acme_import.id)} == set(range(2, 152))


def test_faults_are_found_without_a_look_at_each_part_of_a_long_file(acme: Any) -> None:
    rows = "".join(f"{number},Ann,ann{number}@acme.com,Acme,\n" for number in range(4000))
    heading = HEADING.removesuffix(",Start") + ",Comment"
    acme_import = checked(acme, f"{heading}\nx,Ann,ann@,Acme,\n{rows}y,Ann,ann@,Acme,\n")
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert [fault.row for fault in list_faults(acme_import.id)] == [2, 4003]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) < 5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932"])
def test_a_japanese_file_is_read_in_each_of_its_encodings(acme: Any, encoding: str) -> None:
    text = "会社名;お名前;メールアドレス;開始日時\n㈱髙島;山田　太郎;taro@acme.co.jp;2026年3月1日(日) 10時30分\n"
    found = checked(acme, text.encode(encoding))
    assert (found.state, counts(found)) == (ImportState.READY, (1, 0, 0, 0))
    assert next(read_rows(found.id)).cells[:2] == ("㈱髙島", "山田　太郎")


def test_a_person_says_the_encoding_that_nobody_can_know(acme: Any) -> None:
    found = find(upload(acme, b"Name,Email\nMus\xe9el,a@acme.com\n"))
    assert (found.state, set(found.likely)) == (ImportState.ASKING, {"cp932", "cp1252"})
    with pytest.raises(Refused):
        uploads.read_as(acme.team_id, found.id, Reading("klingon"))
    uploads.read_as(acme.team_id, found.id, Reading("cp1252"))
    worker.work_on_imports(seconds=60)
    assert next(read_rows(found.id)).cells[0] == "Muséel"
    assert find(found.id).state == ImportState.READY


def test_nobody_guesses_whether_the_day_or_the_month_comes_first(acme: Any) -> None:
    text = f"{HEADING}\n1,Ann,a@b.com,Acme,03/04/2026 10:00\n2,Bo,b@b.com,Acme,05/06/2026 10:00\n"
    found = checked(acme, f"{text}3,Cy,c@b.com,Acme,2026-03-01 10:00\n")
    assert (found.order_open, counts(found)) == (True, (1, 0, 0, 2))
    with pytest.raises(Refused, match="the day or the month"):
        uploads.confirm(acme.team_id, found.id, None, without_faulty=True, version=found.version)
    uploads.match_anew(acme.team_id, found.id, found.columns, "day_first")
    worker.work_on_imports(seconds=60)
    found = find(found.id)
    assert (found.order_open, counts(found)) == (False, (3, 0, 0, 0))


def test_a_file_that_shows_the_order_itself_is_believed(acme: Any) -> None:
    text = f"{HEADING}\n1,Ann,a@b.com,Acme,03/04/2026 10:00\n2,Bo,b@b.com,Acme,25/06/2026 10:00\n"
    found = checked(acme, text)
    assert (found.order_open, found.day_order, found.fresh) == (False, "day_first", 2)


def test_columns_that_a_person_corrects_are_checked_anew(acme: Any) -> None:
    found = checked(acme, "Who,Mail\nAnn,ann@acme.com\n,bo@acme.com\n")
    assert found.columns[0] == ""
    name = f"question:{acme.question(Part.NAME).id}"
    uploads.match_anew(acme.team_id, found.id, [name, ""], "")
    worker.work_on_imports(seconds=60)
    assert counts(find(found.id)) == (1, 0, 0, 1)
    with pytest.raises(Refused):
        uploads.match_anew(acme.team_id, found.id, ["question:999", ""], "")


@pytest.mark.parametrize(
    ("text", "problem", "row"),
    [("Name,Email\n", FileProblem.NO_ROWS, 0), ('Name\nAnn\n"Bo\n', FileProblem.OPEN_QUOTE, 3)],
)
def test_a_file_that_cannot_be_read_ends_with_why(acme: Any, text: str, problem: str, row: int) -> None:
    found = checked(acme, text)
    assert (found.state, found.problem, found.problem_row) == (ImportState.UNREADABLE, problem, row)
    assert kept() == (0, 0)
    assert checked(acme, file_of([1])).state == ImportState.READY  # the mended one comes next


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", FileProblem.EMPTY),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", FileProblem.WORKBOOK),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0", FileProblem.NOT_TEXT),
        (b"x" * (uploads.LARGEST_FILE + 1), FileProblem.TOO_LARGE),
    ],
    ids=["empty", "workbook", "picture", "large"],
)
def test_what_is_no_such_file_is_not_even_kept(acme: Any, content: bytes, problem: FileProblem) -> None:
    with pytest.raises(FileUnreadable) as refused:
        uploads.begin_import(acme.calendar(), None, "x", io.BytesIO(content))
    assert refused.value.problem is problem
    assert db.session.query(BookingImport).count() == 0


def test_a_team_has_one_open_import(acme: Any) -> None:
    first = upload(acme, file_of([1]))
    with pytest.raises(Refused):
        upload(acme, file_of([2]))
    uploads.discard(acme.team_id, first, None)
    assert kept() == (0, 0)
    upload(acme, file_of([2]))


def test_nothing_is_begun_before_faults_are_accepted_and_numbers_were_read(acme: Any) -> None:
    found = checked(acme, file_of([1]) + "b-9,Ann,nobody@,Acme,2026-03-01 10:00\n")
    with pytest.raises(Refused):
        uploads.confirm(acme.team_id, found.id, None, without_faulty=False, version=found.version)
    with pytest.raises(Refused):
        uploads.confirm(acme.team_id, found.id, None, without_faulty=True, version=found.version - 1)
    uploads.confirm(acme.team_id, found.id, None, without_faulty=True, version=found.version)
    assert find(found.id).state == ImportState.TAKING_IN


def test_a_guest_who_is_erased_is_in_no_file_that_waits(acme: Any) -> None:
    found = checked(acme, file_of([1, 2]))
    erase_guest("MIKA1@acme-1.co.jp", acme.team_id)
    assert [row.cells[0] for row in read_rows(found.id)] == ["b-2"]
    assert kept() == (0, 1)
    with pytest.raises(Refused, match="cannot be read anew"):
        uploads.read_as(acme.team_id, found.id, Reading("utf-8", ";"))
    assert find(found.id).state == ImportState.READY, "what is left of it can still be taken in"


@pytest.mark.parametrize(
    ("brought", "ends"), [(upload, "unreadable"), (checked, "unreadable"), (begin, "cut_short")]
)
def test_a_guest_can_be_erased_while_a_file_is_here_that_no_key_opens(acme: Any, brought: Any, ends: str) -> None:
    acme.book("Mika", "mika1@acme-1.co.jp")
    brought(acme, file_of([1]))
    with write_transaction() as session:
        session.query(ImportPiece).update({"content_sealed": "v1.nokey"})
        session.query(ImportBlock).update({"rows_sealed": "v1.nokey"})
    assert erase_guest("mika1@acme-1.co.jp", acme.team_id) == (1, 0)
    assert (db.session.query(BookingImport.state).scalar(), kept()) == (ends, (0, 0))


def test_each_round_comes_on_however_slow_the_machine_is(acme: Any) -> None:
    first = upload(acme, file_of([*range(497), 1, 2, 3]))
    for _ in range(5):  # rows, three blocks, sums
        worker.work_on_imports(seconds=0)
    assert counts(find(first)) == (497, 0, 3, 0)


@pytest.mark.parametrize("state", [ImportState.READING, ImportState.UPLOADING])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_guest_who_is_erased_before_a_file_is_read_does_not_come_back(
    acme: Any, encoding: str, state: ImportState
) -> None:
    text, width = file_of(range(1000)), len("a".encode(encoding.replace("16", "16-le")))
    begins = (text.index("mika777@") + 2) * width  # from one piece to the next, its letters are on both sides
    padded = "x" * (-begins % PIECE // width)
    first = upload(acme, f"{HEADING}{padded}{text.removeprefix(HEADING)}".encode(encoding))
    with write_transaction() as session:
        session.query(BookingImport).update({"state": state})
    erase_guest("nobody@acme-7.co.jp", acme.team_id)
    assert find(first).ended_at is None
    erase_guest("MIKA777@acme-777.co.jp", acme.team_id)
    found = find(first)
    assert (found.state, found.problem) == (ImportState.UNREADABLE, FileProblem.INCOMPLETE)
    assert kept() == (0, 0)


def test_a_file_of_which_bytes_are_gone_is_not_read_as_if_it_were_whole(acme: Any) -> None:
    first = upload(acme, file_of(range(1000)))
    with write_transaction() as session:
        assert session.query(ImportPiece).filter(ImportPiece.number > 0).delete()
    worker.work_on_imports(seconds=60)
    assert (find(first).state, find(first).problem) == (ImportState.UNREADABLE, FileProblem.INCOMPLETE)


def test_nothing_is_kept_of_an_upload_that_is_discarded_on_its_way(acme: Any) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            begun = db.session.query(BookingImport.id).filter_by(ended_at=None).scalar()
            end_read()
            if begun is not None:
                uploads.discard(acme.team_id, begun, None)
            return super().read(size)

    with pytest.raises(Refused):
        uploads.begin_import(acme.calendar(), None, "x", Slow(file_of([1]).encode()))
    assert kept() == (0, 0)


def test_a_file_is_sealed_and_forgotten_when_nobody_decides(acme: Any) -> None:
    found = checked(acme, file_of([1]))
    stored = [each.content_sealed for each in db.session.query(ImportPiece)]
    stored += [each.rows_sealed for each in db.session.query(ImportBlock)] + [found.headings_sealed]
    assert stored
    assert not any("mika" in each.lower() or "Email" in each for each in stored)
    worker.work_on_imports()
    assert find(found.id).state == ImportState.READY
    with write_transaction() as session:
        session.get_one(BookingImport, found.id).started_at -= worker.UNDECIDED_ENDS
    worker.work_on_imports()
    assert (find(found.id).state, kept()) == (ImportState.DISCARDED, (0, 0))
    trail = db.session.query(AuditEntry.action, AuditEntry.person_id, AuditEntry.details).all()
    assert tuple(trail[-1]) == ("import_forgotten", None, {"import_id": found.id, "number": 0})


def test_the_same_file_once_more_has_nothing_new(acme: Any) -> None:
    text = "Name,Email\nAnn,ann@acme.com\nBo,bo@acme.com\n"
    first = begin(acme, text)
    worker.work_on_imports(seconds=60)
    worker.work_on_imports(seconds=60)
    assert find(first.id).state == ImportState.FINISHED
    assert erase_guest("bo@acme.com", acme.team_id) == (1, 0)
    assert counts(checked(acme, text)) == (0, 2, 0, 0)  # one of them was erased, and stays so
    assert db.session.query(BookingRecord).filter_by(source=IMPORT).count() == 1
