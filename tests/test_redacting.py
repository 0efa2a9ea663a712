"""No log line holds what opens something, and nobody's text forges a line; in every logger of the process."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator

import pytest
import requests
from flask import Flask

from hubsync import redacting
from hubsync.store import db
from tests.kit.listening import listening

TOKEN = "Zm9vYmFy-canary_0123456789abcdefABCDEF4567x"
FORGED = "\r\n2026-01-01 INFO all is well\x1b[31m\u2028\x85\u202e end"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"GET /signin/link/{TOKEN} HTTP/1.1", "GET /signin/link/[hidden] HTTP/1.1"),
        (f'"http://localhost/invitations/{TOKEN}?lang=ja"', '"http://localhost/invitations/[hidden]?lang=ja"'),
        (f"POST /intake/calcom/{TOKEN} 200", "POST /intake/calcom/[hidden] 200"),
        (f"GET /feeds/{TOKEN}.ics HTTP/1.1", "GET /feeds/[hidden] HTTP/1.1"),
        (f"POST /intake//calcom//{TOKEN}/ 401", "POST /intake//calcom//[hidden]/ 401"),
        (f"POST /intake%2Fcalcom%2f{TOKEN} 200", "POST /intake%2Fcalcom%2f[hidden] 200"),
        (f"POST /intake//webhook/{TOKEN}?key=short", "POST /intake//webhook/[hidden]?[hidden]"),
        (
            f"GET /integrations/hubspot/callback?code=na1-{TOKEN}&state=abc 303",
            "GET /integrations/hubspot/callback?[hidden] 303",
        ),
        (f"GET /signin/google/callback?state={TOKEN}&code=4%2F0", "GET /signin/google/callback?[hidden]"),
        (
            f"POST /intake/webhook/{TOKEN}?key=short&x=1 HTTP/1.1",
            "POST /intake/webhook/[hidden]?[hidden] HTTP/1.1",
        ),
        ("POST /intake/webhook/short?key=short HTTP/1.1", "POST /intake/webhook/short?[hidden] HTTP/1.1"),
        (f"{{'Authorization': 'Bearer {TOKEN}'}}", "{'Authorization': 'Bearer [hidden]'}"),
        (f"Basic {TOKEN}==", "Basic [hidden]"),
        (
            f"grant_type=refresh_token&refresh_token={TOKEN}&a=b",
            "grant_type=refresh_token&refresh_token=[hidden]&a=b",
        ),
        (f'{{"access_token": "{TOKEN}", "expires_in": 1800}}', '{"access_token": "[hidden]", "expires_in": 1800}'),
        (f"x-timerex-authorization: {TOKEN}", "x-timerex-authorization: [hidden]"),
        (f"{{'refresh_token': '{TOKEN}'}}", "{'refresh_token': '[hidden]'}"),
        (f"HUBSYNC_HUBSPOT_CLIENT_SECRET={TOKEN}", "HUBSYNC_HUBSPOT_CLIENT_SECRET=[hidden]"),
        (f"client_secret={TOKEN} token={TOKEN}", "client_secret=[hidden] token=[hidden]"),
        (f"/authorize?state={TOKEN}&scope=oauth", "/authorize?state=[hidden]&scope=oauth"),
        (
            "GET /teams/acme/deliveries?state=failed&by=email&q=mika%40acme.com&before=7 HTTP/1.1",
            "GET /teams/acme/deliveries?state=failed&by=email&q=[hidden]&before=7 HTTP/1.1",
        ),
        ("GET /teams/acme/deliveries/export.csv?q=Acme+Inc", "GET /teams/acme/deliveries/export.csv?q=[hidden]"),
        (
            "GET /book/intro-Zk3?guest_name=Ann+Lee&guest_email=ann%40mail.com&utm_source=x HTTP/1.1",
            "GET /book/intro-Zk3?guest_name=[hidden]&guest_email=[hidden]&utm_source=x HTTP/1.1",
        ),
        (
            "cannot connect to postgresql+psycopg://hubsync:hunter2@db.acme.example:5432/hubsync",
            "cannot connect to postgresql+psycopg://hubsync:[hidden]@db.acme.example:5432/hubsync",
        ),
        ("through http://user:hun%2Fter:2@proxy:3128", "through http://user:[hidden]@proxy:3128"),
        ("GET http://hubsync.acme.example:8000/@team", "GET http://hubsync.acme.example:8000/@team"),
        ("key pat-na1-1234abcd-12ab-34cd-56ef-1234567890ab!", "key [hidden]!"),
        ("id eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJl end", "id [hidden] end"),
    ],
)
def test_what_opens_something_is_hidden(text: str, left: str) -> None:
    assert redacting.redact(text) == left
    assert redacting.redact(left) == left


@pytest.mark.parametrize(
    "text",
    [
        "GET /teams/acme/deliveries?state=needs_a_person&before=12 HTTP/1.1 200",
        "due delivery 12 is now posted",
        "GET /book/q8Jf-3kLmN0pQrStUvWxYz HTTP/1.1 200",
        "the refresh token was refused: BAD_REFRESH_TOKEN, status 400, code=400",
        "HubSpot did not revoke a refresh token: answer_lost",
        "HUBSYNC_SECRET_KEY is not set.",
    ],
)
def test_what_opens_nothing_stays(text: str) -> None:
    assert redacting.redact(text) == text


def test_every_route_with_a_token_in_its_path_is_hidden(app: Flask) -> None:
    found = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert len(found) > 3
    for rule in found:
        values = {part: TOKEN if part == "token" else "acme" for part in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, values)
        assert TOKEN in path
        assert TOKEN not in redacting.redact(f"GET {path} HTTP/1.1"), (
            f"say in hubsync/redacting.py, _PATHS: {rule}"
        )


@pytest.fixture
def lines(app: Flask) -> Iterator[io.StringIO]:
    """What a handler on the root logger writes; the app has been made, so records are cleaned."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    "name", ["hubsync.services.connection.api_access", "hubsync", "gunicorn.access", "urllib3", "authlib.jose"]
)
def test_a_text_from_outside_stays_on_its_line(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).warning("a guest said %s to %s", FORGED, TOKEN)
    logging.getLogger(name).warning(FORGED)
    written = lines.getvalue()
    assert len(written.splitlines()) == 2
    assert "\x1b" not in written
    assert r"\r\n2026-01-01 INFO all is well\x1b[31m\u2028\x85\u202e end" in written


