"""Every part of the bench runs, and what it found stands in the results file."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from bench.__main__ import main
from bench.durable import WriteAheadLog
from bench.feed_reading import feed_reading, write_feed
from bench.figures import ms, percentile, table
from bench.installation import guest
from bench.ledger import Ledger
from bench.overhead import BESIDE, CLIENTS, HUBSYNC
from bench.report import ROOT, Finding, Report, keep
from bench.sampling import OWN, STATEMENTS, Samples


@pytest.mark.sqlite("measures with a file of its own")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "row"),
    [
        ("confirm", "| 20 at once, of a remembered company |"),
        ("features", "| owner, new company | 3 | 3 |"),
        ("growth", "| due query |"),
        ("intake", "| Bare commit |"),
        ("replay", "| 10 posted | 0 |"),
        ("backlog", "They ended as: 10 posted."),
        ("page", "| one guest after the other |"),
        ("imports", "| 100 | 0.0 MB |"),
        ("soak", "| Mails to guests | 4 | 0 | 0 | 0 |"),
    ],
)
def test_a_part_runs_with_tiny_sizes_and_writes_its_section(part: str, row: str, tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    assert main([part, "--tiny", "--results", str(results)]) == 0
    written = results.read_text()
    assert f"## {part}\n" in written
    assert row in written


def test_what_is_missing_doubled_or_unasked_for_is_counted() -> None:
    ledger = Ledger()
    for number in range(4):
        ledger.confirm(guest(number, 7), by_mail=False)
    emails = [guest(number, 7).email for number in (0, 1, 1, 1, 2, 5)]
    contacts = [
        {"id": str(place), "properties": {"email": email}, "archived": False, "associated": [{"id": "c"}]}
        for place, email in enumerate(emails)
    ]
    compared = ledger.compare_contacts(contacts)
    assert (compared.expected, compared.missing, compared.doubled, compared.unasked) == (4, 1, 2, 1)
    assert not compared.exact
    company = {"id": "c", "properties": {"name": guest(0, 7).company}, "archived": False}
    assert ledger.compare_companies([company]).exact
    assert ledger.count_unassociated(contacts, [company]) == 0
    contacts[0]["associated"] = []
    assert ledger.count_unassociated(contacts, [company]) == 1


@pytest.mark.slow
def test_a_delivery_is_measured_beside_another_checkout_and_the_clients_of_hubspot(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    assert main(["overhead", "--tiny", "--beside", str(ROOT), "--results", str(results)]) == 0
    written = results.read_text()
    for way in (HUBSYNC, BESIDE, *CLIENTS):
        assert f"| remembered company, 1 call | 150 ms | {way} |" in written
    commits = re.findall(r"^\| (new|remembered) company.* 0 ms \| HubSync.* \| (\d+) \|$", written, re.MULTILINE)
    assert len(commits) == 4
    assert all(1 < int(number) < 10 for _, number in commits)
    assert len(set(commits)) == 2, "of the same code, both ways"
    (own,) = [line for line in written.splitlines() if line.startswith(f"| {OWN} |")]
    assert own.count("%") == 4


def test_commits_are_counted_in_the_log_of_sqlite_even_when_it_begins_anew(tmp_path: Path) -> None:
    database = tmp_path / "counted.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE written (body TEXT)")
        log = WriteAheadLog(database)

        def write(times: int) -> None:
            for _ in range(times):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO written VALUES (?)", ("x" * 9000,))  # more pages than one
                connection.execute("COMMIT")

        write(3)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        assert log.count() == 3
        assert log.count() == 0
        write(2)
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        write(1)
        assert log.count() == 3


def test_time_is_sampled_by_the_part_that_was_at_work() -> None:
    samples = Samples()
    engine = sqlalchemy.create_engine("sqlite://")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 2000000)"
    with engine.connect() as connection, samples.taken():
        connection.exec_driver_sql(f"{numbers} SELECT count(*) FROM n")
    engine.dispose()
    assert samples.deliveries == 1
    assert samples.seconds.most_common(1)[0][0] == STATEMENTS


def test_a_feed_is_written_as_large_as_it_is_said_to_be_and_read_whole() -> None:
    lines, (_seconds, memory) = feed_reading(tiny=True)
    (shown,) = [line for line in lines if line.startswith("| 10 events, 2 of them series")]
    assert int(shown.split("|")[-2].replace(",", "")) > 751, "a series of every day is read to the end"
    assert memory.reached
    assert write_feed(950, 50).count(b"BEGIN:VEVENT") == 1005, "five have a moved time"


@pytest.mark.sqlite("measures with a file of its own")
@pytest.mark.slow
def test_every_case_costs_the_calls_it_may(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "RESULTS.md"
    assert main(["calls", "--results", str(results)]) == 0
    assert "| New company, new contact | 3 | 3 |" in results.read_text()
    assert "Cases that cost more calls than they may: none" in capsys.readouterr().out


def test_a_part_replaces_its_own_section_and_leaves_the_others(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    keep(Report("growth", ["Old growth."]), results)
    keep(Report("calls", ["The calls."]), results)
    keep(Report("growth", ["New growth."], [Finding("Pages", "2.00", "at most 1.5", reached=False)]), results)
    written = results.read_text()
    assert written.count("## growth\n") == written.count("## calls\n") == 1
    assert written.index("The calls.") < written.index("New growth.")
    assert "Old growth." not in written
    assert "- Pages: 2.00; wanted at most 1.5: **not reached**" in written


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1.0, 100)])
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([3.0], 0.95) == 3.0


def test_figures_are_written_with_three_digits() -> None:
    assert [ms(seconds) for seconds in (0.001234, 0.01234, 0.1234)] == ["1.23", "12.3", "123"]
    assert table(("A", "B"), [("x", 1)]) == ["| A | B |", "| --- | ---: |", "| x | 1 |"]
