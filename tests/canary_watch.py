"""The guard over every test: a secret that is seen outside the place made to show it fails the test.

Loaded by ``tests/conftest.py``. Looked at are all log records from DEBUG on with their tracebacks, all answers of
HubSync's apps (Flask's own signal tells of them), all mails, and the raw database files. What is secret is asked
of its makers: HubSpot's sandbox, the settings, the person's session, what the database holds sealed,
and what guests wrote about changes of their bookings.
"""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, Response, request, request_finished, session
from markupsafe import escape

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.state import SandboxState
from hubsync.config import EXTENSION, settings
from tests.canaries import DATABASE, GUESTS_WORDS, HEADER, LOG, MAIL, PAGE, TO_ITSELF, Guard
from tests.kit.mail_server import MailServer

OURS, HUBSPOTS = "hubsync", "hubspot_sandbox"
"""Names of Flask apps: what is looked at, and where secrets come from."""

OF_THE_SESSION = {
    "signed_in": "session token",
    "confirming": "browser's proof of an unconfirmed account",
    "asking": "browser's proof of having asked for a sign-in link",
    "claiming": "browser's proof of having asked for an invitation",
    "code_verifier": "PKCE verifier",
}
LARGEST_FILE = 64_000_000

GUARD = Guard()


class Watch:
    """Looks for *guard* at everything there is between `start` and `stop`."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self._apps: dict[int, Flask] = {}
        self._sandboxes: dict[int, SandboxState] = {}
        self.lasting: list[SandboxServer] = []
        self._log = _Listening(guard)

    def start(self) -> None:
        request_finished.connect(self._see_answer)
        MailServer.watchers.append(self._see_mail)
        root = logging.getLogger()
        root.addHandler(self._log)
        root.setLevel(logging.DEBUG)
        # The log of the mail server on the other side, line by line; it runs in our process in tests only.
        logging.getLogger("mail.log").setLevel(logging.WARNING)

    def stop(self) -> None:
        request_finished.disconnect(self._see_answer)
        MailServer.watchers.remove(self._see_mail)
        logging.getLogger().removeHandler(self._log)

    def begin(self) -> None:
        """A new test; sandboxes that outlive a test keep their secrets."""
        self.guard.begin()
        self._apps.clear()
        self._sandboxes.clear()
        for server in self.lasting:
            self.notice(server)

    def end(self) -> list[str]:
        """What was seen in this test."""
        for state in self._sandboxes.values():
            self._learn_from(state)
            for mail in state.mails:
                letter = mail.letter
                told = "\n".join(f"{name}: {value}" for name, value in letter["headers"])
                self.guard.look(MAIL, letter["subject"], f"{told}\n{letter['text']}\n{letter['html']}")
        for app in self._apps.values():
            self._see_database(app)
        return self.guard.sightings()

    def notice(self, server: SandboxServer) -> None:
        """A sandbox is there, whether it is called or not."""
        self._sandboxes[id(server.state)] = server.state
        self._learn_from(server.state)

    def _see_answer(self, sender: Flask, response: Response, **more: Any) -> None:
        if sender.name == HUBSPOTS:
            state = sender.extensions["hubspot_sandbox"]
            self._sandboxes[id(state)] = state
            self._learn_from(state)
        if sender.name != OURS:
            return
        if id(sender) not in self._apps:
            self._apps[id(sender)] = sender
            self._learn_settings(sender)
        self._learn_session(session)
        for name in ("code", "id_token"):
            self.guard.learn("authorization code", request.args.get(name) if "/callback" in request.path else None)
        place = f"{request.method} {request.endpoint}"
        base_url = settings(sender).base_url if EXTENSION in sender.extensions else ""
        if response.headers.get("Location") == base_url + request.full_path.rstrip("?"):
            place += TO_ITSELF
        for name, value in response.headers:
            if name == "Set-Cookie" and value.startswith(f"{sender.config['SESSION_COOKIE_NAME']}="):
                self.guard.learn("session cookie", value.split("=", 1)[1].split(";")[0])
            self.guard.look(HEADER, f"{place} {name}", value)
        if response.is_streamed and not response.direct_passthrough:
            response.response = self._see_stream(place, response.response)  # type: ignore[arg-type]
        elif not response.direct_passthrough:
            self.guard.look(PAGE, place, response.get_data())

    def _see_stream(self, place: str, pieces: Iterable[bytes | str]) -> Iterator[bytes | str]:
        told = b""
        try:
            for piece in pieces:
                told += piece if isinstance(piece, bytes) else piece.encode()
                yield piece
        finally:
            self.guard.look(PAGE, place, told)
            getattr(pieces, "close", lambda: None)()

    def _see_mail(self, mail: EmailMessage) -> None:
        parts = [f"{name}: {value}" for name, value in mail.items()]
        parts += [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
        self.guard.look(MAIL, str(mail["Subject"]), "\n".join(parts))

    def _see_database(self, app: Flask) -> None:
        file = database_file(app)
        if file is None or not file.exists():
            return
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            for sealed in _read_sealed(database):
                place, secret = _open(app, sealed)
                self.guard.learn("HubSpot's words" if place.endswith(":said") else "sealed secret", secret)
                if place.startswith("busy-calendar:") and secret:
                    self._learn_access(json.loads(secret))
            for words in _read_history(database):
                self.guard.learn(GUESTS_WORDS, words, (LOG, PAGE, HEADER, MAIL))
        for each in (file, file.with_name(f"{file.name}-wal")):
            if each.exists() and each.stat().st_size < LARGEST_FILE:
                self.guard.look(DATABASE, each.name, read_pages(each))

    def _learn_access(self, access: Mapping[str, Any]) -> None:
        """What leads into a person's calendar: its address without the host, and the password."""
        self.guard.learn("address of a busy calendar", access["address"].partition("://")[2].partition("/")[2])
        for each in (access["password"], *access["calendars"]):
            self.guard.learn("access to a busy calendar", each)

    def _learn_from(self, state: SandboxState) -> None:
        with state.lock:
            kinds: dict[str, Iterable[Any]] = {
                "access token": state.access_tokens.values(),
                "refresh token": state.refresh_tokens.values(),
                "service key": state.service_keys.values(),
            }
            for kind, issued in kinds.items():
                for each in issued:
                    self.guard.learn(kind, each.token)
            for code in state.codes.values():
                self.guard.learn("authorization code", code.code)
            for app in state.apps.values():
                self.guard.learn("client secret", app.client_secret)

    def _learn_settings(self, app: Flask) -> None:
        self.guard.learn("SECRET_KEY", app.config.get("SECRET_KEY"))
        self.guard.learn("mail password", app.config.get("MAIL_PASSWORD"))
        for fernet in _fernets(app):
            key = base64.urlsafe_b64encode(fernet._signing_key + fernet._encryption_key)
            self.guard.learn("encryption key", key.decode())

    def _learn_session(self, kept: Mapping[str, Any]) -> None:
        for name, value in kept.items():
            if isinstance(value, Mapping):
                self._learn_session(value)
            elif name in OF_THE_SESSION and isinstance(value, str):
                self.guard.learn(OF_THE_SESSION[name], value)