def test_a_traceback_neither_tells_nor_forges(lines: io.StringIO) -> None:
    try:
        raise RuntimeError(f"GET /signin/link/{TOKEN}\nERROR hubsync: forged\x1b[2J Bearer {TOKEN}")
    except RuntimeError:
        logging.getLogger("hubsync.web").exception("it failed", stack_info=True)
    written = lines.getvalue()
    assert "RuntimeError" in written
    assert TOKEN not in written
    assert "\x1b" not in written
    assert [line for line in written.splitlines() if not line.startswith("    ")] == [
        "ERROR hubsync.web: it failed"
    ]


def test_a_record_whose_values_do_not_fit_is_written_all_the_same(lines: io.StringIO) -> None:
    logging.getLogger("hubsync").warning("%d of /signin/link/" + TOKEN, "three")
    assert lines.getvalue() == "WARNING hubsync: %d of /signin/link/[hidden]\n"


def test_an_error_page_of_ours_logs_no_token(app: Flask, lines: io.StringIO) -> None:
    with app.app_context():
        db.drop_all()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get(f"/invitations/{TOKEN}", base_url="http://localhost:8000")
    assert answer.status_code == 500
    assert "Traceback" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_werkzeugs_request_lines_are_redacted(app: Flask, lines: io.StringIO) -> None:
    with listening(app) as port:
        for path in (f"/signin/link/{TOKEN}", f"/integrations/hubspot/callback?code={TOKEN}&state={TOKEN}"):
            requests.get(f"http://127.0.0.1:{port}{path}", timeout=60, allow_redirects=False)
    assert "GET /signin/link/[hidden]" in lines.getvalue()
    assert "GET /integrations/hubspot/callback HTTP/1.1" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_making_the_app_again_wraps_nothing_twice(app: Flask) -> None:
    before = logging.getLogRecordFactory()
    redacting.install()
    assert logging.getLogRecordFactory() is before


@pytest.mark.parametrize(
    "piece",
    [
        "eyJ-",
        "eyJaaaaaaaaa.",
        "bearer ",
        "token=",
        "/intake/",
        "/intake/a/b",
        "/intake///",
        "%2F",
        "/intake%2f",
        "pat-a-",
        "/callback?",
        "\n",
        "state=",
    ],
)
def test_a_long_hostile_text_costs_little(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    redacting.one_line(redacting.redact(text))
    assert time.process_time() - began < 0.25
