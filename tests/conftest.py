"""What most tests stand on: an app with a database of its own, the HubSpot sandbox, a mail server, on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubsync.services.connection import token_refresh
from hubsync.services.signin.links import THREAD_NAME
from hubsync.store import db
from tests import databases
from tests.mailing import MailServer

pytest_plugins = ("tests.canary_watch", "tests.thrift")

BASE_URL = "http://localhost:8000"


@pytest.fixture
def given() -> dict[str, str]:
    """Settings that differ from the usual ones; a test module overrides this."""
    return {}


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    """HubSpot's stand-in, which knows our app under the usual redirect URL."""
    settings = SandboxSettings(redirect_urls=[f"{BASE_URL}/integrations/hubspot/callback"])
    with SandboxServer(settings) as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """A mail server that keeps what it is given."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    """A PostgreSQL server, for tests that need one."""
    with databases.server() as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings that name the test's own database: SQLite unless the test asks for "postgresql"."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield {}
        return
    server: databases.Server = request.getfixturevalue("postgresql")
    with server.database() as uri:
        yield {"SQLALCHEMY_DATABASE_URI": uri}


@pytest.fixture
def app(
    tmp_path: Path, sandbox: SandboxServer, smtp: MailServer, database: dict[str, str], given: dict[str, str]
) -> Iterator[Flask]:
    """HubSync with a new database in a file, connected to nobody yet."""
    from hubsync.app import create_app  # tests of single floors do not load the whole house
    from tests.thrift import Tables

    usual = {
        "SECRET_KEY": "k" * 48,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "BASE_URL": BASE_URL,
        "HUBSPOT_CLIENT_ID": sandbox.settings.client_id,
        "HUBSPOT_CLIENT_SECRET": sandbox.settings.client_secret,
        "HUBSPOT_APP_URL": sandbox.url,
        "HUBSPOT_API_URL": sandbox.url,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(smtp.port),
        "MAIL_DEFAULT_SENDER": "HubSync <hubsync@acme.example>",
        "SCHEDULER": "off",
    }
    made = create_app(usual | database | given, instance_path=tmp_path / "instance")
    Tables.give(made)
    # The sandbox has no limits unless a test switches them on; that of searches HubSpot never tells of.
    made.extensions["hubsync"].places.allow_searches(1_000)
    yield made
    for thread in threading.enumerate():
        if thread.name in (THREAD_NAME, token_refresh.THREAD_NAME):
            thread.join()
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies; it asks for pages under the base URL."""
    made = app.test_client()
    made.environ_base["HTTP_HOST"] = "localhost:8000"
    return made
