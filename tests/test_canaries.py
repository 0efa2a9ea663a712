"""The guard bites: a canary planted in each channel is seen, named by its kind and place, and never repeated."""

from __future__ import annotations

import json
import logging
import smtplib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask, Response, redirect, session
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import text

from hubspot_sandbox.entities import ServiceKey
from hubspot_sandbox.server import SandboxServer
from hubsync.services import tools
from hubsync.store import write_transaction
from tests.canaries import ALLOWED, CHANNELS, GUESTS_WORDS, Guard, is_allowed
from tests.canary_watch import WATCH, Watch
from tests.kit.mail_server import MailServer

CANARY = "kanarienvogel-in-the-mine-0123456789"
TOKEN = "canarycanarycanarycanarycanarycanarycanary0"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def watch() -> Iterator[Watch]:
    """A guard of this test's own: what it sees does not fail the test, for the session's looks away."""
    WATCH.stop()
    made = Watch(Guard())
    made.start()
    made.begin()
    made.guard.learn("access token", CANARY)
    yield made
    made.stop()
    WATCH.start()


@pytest.fixture
def probe(tmp_path: Path) -> Flask:
    """An app that passes for HubSync."""
    app = Flask("hubsync", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="not the canary", SQLALCHEMY_DATABASE_URI="sqlite:///probe.sqlite3")
    app.add_url_rule("/page", "page", lambda: f"<p>{CANARY}</p>")
    app.add_url_rule("/clean", "clean", lambda: "<p>nothing</p>")
    app.add_url_rule("/header", "header", lambda: redirect(f"/elsewhere?token={CANARY}"))
    app.add_url_rule("/stream", "stream", lambda: Response(iter([CANARY[:9], CANARY[9:]])))

    def sign_in() -> str:
        session["signed_in"] = "session-" + CANARY
        session["_state_hubspot"] = {"data": {"code_verifier": "verifier-" + CANARY}}
        return "session-" + CANARY

    def tell() -> str:
        return "verifier-" + CANARY + app.config["SECRET_KEY"]

    app.add_url_rule("/session", "session", sign_in)
    app.add_url_rule("/settings", "settings", tell)
    return app


def test_nothing_planted_nothing_seen(watch: Watch, probe: Flask) -> None:
    probe.test_client().get("/clean")
    logging.getLogger("hubsync.probe").debug("nothing")
    assert watch.end() == []


def test_a_canary_in_a_log_line_is_seen_at_debug(watch: Watch) -> None:
    logging.getLogger("hubsync.probe").debug("it is %s", CANARY)
    assert watch.end() == ["access token in log: hubsync.probe DEBUG test_canaries"]


def test_a_canary_in_a_traceback_is_seen(watch: Watch) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("hubsync.probe").exception("it failed")
    assert watch.end() == ["access token in log: hubsync.probe ERROR test_canaries"]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/page", "page: GET page"),
        ("/stream", "page: GET stream"),
        ("/header", "header: GET header Location"),
    ],
)
def test_a_canary_in_an_answer_is_seen(watch: Watch, probe: Flask, path: str, seen: str) -> None:
    probe.test_client().get(path).get_data()
    assert f"access token in {seen}" in watch.end()


def test_a_canary_in_a_mail_is_seen_though_it_is_encoded(watch: Watch, smtp: MailServer) -> None:
    with smtplib.SMTP("127.0.0.1", smtp.port) as line:
        head = "Subject: Hello\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
        body = "quoted-printable\r\n\r\n" + CANARY[:10] + "=\r\n" + CANARY[10:]
        line.sendmail("a@b.example", ["c@d.example"], head + body)
    assert watch.end() == ["access token in mail: Hello"]


def test_a_canary_in_the_database_is_seen_also_in_its_log(watch: Watch, probe: Flask, tmp_path: Path) -> None:
    probe.test_client().get("/clean")
    database = sqlite3.connect(tmp_path / "probe.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE things (told TEXT)")
    database.execute("INSERT INTO things VALUES (?)", (CANARY,))
    database.commit()
    assert watch.end() == ["access token in database: probe.sqlite3-wal"]
    database.close()
    assert watch.end()[-1] == "access token in database: probe.sqlite3"


@pytest.mark.parametrize("column", ["reason", "differing"])
def test_what_a_guest_wrote_about_a_change_is_seen_anywhere_but_in_the_database(
    watch: Watch, probe: Flask, tmp_path: Path, column: str
) -> None:
    words = "<ill> since the beginning of the week"
    told = {"reason": "", "differing": "[]"}
    told |= {column: words if column == "reason" else json.dumps([{"label": "Topic", "value": words}])}
    with closing(sqlite3.connect(tmp_path / "probe.sqlite3")) as database:
        database.execute("CREATE TABLE booking_history (reason TEXT, differing JSON)")
        database.execute("INSERT INTO booking_history VALUES (:reason, :differing)", told)
        database.commit()
    probe.add_url_rule("/log", "show", lambda: f"<p>{escape(words)}</p>")
    probe.add_url_rule("/delivery", "deliveries.show_delivery", lambda: f"<p>{escape(words)}</p>")
    probe.test_client().get("/delivery")
    assert watch.end() == []
    probe.test_client().get("/log")
    logging.getLogger("hubsync.probe").info("%s", words)
    assert watch.end() == [
        f"{GUESTS_WORDS} in page: GET show",
        f"{GUESTS_WORDS} in log: hubsync.probe INFO test_canaries",
    ]


