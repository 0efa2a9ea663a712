"""Which of a contact's meetings is the one that we made and heard nothing of, and which takes place of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.meetings import SYNCED, FoundMeeting, MeetingPlan, find_ours, find_same

START = datetime(2026, 12, 8, 1, tzinfo=UTC)
PLAN = MeetingPlan(START, None, "Intro call", "", "HubSync 1")
UNMARKED = FoundMeeting("7", START, "Intro call")


@pytest.mark.parametrize(
    ("found", "is_ours"),
    [
        (replace(UNMARKED, notes="HubSync 1", title="Renamed", starts_at=START + timedelta(days=1)), True),
        (UNMARKED, True),
        (replace(UNMARKED, title="Another call"), False),
        (replace(UNMARKED, starts_at=START + timedelta(hours=1)), False),
        (replace(UNMARKED, notes="HubSync 2"), False),
        (replace(UNMARKED, source=SYNCED), False),
    ],
    ids=["by its mark", "without notes", "titled", "at a time", "of another booking", "of the host's calendar"],
)
def test_only_what_is_surely_ours_is_taken_for_it(found: FoundMeeting, is_ours: bool) -> None:
    assert (find_ours([found], PLAN) is not None) == is_ours


def test_the_marked_one_goes_before_one_that_looks_alike() -> None:
    marked = replace(UNMARKED, id="8", notes="HubSync 1")
    assert find_ours([UNMARKED, marked], PLAN) == marked


@pytest.mark.parametrize(("outcome", "counts"), [("SCHEDULED", True), ("", True), ("CANCELLED", False)])
def test_a_cancelled_one_takes_the_place_of_none(outcome: str, counts: bool) -> None:
    assert (find_same([replace(UNMARKED, outcome=outcome)], START) is not None) == counts