class _Listening(logging.Handler):
    """Hands every record to the guard as it would be written."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(logging.DEBUG)
        self._guard = guard

    def emit(self, record: logging.LogRecord) -> None:
        self._guard.look(LOG, f"{record.name} {record.levelname} {record.module}", self.format(record))


def database_file(app: Flask) -> Path | None:
    """Where the app's SQLite file is; None for another database, or one in memory."""
    uri = str(app.config.get("SQLALCHEMY_DATABASE_URI", ""))
    if not uri.startswith("sqlite:///"):
        return None
    return Path(app.instance_path) / uri.removeprefix("sqlite:///")


def read_pages(file: Path) -> bytes:
    """Every page of a SQLite file or of its write-ahead log, once: most are empty, and a log repeats them.

    No text stands in two pages without a break. https://www.sqlite.org/fileformat2.html
    """
    raw = file.read_bytes()
    if file.name.endswith("-wal"):
        head, before_each, size = 32, 24, int.from_bytes(raw[8:12], "big")
    else:
        head, before_each, size = 0, 0, int.from_bytes(raw[16:18], "big")
    step = before_each + (size if size > 1 else 65_536)
    return b"\n".join(dict.fromkeys(raw[at + before_each : at + step] for at in range(head, len(raw), step)))


@cache
def _queries_for_sealed(tables: tuple[str, ...]) -> list[str]:
    """What reads every sealed text of a database whose tables were made by these statements."""
    queries = []
    with closing(sqlite3.connect(":memory:")) as empty:
        for made in tables:
            empty.execute(made)
        for (table,) in empty.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in empty.execute(f'PRAGMA table_info("{table}")')]
            queries += [
                f'SELECT "{column}" FROM "{table}" WHERE "{column}" != \'\''
                for column in columns
                if column.endswith("_sealed")
            ]
    return queries


def _read_sealed(database: sqlite3.Connection) -> Iterator[str]:
    """Every sealed text; the columns are named so, as another test proves."""
    made = database.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for query in _queries_for_sealed(tuple(sql for (sql,) in made)):
        yield from (text for (text,) in database.execute(query))


def _read_history(database: sqlite3.Connection) -> Iterator[str]:
    """What guests wrote about changes of their bookings, as it is and as pages show it: reasons, other answers."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'booking_history'").fetchone():
        return
    for reason, differing in database.execute("SELECT reason, differing FROM booking_history").fetchall():
        for words in (reason, *(each["value"] for each in json.loads(differing))):
            yield from (words, str(escape(words)))


def _fernets(app: Flask) -> list[Fernet]:
    # Keys are readable nowhere: no setting and no page has them. So the guard looks inside, and only here.
    vault = getattr(app.extensions.get("hubsync"), "vault", None)
    return list(vault._fernet._fernets) if vault else []


def _open(app: Flask, sealed: str) -> tuple[str, str | None]:
    """The place that *sealed* is for, and the secret."""
    try:
        place, secret = json.loads(MultiFernet(_fernets(app)).decrypt(sealed.encode()))
        return str(place), str(secret)
    except (InvalidToken, ValueError):
        return "", None  # sealed with a key that a test has thrown away


WATCH = Watch(GUARD)


def pytest_configure(config: pytest.Config) -> None:
    WATCH.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    WATCH.stop()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Generator[None, object, object]:
    """Notice sandboxes as fixtures bring them, alone or inside something."""
    made = yield
    for each in (made, getattr(made, "sandbox", None)):
        if isinstance(each, SandboxServer):
            WATCH.notice(each)
            if fixturedef.scope != "function":
                WATCH.lasting.append(each)
    return made


@pytest.fixture(autouse=True)
def canaries() -> Iterator[Guard]:
    """The guard of this test. It is there before all else and looks when all else is gone."""
    WATCH.begin()
    yield GUARD
    if seen := WATCH.end():
        pytest.fail("A secret was seen where it should not be:\n" + "\n".join(seen), pytrace=False)
