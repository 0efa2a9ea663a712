"""Random sequences of bookings, faults, retries and passing time: what must hold whatever happens in which order.

The sequences are the same in every run; with ``TEST_SEQUENCES`` there are so many, and others each time, or those
of ``--hypothesis-seed``. A failure prints the steps that lead to it and the line that plays them again.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from hubsync.domain.questions import Kind
from hubsync.services import now
from hubsync.services.bookings import held_bookings
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.counts import DeliveryCount
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.fillings import RecordClaim
from hubsync.store.imports import BookingImport
from tests.stateful.decisions import Deciding
from tests.stateful.further_steps import FILLED, FurtherSteps, Switch
from tests.stateful.hubspot import HubSpotSide
from tests.stateful.imports import Importing
from tests.stateful.owners import Owning

ENDED = ("posted", "duplicate", "partial", "failed", "skipped")
HOURS = 7200
NEW_SEQUENCES = os.environ.get("TEST_SEQUENCES")
"""How many sequences to play that are others in each run; None plays those of every run."""
COME_BY = {*Switch, "known guest, all off", "import paused", "import finished"}
"""What many sequences come by; else they prove less than they seem to."""


class Play(Deciding, Importing, HubSpotSide, FurtherSteps, Owning, RuleBasedStateMachine):
    """One team, one HubSpot account, and whoever can spoil things."""

    def __init__(self, acme: Any, met: Counter[str]) -> None:
        super().__init__()
        self.acme, self.met = acme, met
        self.forms: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.file = None
        self.names = st.just("")
        self.final: dict[int, tuple[str, str, str]] = {}
        self.undone: set[int] = set()
        self.watching = False
        self.touched: set[tuple[str, str]] = set()
        acme.sandbox.state.reset()
        with write_transaction() as session:
            for table in (
                *(Attempt, Delivery, DeliveryCount, BookingRecord, BookingImport, KnownCompany, RecordClaim),
            ):
                session.query(table).delete()
            session.query(Connection).update({"watching_since": None})
        self._clock = time_machine.travel(now(), tick=True)
        self._time = self._clock.start()
        self.regain_access()
        self.search_lags(20)

    @rule()
    def do_due_work(self) -> None:
        run_due()
        run_due_meetings()
        if self.file is not None:
            self.work_on_the_file()

    @rule(seconds=st.sampled_from((1, 31, 61, 400, HOURS, 90000)))
    def let_time_pass(self, seconds: int) -> None:
        """By the next day the team is live."""
        self.let_pass(timedelta(seconds=seconds))
        if seconds > HOURS and self.watching:
            self.go_live(post_watched=True)

    def retry_all(self, *states: str) -> None:
        for each in self.deliveries():
            if each.state in states:
                retry(each.id)
        end_read()

    def let_pass(self, time: timedelta) -> None:
        self._time.shift(time)

    # ---- what must hold in the end

    def teardown(self) -> None:
        try:
            self.faults_end()
            self.search_lags(0)
            self.regain_access()
            self.go_live(post_watched=True)
            self.finish_the_file()
            held_bookings.post_these(self.owner(), [each.id for each in self.deliveries() if each.state == "held"])
            self.undo_to_the_end_and_post_again()
            for _ in range(16):
                self.let_pass(timedelta(hours=30))
                run_due()
                run_due_meetings()
            self.retry_all("waiting")
            assert {each.state for each in self.deliveries()} <= set(ENDED)
            self.retry_all("partial", "failed")
            self.everything_stands()
        finally:
            self._clock.stop()
            db.session.rollback()

    def everything_stands(self) -> None:
        """After somebody pressed Retry wherever something was refused, nothing is missing at HubSpot."""
        for each in self.deliveries():
            keys = each.company != "none"
            email = each.booking.guest_email
            assert each.state in (("posted", "duplicate") if keys or email else ("skipped",)), each.reason
            if each.contact == "created" and each.company_id:
                assert each.association == "made"
        known = {each["properties"]["email"] for each in self.records("contacts")}
        assert known == {each.booking.guest_email for each in self.deliveries()} - {""}
        self.no_two_companies_have_the_same_key()
        self.the_meetings_stand_as_their_bookings()
        self.no_contact_is_doubled_and_each_has_the_association_it_should_have()


def play(acme: Any, **profile: Any) -> Counter[str]:
    """Play sequences; return what they came by."""
    acme.asked = {name: acme.add_question(name, Kind.TEXT) for name in FILLED.values()}
    for section, name in FILLED.items():
        acme.map(section, name, f"question:{acme.asked[name]}")
    met: Counter[str] = Counter()
    run_state_machine_as_test(
        lambda: Play(acme, met),
        settings=settings(
            deadline=None, print_blob=True, suppress_health_check=list(HealthCheck), database=None, **profile
        ),
    )
    return met


def test_a_few_random_sequences_lose_and_double_nothing(acme: Any) -> None:
    play(acme, max_examples=6, stateful_step_count=15, derandomize=True)


@pytest.mark.slow
@pytest.mark.timeout(900 if NEW_SEQUENCES is None else 0)
def test_many_random_sequences_lose_and_double_nothing(acme: Any) -> None:
    met = play(
        acme,
        max_examples=int(NEW_SEQUENCES or 100),
        stateful_step_count=30,
        derandomize=NEW_SEQUENCES is None,
    )
    assert NEW_SEQUENCES is not None or {each for each in COME_BY if not met[each]} == set(), met
