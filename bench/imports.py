"""Files of bookings of before read and checked, beside Python's own reader, and the memory it takes."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import dataclass
from pathlib import Path

from bench.figures import table
from bench.installation import Installation, built
from bench.progress import say
from bench.report import Finding, Report
from bench.stand_in import StandIn
from hubsync.services.imports import status, uploads, worker
from hubsync.store import db, end_read
from hubsync.store.calendars import Calendar

ROWS = (10_000, 100_000)
MOST_SECONDS = 60.0
MOST_MEGABYTES = 32.0
_HEADING = "Booking ID,Company,Name,Email,Start,Comment\n"


@dataclass
class Run:
    """What one file took; *grown* is how much more memory the process had at its most than before, in MB."""

    rows: int
    megabytes: float
    bare: float
    kept: float
    read_and_checked: float
    grown: float
    fresh: int


def run(tiny: bool = False) -> Report:
    """Upload files of ten and a hundred thousand rows, and have them checked."""
    with StandIn() as stand_in, built(stand_in.url) as installation, installation.app.app_context():
        _measure(installation, 50)  # what is loaded once
        found = [_measure(installation, rows) for rows in ((20, 100) if tiny else ROWS)]
    return Report("imports", _lines(found), _findings(found))


def _measure(installation: Installation, rows: int) -> Run:
    say(f"{rows} rows")
    text = _HEADING + "".join(
        f'b-{row},Company {row},Guest {row},guest{row}@company-{row}.example,2026-03-01 10:00,"Two\nlines {row}"\n'
        for row in range(rows)
    )
    content = text.encode()
    began = time.perf_counter()
    assert sum(1 for _row in csv.reader(io.StringIO(text))) == rows + 1
    bare = time.perf_counter() - began
    calendar = db.session.query(Calendar).filter_by(slug=installation.slug).one()
    end_read()
    before = _most_resident(anew=True)
    began = time.perf_counter()
    import_id = uploads.begin_import(calendar, None, "before.csv", io.BytesIO(content))
    kept = time.perf_counter() - began
    began = time.perf_counter()
    worker.work_on(import_id, seconds=600)
    checked = time.perf_counter() - began
    found = status.find_import(calendar.team_id, import_id)
    uploads.discard(calendar.team_id, import_id, None)
    return Run(rows, len(content) / 1e6, bare, kept, checked, _most_resident() - before, found.fresh)


def _most_resident(*, anew: bool = False) -> float:
    """The most memory in MB that the process had so far, or since it was last asked *anew*."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")  # Linux counts its peak from here
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _lines(found: list[Run]) -> list[str]:
    head = (
        *("Rows", "File", "csv.reader alone", "Kept, sealed", "Read and checked"),
        *("A row", "Times csv.reader", "Grown"),
    )
    rows = [
        (
            each.rows,
            f"{each.megabytes:.1f} MB",
            f"{each.bare:.2f} s",
            f"{each.kept:.2f} s",
            f"{each.read_and_checked:.1f} s",
            f"{each.read_and_checked / each.rows * 1e6:.0f} µs",
            f"{each.read_and_checked / each.bare:.0f}",
            f"{each.grown:.1f} MB",
        )
        for each in found
    ]
    return [
        "Six columns, one of them with a line break in quotation marks. Read and checked is done by the",
        "background, 5 seconds at a time. Grown is the most memory of the process, above what it had before.",
        "",
        *table(head, rows),
    ]


def _findings(found: list[Run]) -> list[Finding]:
    last = found[-1]
    return [
        Finding(
            "rows that would become bookings",
            str([each.fresh for each in found]),
            str([each.rows for each in found]),
            all(each.fresh == each.rows for each in found),
        ),
        Finding(
            f"{last.rows} rows read and checked",
            f"{last.read_and_checked:.1f} s",
            f"at most {MOST_SECONDS:.0f} s",
            last.read_and_checked <= MOST_SECONDS,
        ),
        Finding(
            "memory above the most before",
            f"{last.grown:.1f} MB",
            f"at most {MOST_MEGABYTES:.0f} MB",
            last.grown <= MOST_MEGABYTES,
        ),
    ]
