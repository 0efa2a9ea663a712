"""Two teams with one of everything, everybody's browser, and the way back to the beginning before each request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hubspot_sandbox.server import SandboxServer
from hubsync.app import create_app
from hubsync.services.connection.properties import read_properties
from hubsync.services.people.sessions import start_session
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.forms import form_token
from tests.kit.full_teams import OUTSIDER, ROLES, Things, add_full_team
from tests.kit.mail_server import MailServer
from tests.kit.sandboxes import sandbox_settings
from tests.kit.settings import BASE_URL, make_settings
from tests.kit.world import grant_tokens
from tests.web.matrix_databases import MatrixDatabase, PostgresqlDatabase, SqliteFile
from tests.web.role_matrix import MATRIX
from tests.web.role_rights import EVERYBODY

NOBODY = "http://127.0.0.1:9/nobody-answers-here"
WORKING_ON = "hubsync-"
"""How the names of threads begin that work on after a request has been answered."""
NOT_LOOKED_AT = {"HEAD", "OPTIONS"}  # werkzeug's own, beside every GET


@dataclass(frozen=True)
class BrowserState:
    """What somebody's browser holds at the beginning: its cookie, and the form token of a page it has open.

    Each request is sent from a new client that is given this, as it starts from the same database.
    """

    cookie: str
    form_token: str


class MatrixApp:
    """The app with Acme and Globex in it. Each `ask` starts from the same database and account at HubSpot."""

    def __init__(self, app: Flask, sandbox: SandboxServer) -> None:
        self.app, self.sandbox = app, sandbox
        self._cookie_name = str(app.config["SESSION_COOKIE_NAME"])
        self.things: dict[str, Things] = {}
        people: dict[str, int] = {}
        with app.app_context():
            db.create_all()
            grant = grant_tokens(sandbox)
            with write_transaction() as session:
                self.things = {team: add_full_team(session, team, people, grant) for team in ROLES}
                people["outsider"] = rows.add_person(session, OUTSIDER).id
                tokens = {who: start_session(session, people[who]) for who in EVERYBODY if who != "guest"}
            for (team_id,) in db.session.query(Team.id).all():
                end_read()
                read_properties(team_id)  # kept for minutes, so that no page of the matrix has to ask HubSpot
            end_read()
        self._browsers = {who: self._open_browser(tokens.get(who)) for who in EVERYBODY}
        with app.app_context():
            self._database = open_database(app)
        self._installs = sandbox.state.installs.values()

    def close(self) -> None:
        self._database.close()

    def ask(self, who: str, method: str, address: str, form: dict[str, str] | None = None) -> TestResponse:
        """Send the request from this person's browser, from the beginning; what is not GET carries its token."""
        self.restore()
        fields = None if method == "GET" else {"csrf_token": self._browsers[who].form_token, **(form or {})}
        return self.send(who, method, address, fields)

    def send(
        self, who: str, method: str, address: str, fields: dict[str, str] | bytes | None, **more: Any
    ) -> TestResponse:
        """Send exactly this from this person's browser, and wait for what works on behind the answer."""
        client = self.app.test_client()
        if cookie := self._browsers[who].cookie:
            client.set_cookie(self._cookie_name, cookie, domain="localhost")
        answer = client.open(address, method=method, base_url=BASE_URL, data=fields, buffered=True, **more)
        for thread in threading.enumerate():
            if thread.name.startswith(WORKING_ON):
                thread.join()
        return answer

    def form_token(self, who: str) -> str:
        """The form token of a page that this person has open."""
        return self._browsers[who].form_token

    def cookie(self, who: str) -> tuple[str, str]:
        """The name and the value of this person's session cookie, for a browser of another kind."""
        return self._cookie_name, self._browsers[who].cookie

    def restore(self) -> None:
        """Back to the beginning, here and at HubSpot."""
        self._database.restore()
        state = self.sandbox.state
        with state.lock:
            for install in self._installs:
                state.installs.put(install)
            for token in [*state.access_tokens, *state.refresh_tokens]:
                token.revoked = False

    def contents(self) -> dict[str, str]:
        """A digest of every table; when a session was last seen is left out."""
        return self._database.contents()

    def _open_browser(self, session_token: str | None) -> BrowserState:
        browser = Browser(self.app, signed_in=session_token or "")
        shown = browser.get("/", follow_redirects=True).text
        token = form_token(shown)
        assert token is not None, shown[:1000]
        cookie = browser.client.get_cookie(self._cookie_name, domain="localhost")
        assert cookie is not None
        return BrowserState(cookie.value, token)


def open_database(app: Flask) -> MatrixDatabase:
    """The database of *app*, at its beginning."""
    if db.engine.dialect.name == "postgresql":
        return PostgresqlDatabase(db.engine)
    return SqliteFile(Path(str(db.engine.url.database)))


@contextmanager
def open_matrix_app(folder: Path, **different: str) -> Iterator[MatrixApp]:
    """The app, with a HubSpot and a mail server of its own."""
    with SandboxServer(sandbox_settings()) as sandbox, MailServer() as mails:
        app = create_app(
            make_settings(
                SECURITY_CONTACT="it@acme.example",
                hubspot=sandbox.url,
                mail_port=mails.port,
                SOURCE_API_URLS=",".join(f"{each}={NOBODY}" for each, source in SOURCES.items() if source.api),
                GOOGLE_CLIENT_ID="client",
                GOOGLE_CLIENT_SECRET="secret of the client",
                GOOGLE_METADATA_URL=NOBODY,
                **different,
            ),
            instance_path=folder / "instance",
        )
        matrix_app = MatrixApp(app, sandbox)
        yield matrix_app
        matrix_app.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def rules(app: Flask) -> dict[str, Rule]:
    """Each "METHOD endpoint" of the app with its rule."""
    return {
        f"{method} {rule.endpoint}": rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - NOT_LOOKED_AT)
    }


def known_rules(app: Flask) -> dict[str, Rule]:
    """Those of the rules that have a row; another test reports the others."""
    return {row: rule for row, rule in rules(app).items() if row in MATRIX}


def address(matrix_app: MatrixApp, row: str, team: str = "acme", **other: int) -> str:
    """Where *row* is, with the things of *team* in the address but for *other*."""
    rule, things = known_rules(matrix_app.app)[row], asdict(matrix_app.things[team])
    values = {part: things.get(MATRIX[row].named.get(part, part)) for part in rule.arguments} | other
    unknown = [part for part, value in values.items() if value is None]
    assert not unknown, f"{row}: say in role_matrix which of full_teams.Things is meant: .at({unknown[0]}=…)"
    built: str = matrix_app.app.url_map.bind("localhost:8000").build(rule.endpoint, values, method=row.split()[0])
    return built
