"""Chat alerts: what a notice tells goes to the team's chats once, beside the mail; so does that it works again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from hubsync.domain.chat_alerts import AlertFault
from hubsync.services import now
from hubsync.services.alerts.delivery import send_alerts
from hubsync.services.notices.chat_alerts import put_works_again
from hubsync.services.notices.notices import put_due_notices
from hubsync.store import write_transaction
from hubsync.store.chat_alerts import ChatAlert
from hubsync.store.deliveries import Delivery
from hubsync.store.sources import SourceSilence
from tests.kit.at_one_instant import at_once
from tests.kit.chats import OWN_NETWORK, add_chat, address_of, received, stored_chat, waiting_alerts
from tests.kit.clock import later
from tests.kit.connections import change
from tests.kit.failed_deliveries import GUEST, fail
from tests.kit.http_server import Server, serve
from tests.kit.kill_switch import AFTER_COMMIT, BEFORE_COMMIT
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_notices
from tests.kit.workers import task_of, worker_processes

__all__ = ["serve"]
Serve = Callable[..., Server]


@pytest.fixture
def given() -> dict[str, str]:
    return OWN_NETWORK


def settle_all() -> None:
    with write_transaction() as session:
        session.execute(update(Delivery).values(dismissed_at=now()))


def test_a_notice_goes_to_the_chat_once_and_names_no_guest_and_one_line_says_when_it_works_again(
    acme: Any, serve: Serve, smtp: MailServer
) -> None:
    chat = serve()
    address_id = add_chat(acme.team_id, address_of(chat))
    fail(acme)
    assert send_notices() == 1
    send_alerts()
    send_alerts()
    (alert,) = received(chat)
    assert alert["title"] == "Bookings have not reached HubSpot"
    assert "1 booking was not posted." in alert["message"]
    assert GUEST not in str(alert)
    assert len(smtp.mails) == 1
    fail(acme)  # within the silence
    send_notices()
    send_alerts()
    assert len(chat.requests) == 1
    settle_all()
    assert put_works_again() == []  # nothing was posted yet
    with later(minutes=1):
        change(last_posted_at=now())
        assert put_works_again() == ["acme"]
        assert put_works_again() == []
        send_alerts()
    assert [each["title"] for each in received(chat)][1:] == ["Bookings reach HubSpot again"]
    assert stored_chat(address_id).alarmed_at is None


def test_a_chat_that_is_away_says_so_at_its_address_and_mails_and_other_chats_go_on(
    acme: Any, serve: Serve, smtp: MailServer
) -> None:
    away, there = serve(status=503), serve()
    away_id, there_id = (add_chat(acme.team_id, address_of(each)) for each in (away, there))
    fail(acme)
    put_due_notices()
    send_alerts()
    assert send_notices() == 1
    assert len(smtp.mails) == len(there.requests) == len(away.requests) == 1
    assert stored_chat(away_id).fault is AlertFault.REFUSED
    assert stored_chat(away_id).faulty_at is not None
    assert stored_chat(there_id).sent_at is not None
    assert stored_chat(there_id).fault is None
    send_alerts()
    assert len(away.requests) == 1


def test_several_workers_send_an_alert_once(acme: Any, serve: Serve) -> None:
    chat = serve()
    add_chat(acme.team_id, address_of(chat))
    fail(acme)
    put_due_notices()
    lines = at_once(acme.app, [send_alerts] * 4)
    assert len(chat.requests) == 1
    assert sorted(map(len, lines)) == [0, 0, 0, 1]


@pytest.mark.slow
def test_kills_at_every_boundary_double_no_alert_and_a_chat_says_what_nobody_knows(
    acme: Any, serve: Serve
) -> None:
    chat = serve()
    task = task_of(acme, different=OWN_NETWORK, port=chat.port)
    with worker_processes("tests.kit.alert_kills", [task]) as (process,):
        process.go()
        told = [json.loads(line) for line in process.lines()]
    arrived = Counter(request.line.split()[1] for request in chat.requests)
    assert [each["killed"] for each in told] == [True] * (len(told) - 1) + [False]
    assert told[-1]["passed"] == [BEFORE_COMMIT, AFTER_COMMIT] * 2
    assert {each["left"] for each in told} == {0}
    # Before it was taken another worker sends it; between taking and noting it, it is not tried again.
    assert [arrived[each["room"]] for each in told] == [1, 0, 1, 1, 1]
    assert [each["fault"] for each in told] == [None, AlertFault.STOPPED, AlertFault.STOPPED, None, None]


def test_a_silent_source_is_told_to_the_chat_once(acme: Any, serve: Serve) -> None:
    chat = serve()
    add_chat(acme.team_id, address_of(chat))
    with write_transaction() as session:
        session.add(
            SourceSilence(team_id=acme.team_id, source="calcom", since=now() - timedelta(days=9), noticed_at=now())
        )
    send_notices()
    send_alerts()
    (alert,) = received(chat)
    assert "Cal.com" in alert["message"]
    with later(days=8):
        send_notices()
        send_alerts()
    assert len(chat.requests) == 1


def test_what_a_worker_was_stopped_at_is_not_sent_again_and_its_address_says_so(acme: Any, serve: Serve) -> None:
    chat = serve()
    address_id = add_chat(acme.team_id, address_of(chat))
    fail(acme)
    put_due_notices()
    with write_transaction() as session:
        session.execute(update(ChatAlert).values(tried_at=now() - timedelta(minutes=3)))
    send_alerts()
    assert waiting_alerts() == []
    assert stored_chat(address_id).fault is AlertFault.STOPPED
    assert chat.requests == []
