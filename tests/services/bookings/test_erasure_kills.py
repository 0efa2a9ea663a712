"""Killed at every boundary, an erasure comes to its end, here and at HubSpot, with one receipt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubsync.domain.guest_erasures import ContactFate
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.guest_erasures import GuestErasure
from tests.kit.erasure_kills import guest
from tests.kit.kill_switch import AFTER_CALL, AFTER_COMMIT, BEFORE_CALL, BEFORE_COMMIT, CALL_SENT
from tests.kit.workers import task_of, worker_processes

GUESTS = 26
"""More than an erasure has boundaries."""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_at_every_boundary_leave_nothing_of_the_guest_and_one_receipt(acme: Any) -> None:
    for number in range(1, GUESTS + 1):
        acme.book("Sato Mika", guest(number), "Acme")
    task = task_of(acme, guests=GUESTS)
    with worker_processes("tests.kit.erasure_kills", [task]) as (process,):
        process.go()
        told = [json.loads(line) for line in process.lines()]
    assert [each["killed"] for each in told] == [True] * (len(told) - 1) + [False]
    passed = told[-1]["passed"]
    erased = {each.split(" ", 2)[0] + " " for each in passed if "gdpr-delete" in each}
    assert erased == {BEFORE_CALL, CALL_SENT, AFTER_CALL}
    assert {BEFORE_COMMIT, AFTER_COMMIT} <= set(passed)
    gone = {guest(number) for number in range(1, len(told) + 1)}
    kept = {each.guest_email for each in db.session.query(BookingRecord)}
    assert kept == {guest(number) for number in range(1, GUESTS + 1)} - gone
    assert {each["properties"]["email"] for each in acme.records("contacts")} == kept
    receipts = db.session.query(GuestErasure).all()
    assert len(receipts) == len(told)
    assert {each.contact_fate for each in receipts} == {ContactFate.DONE}
    assert {each.email_sealed for each in receipts} == {""}
    assert None not in {each.finished_at for each in receipts}