@pytest.mark.sqlite("the watch reads the file")
def test_what_the_database_holds_sealed_is_known(watch: Watch, app: Flask, client: FlaskClient) -> None:
    client.get("/signin")
    secret = "sealed-in-the-database-0123456789"
    with app.app_context(), write_transaction() as writing:
        sealed = tools().vault.seal("some place", secret)
        writing.execute(text("CREATE TABLE things (thing_sealed TEXT)"))
        writing.execute(text("INSERT INTO things VALUES (:sealed)"), {"sealed": sealed})
    logging.getLogger("anything").info("%s is here", secret)
    assert watch.end() == ["sealed secret in log: anything INFO test_canaries"]


def test_the_session_and_the_settings_are_known(watch: Watch, probe: Flask) -> None:
    client = probe.test_client()
    client.get("/session")
    client.get("/settings")
    assert set(watch.end()) >= {
        "session token in page: GET session",
        "PKCE verifier in page: GET settings",
        "SECRET_KEY in page: GET settings",
    }


def test_a_copied_session_cookie_is_seen(watch: Watch, probe: Flask) -> None:
    client = probe.test_client()
    client.get("/session")
    cookie = client.get_cookie("session")
    assert cookie is not None
    logging.getLogger("hubsync.probe").info("%s", cookie.value)
    assert "session cookie in log: hubsync.probe INFO test_canaries" in watch.end()
    assert "session cookie in header: GET session Set-Cookie" not in watch.end()


def test_what_hubspot_issues_is_known(watch: Watch, sandbox: SandboxServer) -> None:
    watch.notice(sandbox)
    with sandbox.state.lock:
        sandbox.state.service_keys.put(ServiceKey("hubspots-own-" + TOKEN, 1234567, "Test", [], 0.0))
    logging.getLogger("hubsync.probe").info("%s, %s", "hubspots-own-" + TOKEN, sandbox.settings.client_secret)
    assert {each.split(" in ")[0] for each in watch.end()} == {"service key", "client secret"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"http://localhost:8000/signin/link/{TOKEN}", "sign-in link"),
        (f"http://localhost:8000/invitations/{TOKEN}", "invitation link"),
        (f"/intake/json/{TOKEN}", "address of a booking source"),
        (f"Authorization: Bearer {TOKEN}", "bearer token"),
        ("pat-na1-1234abcd-12ab-34cd-56ef-1234567890ab", "service key"),
        (f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjMifQ.{TOKEN}", "ID token"),
        ("GET /signin/google/callback?state=abc&code=def", "query of a callback"),
    ],
)
def test_unknown_secrets_are_recognised_by_their_shape(text: str, kind: str) -> None:
    guard = Guard()
    guard.look("log", "somewhere", text)
    assert guard.sightings() == [f"{kind} in log: somewhere"]
    assert TOKEN not in str(guard.sightings())


def test_only_the_places_made_to_show_a_secret_may_show_it() -> None:
    assert is_allowed("sign-in link", "mail", "Your link to sign in to HubSync")
    assert not is_allowed("sign-in link", "mail", "Test mail from HubSync")
    assert not is_allowed("sign-in link", "log", "Your link to sign in to HubSync")
    assert not is_allowed("access token", "mail", "Your link to sign in to HubSync")
    assert is_allowed("sealed secret", "page", "GET signed_json.show_new_secret")
    assert not is_allowed("sealed secret", "page", "GET signed_json.show_endpoint")
    assert all(each.channel in CHANNELS and each.reason for each in ALLOWED)
    assert not any(each.channel in ("log", "database") for each in ALLOWED)


LEAKING = f"""
from flask import Flask
probe = Flask("hubsync")
probe.config["SECRET_KEY"] = {CANARY!r}
probe.add_url_rule("/<word>", "told", lambda word: probe.config["SECRET_KEY"] if word == "all" else word)

def test_leaks():
    probe.test_client().get("/all")

def test_is_clean():
    probe.test_client().get("/nothing")
"""


@pytest.mark.slow
def test_a_sighting_fails_the_test_it_happened_in_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_probe.py").write_text(LEAKING)
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-rAE", "-p", "tests.canary_watch"]
    command += ["-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, "-c", str(ROOT / "pyproject.toml"), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "SECRET_KEY in page: GET told" in ran.stdout, ran.stdout + ran.stderr
    assert "2 passed, 1 error" in ran.stdout
    errors = [line for line in ran.stdout.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 1
    assert "test_leaks" in errors[0]
    assert CANARY not in ran.stdout
