"""The throttle of notices: in no history does a mail server accept two in one interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubsync.domain import notice_throttle
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.notice_throttle import LEASE, PAUSES, NoticeState, NoticeStep

START = datetime(2027, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
ENDINGS = (
    "accepted",
    "accepted, answer lost",
    "lost on the way, answer lost",
    "refused",
    "never reached",
    "stopped after taking",
    "stopped at the handing over",
    "stopped after the server accepted",
)
ROUNDS = st.lists(st.tuples(st.integers(0, 60 * 24 * 10), st.sampled_from(ENDINGS)), max_size=60)
"""After how many minutes a worker comes by, and what becomes of its mail if it sends one."""


@dataclass
class History:
    """What is written down, and, known to nobody, when mails were really accepted."""

    now: datetime = START
    log: NoticeState = field(default_factory=NoticeState)
    accepted: list[datetime] = field(default_factory=list)

    def come_by(self, ending: str) -> NoticeStep:
        step = notice_throttle.next_step(self.log, self.now, WEEK)
        if step is NoticeStep.ASSUME_SENT:
            self.log = notice_throttle.assume_sent(self.log)
        elif step is NoticeStep.SET_BACK:
            self.log = notice_throttle.set_back(self.log, self.now)
        elif step is NoticeStep.SEND:
            self._send(ending)
        return step

    def _send(self, ending: str) -> None:
        self.log = notice_throttle.take(self.log, self.now)
        if ending == "stopped after taking":
            return
        if ending == "never reached":
            self.log = notice_throttle.give_up(self.log, self.now)
            return
        self.now += timedelta(seconds=3)
        assert notice_throttle.holds(self.log, self.now)
        self.log = notice_throttle.hand_over(self.log, self.now)
        if ending in ("accepted", "accepted, answer lost", "stopped after the server accepted"):
            self.accepted.append(self.now)
        if ending.startswith("stopped"):
            return
        self.now += timedelta(seconds=5)
        if ending == "refused":
            self.log = notice_throttle.give_up(self.log, self.now)
        else:
            self.log = notice_throttle.accept(self.now, unconfirmed=ending.endswith("answer lost"))


@given(ROUNDS)
@example([(0, "stopped after the server accepted"), (1, "accepted"), (3, "accepted"), (4, "accepted")])
@example([(0, "accepted"), (60 * 24 * 7 - 1, "accepted"), (1, "accepted")])
def test_no_two_mails_are_accepted_in_one_interval(rounds: list[tuple[int, str]]) -> None:
    history = History()
    for minutes, ending in rounds:
        history.now += timedelta(minutes=minutes)
        history.come_by(ending)
    assert all(later - earlier >= WEEK for earlier, later in pairwise(history.accepted))


@given(ROUNDS)
def test_once_the_server_is_back_there_is_a_mail_within_a_pause_and_an_interval(
    rounds: list[tuple[int, str]],
) -> None:
    history = History()
    for minutes, ending in rounds:
        history.now += timedelta(minutes=minutes)
        history.come_by(ending)
    before, since = len(history.accepted), history.now
    while len(history.accepted) == before:
        history.now += timedelta(minutes=30)
        history.come_by("accepted")
        assert history.now - since <= WEEK + PAUSES[-1] + timedelta(hours=1)
    assert len(history.accepted) == before + 1


@given(ROUNDS, st.lists(st.tuples(st.integers(0, 59), st.integers(-400, 400)), max_size=5))
def test_a_clock_that_jumps_back_or_forth_silences_nobody_for_longer_than_an_interval(
    rounds: list[tuple[int, str]], jumps: list[tuple[int, int]]
) -> None:
    history = History()
    for number, (minutes, ending) in enumerate(rounds):
        history.now += timedelta(minutes=minutes) + timedelta(days=sum(days for at, days in jumps if at == number))
        history.come_by(ending)
    before, since = len(history.accepted), history.now
    while len(history.accepted) == before:
        history.now += timedelta(minutes=30)
        history.come_by("accepted")
        assert history.now - since <= WEEK + PAUSES[-1] + timedelta(hours=1)


def test_pauses_grow_from_five_minutes_to_six_hours_and_stay_there() -> None:
    log, pauses = NoticeState(), []
    for _ in range(6):
        log = notice_throttle.give_up(notice_throttle.take(log, START), START)
        assert log.not_before is not None
        pauses.append((log.not_before - START).total_seconds() / 60)
    assert pauses == [5, 30, 120, 360, 360, 360]
    assert log.leased_until is None


def test_an_accepted_mail_ends_the_pauses() -> None:
    assert notice_throttle.accept(START) == NoticeState(sent_at=START)


@pytest.mark.parametrize(
    ("log", "after", "step"),
    [
        (NoticeState(), timedelta(0), NoticeStep.SEND),
        (NoticeState(sent_at=START), WEEK - timedelta(microseconds=1), NoticeStep.WAIT),
        (NoticeState(sent_at=START), WEEK, NoticeStep.SEND),
        (NoticeState(sent_at=START), -SKEW, NoticeStep.WAIT),
        (NoticeState(sent_at=START), -SKEW - timedelta(seconds=1), NoticeStep.SET_BACK),
        (NoticeState(not_before=START), -timedelta(seconds=1), NoticeStep.WAIT),
        (NoticeState(not_before=START), timedelta(0), NoticeStep.SEND),
        (NoticeState(not_before=START), -timedelta(days=2), NoticeStep.SEND),
        (NoticeState(leased_until=START), -LEASE, NoticeStep.WAIT),
        (NoticeState(leased_until=START), timedelta(0), NoticeStep.SEND),
        (NoticeState(leased_until=START), -timedelta(days=2), NoticeStep.SEND),
        (NoticeState(leased_until=START, handing_over_at=START), -LEASE, NoticeStep.WAIT),
        (NoticeState(leased_until=START, handing_over_at=START), timedelta(seconds=1), NoticeStep.ASSUME_SENT),
        (
            NoticeState(sent_at=START - timedelta(days=30), handing_over_at=START),
            timedelta(0),
            NoticeStep.ASSUME_SENT,
        ),
    ],
)
def test_what_may_be_done_when(log: NoticeState, after: timedelta, step: NoticeStep) -> None:
    assert notice_throttle.next_step(log, START + after, WEEK) is step
