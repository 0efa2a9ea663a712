"""Signed JSON, the second way in: proved on the raw body, read, written down, answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook as StandardWebhook

from hubsync.errors import ProofMissing
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.teams import members
from hubsync.sources import signed_json
from hubsync.sources.source import Ignored, Source, Webhook
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.web.sources import webhooks
from tests.kit.broken_tables import break_table


@pytest.fixture
def endpoint(app: Flask) -> tuple[str, str]:
    """The path of a team's endpoint, and its secret."""
    with app.app_context():
        team = members.create_team("Acme", "owner@acme.example", "premium")
        secret = endpoint_setup.make_endpoint(team.id, signed_json.NAME)
        shown = endpoints.show_endpoint(team.id, signed_json.NAME)
    assert shown is not None
    return "/intake/" + shown.address.split("/intake/")[1], secret


def booking(**changes: Any) -> dict[str, Any]:
    return {
        "id": "b-1",
        "event": "booking.completed",
        "calendar": {"id": "c-1", "name": "Intro"},
        "guest": {"name": "Mika Sato", "email": "mika@acme.co.jp", "company": "Acme", "timezone": "Asia/Tokyo"},
        "start": "2026-12-01T10:00:00+09:00",
        "end": "2026-12-01T10:30:00+09:00",
        "answers": [
            {"label": "Employees", "value": 120},
            {"label": "Topics", "value": ["Price", "Demo"]},
            {"label": "Newsletter", "value": True},
            {"label": "Nothing", "value": None},
        ],
        "url_params": {"utm_source": "mail"},
        **changes,
    }


def proof(secret: str, raw: bytes, seconds: int = 0) -> Mapping[str, str]:
    """The headers that prove *raw*, signed so many seconds from now."""
    return signed_json.prove(secret, raw, now() + timedelta(seconds=seconds)).headers


def send(client: FlaskClient, path: str, secret: str, body: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, data=raw, headers=proof(secret, raw))


def test_a_booking_is_written_down_with_its_calendar_and_questions(
    app: Flask, client: FlaskClient, endpoint: tuple[str, str]
) -> None:
    answer = send(client, *endpoint, booking())
    assert (answer.status_code, answer.json["state"]) == (200, "waiting")
    with app.app_context():
        calendar = db.session.scalars(select(Calendar)).one()
        record = db.session.scalars(select(BookingRecord)).one()
        labels = {str(row.id): (row.label, row.kind) for row in calendar.questions}
        assert (calendar.name, calendar.source, calendar.external_id) == ("Intro", "signed_json", "c-1")
        assert {labels[key][0]: value for key, value in record.answers.items()} == {
            "Company Name": "Acme",
            "Name": "Mika Sato",
            "Email": "mika@acme.co.jp",
            "Employees": "120",
            "Topics": ["Price", "Demo"],
            "Newsletter": True,
            "Nothing": None,
        }
        assert (record.guest_email, record.url_params) == ("mika@acme.co.jp", {"utm_source": "mail"})


def test_a_repeat_gets_the_first_delivery(app: Flask, client: FlaskClient, endpoint: tuple[str, str]) -> None:
    first = send(client, *endpoint, booking())
    again = send(client, *endpoint, booking(answers=[]))
    assert (again.status_code, again.json) == (200, first.json)
    with app.app_context():
        assert len(db.session.scalars(select(Delivery)).all()) == 1


def test_the_same_booking_from_six_senders_at_once_is_one(app: Flask, endpoint: tuple[str, str]) -> None:
    answers: list[Any] = []

    def one() -> None:
        client = app.test_client()
        client.environ_base["HTTP_HOST"] = "localhost:8000"
        answers.append(send(client, *endpoint, booking()).json["delivery"])

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1


def test_a_known_calendar_and_its_questions_are_used_again(
    app: Flask, client: FlaskClient, endpoint: tuple[str, str]
) -> None:
    send(client, *endpoint, booking())
    send(client, *endpoint, booking(id="b-2", answers=[{"label": " employees ", "value": "7"}]))
    with app.app_context():
        calendar = db.session.scalars(select(Calendar)).one()
        assert len(calendar.questions) == 8


