"""Two servers over one database on PostgreSQL share the work, and one goes on where the other was killed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.delivery_states import DeliveryState
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources import signed_json
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from tests.kit.raw_requests import length, send_raw
from tests.kit.serving import Serving
from tests.kit.waiting import wait_until
from tests.kit.workers import task_of

pytestmark = pytest.mark.slow
GUNICORN = ("gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app")


class Sender:
    """A booking source that sends to whichever server it is told."""

    def __init__(self, acme: Any) -> None:
        self.secret = endpoint_setup.make_endpoint(acme.team_id, signed_json.NAME)
        shown = endpoints.show_endpoint(acme.team_id, signed_json.NAME)
        assert shown is not None
        self.path = "/intake/" + shown.address.split("/intake/")[1]
        with write_transaction() as session:
            calendar = acme.calendar()
            session.add(calendar)
            calendar.source, calendar.external_id = signed_json.NAME, "intro"
        end_read()

    def send(self, server: Serving, number: int, company: str) -> int:
        starts = now() + timedelta(days=3)
        told = {
            "id": f"b-{number}",
            "event": "booking.completed",
            "calendar": {"id": "intro", "name": "Intro"},
            "guest": {
                "name": "Mika Sato",
                "email": f"mika{number}@{company.lower()}.example.com",
                "company": company,
            },
            "start": starts.isoformat(),
            "end": (starts + timedelta(minutes=30)).isoformat(),
            "answers": [],
        }
        body = json.dumps(told).encode()
        proof = signed_json.prove(self.secret, body, now()).headers
        headers = "".join(f"{name}: {value}\r\n" for name, value in proof.items()).encode()
        try:
            return send_raw(server.port, self.path, headers + length(len(body)), body).status
        except ConnectionError:
            return 0


def are_posted(number: int) -> bool:
    """Whether so many are posted; the time has come for what a busy machine had no time for."""
    with write_transaction() as session:
        late = session.query(Delivery).filter_by(state=DeliveryState.RETRYING)
        late.filter(Delivery.next_attempt_at > now()).update({"next_attempt_at": now()})
    posted = db.session.query(Delivery).filter_by(state=DeliveryState.POSTED).count()
    end_read()
    return posted == number


@pytest.mark.timeout(600)
def test_two_servers_share_the_work_and_one_that_is_killed_loses_and_doubles_nothing(acme: Any, smtp: Any) -> None:
    sender, settings = (
        Sender(acme),
        task_of(acme, different={"SYNC_BUDGET_SECONDS": "25", "SCHEDULER": "on"})["settings"],
    )
    faults = acme.sandbox.state.faults
    with Serving(*GUNICORN, **settings) as one, Serving(*GUNICORN, **settings) as other:
        with ThreadPoolExecutor(4) as senders:
            answers = [
                senders.submit(sender.send, (one, other)[number % 2], number, "Acme") for number in range(6)
            ]
            assert {each.result() for each in answers} == {200}
            wait_until(lambda: are_posted(6))
            acme.fault(action="delay", hold=True, when="after", path="/contacts", times=1)
            lost = senders.submit(sender.send, one, 20, "Globex")
            assert faults.wait_until_held()
            one.kill()
            faults.release()
            assert lost.result() == 0, "its answer is lost"
            answers = [senders.submit(sender.send, other, number, "Initech") for number in range(30, 33)]
            answers.append(senders.submit(sender.send, other, 20, "Globex"))
            assert {each.result() for each in answers} == {200}
        wait_until(lambda: are_posted(9))
        with write_transaction() as session:  # a minute later
            taken = session.query(Delivery).filter_by(state=DeliveryState.SENDING).one()
            taken.lease_until = now()
        wait_until(lambda: are_posted(10))
    companies = sorted(each["properties"]["name"] for each in acme.records("companies"))
    assert companies == ["Acme", "Globex", "Initech"]
    contacts = [each["properties"]["email"] for each in acme.records("contacts")]
    assert len(contacts) == len(set(contacts)) == 10
    assert all(acme.companies_of(each) for each in acme.records("contacts"))
    assert "Traceback" not in one.said + other.said
