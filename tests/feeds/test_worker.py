"""The worker process: hostile rules hurt nobody, its death is a fault, and it has no secret to give away."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hubsync.domain.busy_times import Window
from hubsync.errors import FeedCutOff, FeedNotCalendar, FeedTooCostly, FeedTooSlow
from hubsync.feeds.expansion import _run, expand_documents
from hubsync.net.deadline import Deadline
from tests.feeds.calendars import DECEMBER, HOST, calendar, event, meeting, reasons
from tests.feeds.test_zones import define

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent.parent
SECONDLY_ZONE = """\
BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19000101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
RRULE:FREQ=SECONDLY
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19000101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0600
RRULE:FREQ=SECONDLY
END:DAYLIGHT
END:VTIMEZONE"""


def hostile(rule: str, uid: str = "hostile") -> str:
    return meeting("20000103", f"RRULE:{rule}", uid=uid)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=DAILY;INTERVAL=0", "rule_invalid"),
        ("FREQ=SECONDLY", "rule_too_costly"),
        ("FREQ=SECONDLY;COUNT=1000000000", "rule_too_costly"),
        ("FREQ=SECONDLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=30", "rule_too_costly"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "rule_too_costly"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "rule_too_costly"),  # all excluded
        ("FREQ=HOURLY;BYHOUR=25", "rule_invalid"),
        ("FREQ=MINUTELY;COUNT=20000000", "rule_too_costly"),
    ],
)
def test_a_hostile_rule_is_left_out_in_time_and_the_others_count(rule: str, reason: str) -> None:
    content = calendar(hostile(rule), meeting("20261203"))
    busy, unread, _ = expand_documents([content], DECEMBER, HOST, Deadline.after(60))
    assert reasons(unread) == [(reason, "2000-01-03")]
    assert [each.start.day for each in busy] == [3]


def test_a_count_beyond_all_measure_costs_nothing() -> None:
    content = calendar(meeting("20261207", "RRULE:FREQ=DAILY;COUNT=1000000000"))
    busy, unread, _ = expand_documents([content], DECEMBER, HOST, Deadline.after(60))
    assert (len(busy), unread) == (25, ())


def test_a_hostile_definition_of_a_zone_is_left_out_with_its_events() -> None:
    zoned = event("DTSTART;TZID=Office:20261204T090000", "DURATION:PT1H", uid="zoned")
    content = calendar(define(SECONDLY_ZONE, "Office"), zoned, meeting("20261203"))
    busy, unread, _ = expand_documents([content], DECEMBER, HOST, Deadline.after(60))
    assert [each.reason.value for each in unread] == ["rule_too_costly"]
    assert [each.start.day for each in busy] == [3]


def test_many_hostile_rules_end_the_worker_and_nothing_else() -> None:
    content = calendar(*[hostile("FREQ=SECONDLY", f"h{number}") for number in range(50)])
    with pytest.raises(FeedTooCostly):
        expand_documents([content], DECEMBER, HOST, Deadline.after(60))


def test_too_many_times_to_leave_out_end_in_a_fault_or_a_line_and_never_in_memory() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    days = ",".join(f"{first + timedelta(seconds=each):%Y%m%dT%H%M%SZ}" for each in range(280_000))
    content = calendar(meeting("20261207", "RRULE:FREQ=DAILY", f"EXDATE:{days}"))
    assert 4_500_000 < len(content) < 5_000_000
    try:
        _, unread, _ = expand_documents([content], DECEMBER, HOST, Deadline.after(60))
    except FeedTooCostly:
        return
    assert [each.reason.value for each in unread] in ([], ["rule_too_costly"])


def test_no_time_left_is_told_before_anything_is_started() -> None:
    with pytest.raises(FeedTooSlow):
        expand_documents([calendar()], DECEMBER, HOST, Deadline.after(0))


def test_a_worker_that_has_not_ended_in_time_is_ended() -> None:
    content = calendar(*[hostile("FREQ=SECONDLY", f"h{number}") for number in range(5)])
    with pytest.raises(FeedTooCostly):
        expand_documents([content], DECEMBER, HOST, Deadline.after(1))


@pytest.mark.parametrize(("content", "kind"), [(b"{}", FeedNotCalendar), (calendar(event())[:-40], FeedCutOff)])
def test_faults_of_the_content_come_back_as_themselves(content: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        expand_documents([content], DECEMBER, HOST, Deadline.after(60))


def test_several_documents_are_one_calendar() -> None:
    documents = [calendar(meeting("20261204")), calendar(meeting("20261203"))]
    busy, _, _ = expand_documents(documents, DECEMBER, HOST, Deadline.after(60))
    assert [each.start.day for each in busy] == [3, 4]


def test_the_worker_is_told_no_secret_and_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSYNC_SECRET_KEY", "canary")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    monkeypatch.setattr("hubsync.feeds.expansion._COMMAND", ("/usr/bin/env",))
    with pytest.raises(FeedTooCostly):  # what env prints is no answer
        expand_documents([calendar()], DECEMBER, HOST, Deadline.after(60))
    said = _run(b"", 10).decode()
    assert "PYTHONPATH" in said
    assert "canary" not in said
    assert "HUBSYNC" not in said


def ask_worker(header: dict[str, object], content: bytes, *command: str) -> subprocess.CompletedProcess[bytes]:
    given = json.dumps({**header, "sizes": [len(content)]}).encode() + b"\n" + content
    return subprocess.run(
        [sys.executable, "-P", *(command or ("-m", "hubsync.feeds.worker"))],
        input=given,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT)},
        cwd="/",
        timeout=60,
        check=False,
    )


HEADER: dict[str, object] = {
    "window": [DECEMBER.start.timestamp(), DECEMBER.end.timestamp()],
    "emails": [],
    "zone": "Europe/Berlin",
}
MEASURED = """
import json, resource, sys
from hubsync.feeds import worker
worker.main()
used = resource.getrusage(resource.RUSAGE_SELF)
highest = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(("VmHWM", "VmRSS")))
loaded = sorted({name.partition(".")[0] for name in sys.modules})
json.dump({"seconds": used.ru_utime + used.ru_stime, "kilobytes": highest, "loaded": loaded}, sys.stderr)
"""


def test_a_thousand_events_with_fifty_series_take_less_than_a_second_and_100_mb_starting_included() -> None:
    first = datetime(2026, 10, 1, tzinfo=UTC)
    single = [
        meeting(f"{first + timedelta(days=n % 150):%Y%m%d}", "DESCRIPTION:" + "x" * 300, uid=f"s{n}")
        for n in range(950)
    ]
    often = ("DAILY", "WEEKLY;BYDAY=MO,WE", "MONTHLY")
    series = [meeting(f"{2016 + n % 10}0105", f"RRULE:FREQ={often[n % 3]}", uid=f"r{n}") for n in range(50)]
    done = ask_worker(HEADER, calendar(*single, *series), "-c", MEASURED)
    assert len(json.loads(done.stdout)["busy"]) > 30
    used = json.loads(done.stderr)
    assert used["seconds"] < 1  # of the processor: others may be using it, too
    assert used["kilobytes"] < 100_000
    assert not {"flask", "sqlalchemy", "requests", "urllib3", "pydantic"} & set(used["loaded"])


def test_the_worker_has_so_much_memory_and_no_more() -> None:
    bomb = "from hubsync.feeds import worker; worker._limit_process(); print(len(bytearray({}_000_000)))"
    assert ask_worker(HEADER, b"", "-c", bomb.format(50)).returncode == 0
    assert b"MemoryError" in ask_worker(HEADER, b"", "-c", bomb.format(500)).stderr


def test_a_window_of_two_years_is_read() -> None:
    window = Window(DECEMBER.start, DECEMBER.start + timedelta(days=730))
    busy, _, _ = expand_documents(
        [calendar(meeting("20200106", "RRULE:FREQ=WEEKLY"))], window, HOST, Deadline.after(60)
    )
    assert len(busy) == 104
