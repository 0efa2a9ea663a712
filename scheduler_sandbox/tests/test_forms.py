"""The vendors' webhooks over real sockets: what they post, how it is signed, and when they give up."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response, request

from scheduler_sandbox import signing
from scheduler_sandbox.forms import VENDORS, Filled, FormSender, check_url, moved
from scheduler_sandbox.sending import Sender, Verdict
from scheduler_sandbox.server import Request, SchedulerServer

START = datetime(2026, 12, 9, 1, tzinfo=UTC)
NOW = datetime.fromtimestamp(1790000000, UTC)
SECRET = "stand-in-secret-1"
NOOR = Filled("Noor Haddad", "noor@birch-tools.example", "Birch Tools", ["Pricing", "Support"], START)
MARKS = {
    "typeform": ("typeform-signature", "sha256="),
    "tally": ("tally-signature", ""),
    "formbricks": ("webhook-signature", "v1,"),
    "opnform": ("x-webhook-signature", "sha256="),
    "savvycal": ("x-savvycal-signature", "sha256="),
    "zoom": ("x-zm-signature", "v0="),
    "jicoo": ("jicoo-webhook-signature", "t=1790000000,v1="),
}


class Receiver:
    """An address that answers as it is told, and knows Zoom's secret token unless *forgetful*."""

    def __init__(self) -> None:
        self.status, self.forgetful = 200, False
        app = Flask("receiver")
        app.add_url_rule("/in", "take", self.take, methods=["POST"])
        self.server = SchedulerServer(app, Sender()).start()
        self.senders: list[FormSender] = []

    def take(self) -> Response:
        plain = (request.get_json(silent=True) or {}).get("payload", {}).get("plainToken", "")
        secret = "another" if self.forgetful else SECRET
        answer = {"plainToken": plain, "encryptedToken": signing.zoom_challenge(secret, plain)}
        return Response(json.dumps(answer) if plain else "", status=self.status)

    def sender(self, vendor: str, pauses: tuple[float, ...] = (0.0,)) -> FormSender:
        made = FormSender(vendor, f"{self.server.url}/in", SECRET, pauses=pauses, clock=lambda: NOW)
        self.senders.append(made)
        return made

    def stop(self) -> None:
        for each in self.senders:
            each.stop()
        self.server.stop()

    def received(self) -> list[Request]:
        return self.server.requests


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_filled_in_is_posted_signed(receiver: Receiver, vendor: str) -> None:
    sender = receiver.sender(vendor)
    if vendor == "formbricks":
        sender.secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    assert sender.send(NOOR).wait().outcome is Verdict.DELIVERED
    (came,) = receiver.received()
    header, begins = MARKS[vendor]
    assert came.headers[header].startswith(begins)
    assert came.headers["content-type"] == "application/json"
    assert b"noor@birch-tools.example" in came.body
    assert b"Pricing" in came.body


@pytest.mark.parametrize("vendor", ["typeform", "tally", "opnform"])
def test_the_signature_is_that_of_the_body(receiver: Receiver, vendor: str) -> None:
    receiver.sender(vendor).send(NOOR).wait()
    (came,) = receiver.received()
    sign = signing.hex_of_body if vendor == "opnform" else signing.base64_of_body
    header, begins = MARKS[vendor]
    assert came.headers[header] == begins + sign(SECRET, came.body)


def test_typeform_ends_its_webhook_on_404_and_410_and_repeats_otherwise(receiver: Receiver) -> None:
    for status, attempts in ((404, 1), (410, 1), (500, 2), (422, 2)):
        receiver.status = status
        delivery = receiver.sender("typeform").send(NOOR).wait()
        assert (delivery.outcome, len(delivery.attempts)) == (Verdict.GIVE_UP, attempts)


def test_opnform_tries_once(receiver: Receiver) -> None:
    receiver.status = 503
    delivery = receiver.sender("opnform", VENDORS["opnform"].pauses).send(NOOR).wait()
    assert len(delivery.attempts) == 1


def test_formbricks_gives_each_attempt_the_same_id(receiver: Receiver) -> None:
    receiver.status = 500
    sender = receiver.sender("formbricks")
    sender.secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    sender.send(NOOR, "testEndpoint").wait()
    first, second = receiver.received()
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(first.body) == {"event": "testEndpoint"}


def test_zoom_asks_whether_the_address_knows_its_secret(receiver: Receiver) -> None:
    zoom = receiver.sender("zoom")
    assert check_url(zoom)
    receiver.forgetful = True
    assert not check_url(zoom)
    receiver.status = 401
    assert not check_url(zoom)


def test_a_moved_booking_keeps_its_id_or_names_the_former() -> None:
    later = START + timedelta(days=1)
    kept, new = moved(NOOR, later), moved(NOOR, later, new_id=True)
    assert (kept.id, kept.former_id, kept.starts_at) == (NOOR.id, "", later)
    assert (new.id != NOOR.id, new.former_id) == (True, NOOR.id)
    body: Any = VENDORS["zoom"].write(new, NOW)
    assert body["payload"]["object"]["rescheduled_from_event_id"] == NOOR.id
