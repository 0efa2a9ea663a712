"""A whole installation over real sockets: HubSync, the HubSpot sandbox and its mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.app import create_app
from hubsync.services.signin import links as signin_links
from hubsync.services.teams import members
from hubsync.store import db
from tests.kit.apps import close
from tests.kit.listening import listening
from tests.kit.ports import free_port
from tests.kit.sandboxes import sandbox_settings
from tests.kit.settings import OWNER, make_settings
from tests.kit.upgraded import put_database


@dataclass
class Installation:
    """Where everything answers."""

    app: Flask
    url: str
    sandbox: SandboxServer

    def signin_link(self) -> str:
        with self.app.app_context():
            return signin_links.make_link(OWNER)

    def calls(self) -> list[str]:
        """The calls of the CRM since the last look, oldest first, as "METHOD path"."""
        log = f"{self.sandbox.url}/sandbox/api/calls"
        answer = requests.get(log, timeout=60).json()
        calls = answer["results"]
        requests.delete(log, timeout=60).raise_for_status()
        ordered = sorted(calls, key=lambda call: call["number"])
        return [f"{call['method']} {call['path']}" for call in ordered if "/crm/objects/" in call["path"]]

    def records(self, what: str) -> list[dict[str, Any]]:
        """What HubSpot holds, read over its API with a key of the test's own."""
        key = requests.post(f"{self.sandbox.url}/sandbox/api/service-keys", json={}, timeout=60).json()["token"]
        answer = requests.get(
            f"{self.sandbox.url}/crm/v3/objects/{what}",
            params={"limit": 100, "associations": "companies", "properties": "name,domain,email,lastname"},
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )
        requests.delete(f"{self.sandbox.url}/sandbox/api/calls", timeout=60).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def switch(self, **switches: Any) -> None:
        requests.put(f"{self.sandbox.url}/sandbox/api/settings", json=switches, timeout=60).raise_for_status()


@pytest.fixture
def installation(tmp_path: Path, database: dict[str, str], given: dict[str, str]) -> Iterator[Installation]:
    """With the settings that the test module gives, where it does."""
    port = free_port()
    url = f"http://localhost:{port}"
    settings = sandbox_settings(url, smtp_port=0)
    with SandboxServer(settings) as sandbox:
        app = create_app(
            # Wherever the rest is from, it answers at the address that it says it has.
            make_settings(hubspot=sandbox.url, mail_port=sandbox.smtp_port) | database | given | {"BASE_URL": url},
            instance_path=tmp_path / "instance",
        )
        if not database:
            put_database(tmp_path / "instance" / "hubsync.sqlite3")
        with app.app_context():
            members.create_team("Acme", OWNER, "premium")
        with listening(app, port):
            yield Installation(app, url, sandbox)
        close(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
