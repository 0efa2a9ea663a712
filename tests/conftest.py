"""What most tests stand on: an app with an empty database, the HubSpot stand-in, a mail server, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.shared import SharedSandbox
from tests.kit import databases
from tests.kit.mail_server import MailServer
from tests.kit.sandboxes import sandbox_settings
from tests.kit.settings import make_settings

pytest_plugins = (
    "tests.canary_watch",
    "tests.kit.quick",
    "tests.kit.on_postgresql",
    "tests.kit.identity_providers",
)


@pytest.fixture
def given() -> dict[str, str]:
    """Settings that differ from the usual ones; a test module overrides this."""
    return {}


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[SharedSandbox]:
    shared = SharedSandbox(sandbox_settings())
    yield shared
    shared.stop()


@pytest.fixture
def sandbox(shared_sandbox: SharedSandbox) -> SandboxServer:
    """HubSpot's stand-in, which knows our app under the usual redirect URL."""
    return shared_sandbox.fresh()


@pytest.fixture(scope="session")
def shared_smtp() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def smtp(shared_smtp: MailServer) -> MailServer:
    """A mail server that keeps what it is given."""
    shared_smtp.reset()
    return shared_smtp


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    """A PostgreSQL server, for tests that need one."""
    with databases.server() as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings that name the test's own database: the usual one unless the test asks for another."""
    if getattr(request, "param", databases.USUAL) == "sqlite":
        return {}
    server: databases.Server = request.getfixturevalue("postgresql")
    return {"SQLALCHEMY_DATABASE_URI": server.emptied()}


@pytest.fixture(scope="module")
def own_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The settings that name a new database with all tables, for the tests of a module and their processes."""
    if getattr(request, "param", databases.USUAL) == "sqlite":
        from tests.kit.apps import file_with_tables

        file = tmp_path_factory.mktemp("database") / "hubsync.sqlite3"
        file.write_bytes(file_with_tables())
        yield {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"}
        return
    server: databases.Server = request.getfixturevalue("postgresql")
    with server.database() as uri:
        yield {"SQLALCHEMY_DATABASE_URI": uri}


@pytest.fixture(scope="session")
def shared_apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    # tests of single layers do not load the whole application
    from tests.kit.apps import SharedApps, folder_of_apps

    with folder_of_apps(tmp_path_factory.mktemp("apps")) as folder:
        yield SharedApps(folder)


@pytest.fixture
def app(
    shared_apps: Any,
    sandbox: SandboxServer,
    smtp: MailServer,
    database: dict[str, str],
    given: dict[str, str],
) -> Iterator[Flask]:
    """HubSync with an empty database in a file, connected to nobody yet."""
    from tests.kit.apps import close

    app = shared_apps.fresh(make_settings(hubspot=sandbox.url, mail_port=smtp.port) | database | given).app
    # The sandbox has no limits unless a test switches them on; that of searches HubSpot never tells of.
    app.extensions["hubsync"].call_reservations.allow_searches(1_000)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies; it asks for pages under the base URL."""
    made = app.test_client()
    made.environ_base["HTTP_HOST"] = "localhost:8000"
    return made
