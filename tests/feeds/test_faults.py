"""Faults of busy calendars: each says what happened and what to do, and none of them means that nobody is busy."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

from hubsync.domain.busy_times import UnreadEvent, UnreadReason
from hubsync.errors import FeedError, Remedy, family
from hubsync.web.shell.reasons import REASONS
from hubsync.web.shell.unread_events import explain_unread

KINDS = family(FeedError).values()


@pytest.fixture
def plain_app() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_fault_says_what_happened_and_what_to_do(kind: type[FeedError], plain_app: Flask) -> None:
    with plain_app.test_request_context():
        assert str(REASONS[kind.code]).endswith(".")
    assert kind.advice.endswith(".")
    assert kind().pause_seconds is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_fault_passes_by_itself_or_needs_its_owner(kind: type[FeedError]) -> None:
    assert kind.remedy is (Remedy.REQUEST if kind.permanent else Remedy.WAIT)


@pytest.mark.parametrize("reason", UnreadReason)
def test_an_unread_event_has_a_line(reason: UnreadReason, plain_app: Flask) -> None:
    with plain_app.test_request_context():
        assert "An event that begins on Dec 3, 2026: " in explain_unread(UnreadEvent(reason, date(2026, 12, 3)))
        assert explain_unread(UnreadEvent(reason)).startswith("An event without a day: ")
