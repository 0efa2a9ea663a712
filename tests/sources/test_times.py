"""Times that a booking can do without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.notes import NoteCode
from hubsync.sources.times import read_end, read_occurrence

START = datetime(2026, 12, 8, 1, tzinfo=UTC)


def test_an_end_is_read_with_its_offset_or_in_the_zone() -> None:
    later = START + timedelta(minutes=45)
    assert read_end("2026-12-08T10:45:00+09:00", START, "") == (later, [])
    assert read_end("2026-12-08T10:45:00", START, "Asia/Tokyo") == (later, [])


@pytest.mark.parametrize(
    ("sent", "shown"), [(None, ""), ("soon", "soon"), ({"at": 1}, '{"at": 1}'), ("2026-12-08T00:59:59Z", None)]
)
def test_an_end_that_is_none_is_half_an_hour_later_with_a_note(sent: object, shown: str | None) -> None:
    ends_at, [note] = read_end(sent, START, "", "ends")
    assert ends_at == START + timedelta(minutes=30)
    assert (note.code, note.place) == (NoteCode.UNREADABLE, "ends")
    assert note.shown == (sent if shown is None else shown)


def test_since_when_something_is_so_is_read_or_noted_or_not_said() -> None:
    assert read_occurrence("2026-12-08T10:00:00+09:00", "", "at") == (START, [])
    assert read_occurrence("2026-12-08T10:00:00", "Asia/Tokyo", "at") == (START, [])
    assert read_occurrence(None, "", "at") == (None, [])
    for sent in ("yesterday", 5, "2026-12-08T10:00:00"):
        moment, [note] = read_occurrence(sent, "", "at")
        assert (moment, note.code, note.place) == (None, NoteCode.UNREADABLE, "at")