@pytest.mark.parametrize(
    "trouble", ["no header", "other secret", "changed body", "old", "early", "nonsense", "other path"]
)
def test_what_is_not_proved_is_401_and_stored_nowhere(
    app: Flask, client: FlaskClient, endpoint: tuple[str, str], trouble: str
) -> None:
    path, secret = endpoint
    raw = json.dumps(booking()).encode()
    good = proof(secret, raw)
    to, body, headers = {
        "no header": (path, raw, {}),
        "other secret": (path, raw, proof("other", raw)),
        "changed body": (path, raw + b" ", good),
        "old": (path, raw, proof(secret, raw, -302)),
        "early": (path, raw, proof(secret, raw, 302)),
        "nonsense": (path, raw, dict.fromkeys(good, "t=²,v1=zz")),
        "other path": (path + "x", raw, good),
    }[trouble]
    answer = client.post(to, data=body, headers=headers)
    assert answer.status_code == 401
    assert answer.json == {"error": "proof_missing", "message": "The signature does not fit."}
    with app.app_context():
        assert db.session.scalars(select(BookingRecord)).all() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        json.dumps(booking(start="2026-12-01")).encode(),
        json.dumps(booking(event=["booking.completed"])).encode(),
        json.dumps(booking(calendar={"name": "Intro"})).encode(),
        json.dumps(booking(id="")).encode(),
        json.dumps(booking(start={})).encode(),
    ],
)
def test_what_cannot_be_read_is_422_with_the_places(
    app: Flask, client: FlaskClient, endpoint: tuple[str, str], body: bytes
) -> None:
    answer = send(client, *endpoint, body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.json["error"] == "body_unreadable"
    with app.app_context():
        assert db.session.scalars(select(BookingRecord)).all() == []


def cancellations() -> Source:
    """A source that is proved by a token in its address, and knows one event that is no booking."""

    def verify(webhook: Webhook, secrets: Sequence[str], at: datetime) -> None:
        if webhook.query["key"] not in secrets:
            raise ProofMissing("another key")

    return replace(
        signed_json.SOURCE,
        verify=verify,
        read=lambda sent: Ignored("a cancellation"),
        read_with=None,
        prove=lambda secret, raw, at: Webhook(raw, query={"key": secret}),
        proof_headers=(),
        proof_params=("key",),
    )


@pytest.mark.parametrize(("key", "status", "said"), [("", 200, "a cancellation"), ("other", 401, None)])
def test_a_webhook_that_is_no_booking_is_answered_with_the_reason_and_stored_nowhere(
    app: Flask, endpoint: tuple[str, str], key: str, status: int, said: str | None
) -> None:
    path, secret = endpoint
    source, token = cancellations(), path.rsplit("/", 1)[-1]
    with app.test_request_context(method="POST", data=b"{}", query_string={"key": key or secret}):
        answer = webhooks.receive(source, token)
    assert (answer.status_code, answer.get_json().get("ignored")) == (status, said)
    with app.app_context():
        assert db.session.scalars(select(BookingRecord)).all() == []


def by_standard_webhooks(secret: str, raw: bytes, message_id: str) -> dict[str, str]:
    """The headers of whoever knows the standard and the secret, and nothing of us."""
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(int(now().timestamp())),
        "Webhook-Signature": StandardWebhook(secret).sign(message_id, now(), raw.decode()),
    }


def test_a_booking_by_standard_webhooks_and_by_our_own_header_is_one(
    app: Flask, client: FlaskClient, endpoint: tuple[str, str]
) -> None:
    path, secret = endpoint
    first = send(client, path, secret, booking())
    nameless = {name: each for name, each in booking().items() if name != "id"}
    enveloped = {"type": "booking.completed", "timestamp": "2026-11-27T10:00:00Z", "data": nameless}
    for body, message_id in ((booking(), "msg_1"), (nameless, "b-1"), (enveloped, "b-1")):
        raw = json.dumps(body).encode()
        answer = client.post(path, data=raw, headers=by_standard_webhooks(secret, raw, message_id))
        assert (answer.status_code, answer.json) == (200, first.json)
        other = by_standard_webhooks(f"{secret[:-8]}AAAAAAA=", raw, message_id)
        assert client.post(path, data=raw, headers=other).status_code == 401
    with app.app_context():
        assert len(db.session.scalars(select(Delivery)).all()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/intake",
        "/intake/",
        "/intake//",
        "/intake/json",
        "/intake/nothing/token",
        "/intake/json/a/b",
        "/intake/json/a%0Ab/c",
        "/intake/%0A",
        "/intake/JSON/{token}",
        "/intake/json/{token}/",
        "/intake/json/{token}//",
        "/intake/json//{token}",
        "/intake//json/{token}",
        "/intake/json/%2F{token}",
        "/intake/json/{token}%2F",
        "/intake/./json/{token}",
        "/intake/x/../json/{token}",
    ],
)
@pytest.mark.quick_cases(5)
def test_no_address_is_answered_with_404_or_a_redirect_for_which_a_source_would_give_up(
    app: Flask, endpoint: tuple[str, str], path: str
) -> None:
    at, secret = endpoint
    raw = json.dumps(booking()).encode()
    for method in webhooks.METHODS:
        answer = app.test_client().open(
            path.format(token=at.rsplit("/", 1)[-1]),
            method=method,
            data=raw,
            headers={**proof(secret, raw), "Host": "internal.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 401, method
        assert method == "HEAD" or answer.json == webhooks.NOT_PROVED


@pytest.mark.parametrize("method", [each for each in webhooks.METHODS if each != "POST"])
def test_another_method_tells_nothing_of_an_address(
    client: FlaskClient, endpoint: tuple[str, str], method: str
) -> None:
    path, secret = endpoint
    raw = json.dumps(booking()).encode()
    for each in (path, path + "x"):
        answer = client.open(each, method=method, data=raw, headers=proof(secret, raw))
        assert answer.status_code == 401


def test_an_address_whose_slashes_are_encoded_is_the_same(client: FlaskClient, endpoint: tuple[str, str]) -> None:
    path, secret = endpoint
    assert send(client, "/" + path.lstrip("/").replace("/", "%2F"), secret, booking()).status_code == 200


def test_an_address_that_no_source_has_is_looked_for_like_any_other(
    app: Flask, client: FlaskClient, endpoint: tuple[str, str]
) -> None:
    """So it is answered in the same time, and asked for again while the database does not answer."""
    with app.app_context(), write_transaction() as session:
        break_table(session, "intake_endpoints")
    found = [client.post(each, data=b"{}").status_code for each in (endpoint[0], "/intake//a/b", "/intake")]
    assert found == [503, 503, 503]


def test_no_session_and_no_form_token_is_needed(client: FlaskClient, endpoint: tuple[str, str]) -> None:
    answer = send(client, *endpoint, booking())
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
