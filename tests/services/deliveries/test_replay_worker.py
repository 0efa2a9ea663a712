"""Several workers, a worker that died, and HubSpot in trouble, while missed bookings are posted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask

from hubsync.domain.pacing import ONE_CALL, SHARE
from hubsync.services import now, tools
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.replay_worker import WORKERS, work_on_replays
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.people import Person
from hubsync.store.replays import Replay
from tests.kit import rows
from tests.kit.replays import begin, missed, progress, states, switch
from tests.kit.waiting import wait_until

__all__ = ["missed"]


def work_in_context(app: Flask) -> None:
    with app.app_context():
        work_on_replays()


def test_another_worker_goes_on_when_the_first_died(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    replay = begin(acme)
    with write_transaction() as session:
        held = session.get_one(Replay, replay.id)
        held.worker, held.worker_until = "dead", now() + timedelta(seconds=60)
    assert work_on_replays() == []  # it may be alive
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        work_on_replays()
    assert states() == ["posted"] * 2


def test_several_workers_post_each_booking_once(acme: Any, missed: Callable[[int], None], app: Flask) -> None:
    missed(5)
    begin(acme)

    threads = [threading.Thread(target=work_in_context, args=(app,)) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states() == ["posted"] * 5
    assert db.session.query(Attempt).filter_by(outcome="posted").count() == 5


def test_hubspot_down_lets_it_rest_without_using_up_anything(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    begin(acme)
    with write_transaction() as session:
        session.query(Connection).update(
            {"paused_until": now() + timedelta(hours=1), "paused_code": "daily_limit"}
        )
    tools().wake.clear()
    work_on_replays(seconds=0.3)
    assert (progress(acme).state, progress(acme).left, states()) == ("running", 2, ["waiting"] * 2)
    assert not tools().wake.is_set(), "nothing is to be done before HubSpot may be called again"


def test_where_the_limits_have_no_room_the_next_round_begins_at_once(
    acme: Any, missed: Callable[[int], None]
) -> None:
    missed(2)
    begin(acme)
    held = []
    while (one := tools().call_reservations.take(rows.ACCOUNT, ONE_CALL, share=SHARE)) is not None:
        held.append(one)
    tools().wake.clear()
    work_on_replays(seconds=0.1)
    assert (progress(acme).left, tools().wake.is_set()) == (2, True)


def test_so_many_are_under_way_that_a_slow_hubspot_does_not_set_the_pace(acme: Any, app: Flask) -> None:
    switch("lost")
    for each in range(1 + WORKERS):
        acme.book(f"Sato {each}", f"mika@acme{each}.co.jp", f"Acme {each}")
    switch("connected")
    begin(acme)
    faults = acme.sandbox.state.faults
    acme.fault(action="delay", hold=True, path="/companies/search", skip=1, times=WORKERS)
    worker = threading.Thread(target=work_in_context, args=(app,))
    worker.start()
    try:
        wait_until(lambda: not faults.all())  # the first one went alone, and now all of these are held
    finally:
        while worker.is_alive():
            faults.release()
            worker.join(0.05)
    assert states() == ["posted"] * (1 + WORKERS)


def test_what_is_dismissed_while_hubspot_is_waited_for_is_not_posted(
    acme: Any, missed: Callable[[int], None], app: Flask
) -> None:
    missed(2)
    begin(acme)
    held = []
    while (one := tools().call_reservations.take(rows.ACCOUNT, ONE_CALL)) is not None:
        held.append(one)

    worker = threading.Thread(target=work_in_context, args=(app,))
    worker.start()
    wait_until(tools().call_reservations.are_waited_for)  # it has found the first delivery
    with write_transaction() as session:
        first = session.query(Delivery).order_by(Delivery.id).first()
        transitions.dismiss(session, [first], session.query(Person.id).scalar())
    for each in held:
        each.release()
    worker.join()
    assert states() == ["waiting", "posted"]
