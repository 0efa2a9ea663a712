"""`flask import bookings` says what would become of a file, asks, and begins; exit codes tell why it did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hubsync.domain.imports.states import ImportState
from hubsync.services.imports.worker import work_on_imports
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.imports import BookingImport, ImportPiece
from tests.kit.acme import acme
from tests.kit.imports import HEADING, file_of

__all__ = ["acme"]


@pytest.fixture
def run(acme: Any, tmp_path: Path) -> Any:
    """Runs the command over a file of this content."""
    slug = acme.calendar().slug
    end_read()

    def invoke(content: str | bytes, *options: str, answer: str | None = None) -> Any:
        path = tmp_path / "before.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        args = ["import", "bookings", str(path), "--team", "acme", "--calendar", slug, *options]
        return acme.app.test_cli_runner().invoke(args=args, input=answer)

    return invoke


def test_it_shows_what_would_come_in_asks_and_begins(run: Any) -> None:
    refused = run(file_of([1, 2]), answer="n\n")
    assert refused.exit_code == 1
    assert "before.csv: utf-8, 2 rows, into" in refused.output
    assert "New: 2; here already: 0; repeated: 0; faulty: 0" in refused.output
    assert "mika1@" not in refused.output, "a guest's address stands in no terminal"
    assert db.session.query(ImportPiece).count() == 0
    begun = run(file_of([1, 2]), "--yes")
    assert (begun.exit_code, "/teams/acme/settings/import/2" in begun.output) == (0, True)
    work_on_imports()
    assert db.session.query(BookingRecord).count() == 2
    work_on_imports()
    again = run(file_of([1, 2]), "--yes")
    assert (again.exit_code, "There is nothing new in this file." in again.output) == (0, True)


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        (file_of([1]) + "2,Ann\n", (), 3, "row 3, Email: too_few_cells"),
        (file_of([1]) + "2,Ann\n", ("--skip-faulty",), 0, "Begun."),
        (f"{HEADING}\n1,Ann,a@b.com,Acme,03/04/2026 10:00\n", (), 4, "--day-order"),
        (f"{HEADING}\n1,Ann,a@b.com,Acme,03/04/2026 10:00\n", ("--day-order", "day_first"), 0, "Begun."),
        (b"Name,Email\nMus\xe9el,a@acme.com\n", (), 4, "--encoding"),
        (b"Name,Email\nMus\xe9el,a@acme.com\n", ("--encoding", "cp1252"), 0, "Begun."),
        ('Name\n"Ann\n', (), 1, "open_quote, row 2"),
        (b"PK\x03\x04xl/", (), 1, "workbook"),
        (file_of([1]), ("--calendar", "none"), 1, "There is no such team or calendar."),
        (file_of([1]), ("--encoding", "klingon"), 2, "Invalid value"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, int) else "",
)
def test_each_end_has_its_exit_code(
    run: Any, content: str | bytes, options: tuple[str, ...], code: int, said: str
) -> None:
    answer = run(content, *options, *(("--yes",) if code == 0 else ()))
    assert (answer.exit_code, said in answer.output) == (code, True), answer.output
    still_open = db.session.query(BookingImport).filter(BookingImport.ended_at.is_(None)).all()
    assert [each.state for each in still_open] == ([ImportState.TAKING_IN] if code == 0 else [])
