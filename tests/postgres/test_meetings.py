"""A booking that goes because it is joined with another one takes no meeting along that is made at that moment."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.meetings import MeetingState
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.services.posting import meeting_news
from hubsync.store import write_transaction
from hubsync.store.meetings import Meeting
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock
from tests.kit.meetings import meetings_at, switch_meetings_on

pytestmark = pytest.mark.slow


def test_whoever_would_make_the_meeting_waits_until_the_booking_is_gone(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    switch_meetings_on(acme.calendar_id)
    with write_transaction() as session:
        session.add(Meeting(delivery_id=delivery.id, state=MeetingState.NONE, due_at=now()))
    with write_transaction() as session:
        assert not meeting_news.is_in_doubt(session, read_delivery(delivery.id))
        thread, told = beside(acme.app, run_due_meetings)
        until_somebody_waits_for_a_lock()
        session.query(Meeting).delete()
    thread.join()
    assert (told, meetings_at(acme.sandbox)) == ([[]], [])
