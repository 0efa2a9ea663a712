"""A whole installation over real sockets: HubSync, the HubSpot sandbox and its mailbox; and a person's browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

from hubspot_sandbox.server import SandboxServer
from hubsync.app import create_app
from hubsync.paths import FILES as ROOT
from hubsync.services.signin import links as signin_links
from hubsync.services.teams import members
from hubsync.store import db
from tests.kit.page import Element, read_page
from tests.kit.sandboxes import sandbox_settings
from tests.kit.settings import make_settings
from tests.ports import free_port

OWNER = "owner@acme.example"


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
        answer = requests.get(log, timeout=10).json()
        calls = answer["results"]
        requests.delete(log, timeout=10).raise_for_status()
        ordered = sorted(calls, key=lambda call: call["number"])
        return [f"{call['method']} {call['path']}" for call in ordered if "/crm/objects/" in call["path"]]

    def records(self, what: str) -> list[dict[str, Any]]:
        """What HubSpot holds, read over its API with a key of the test's own."""
        key = requests.post(f"{self.sandbox.url}/sandbox/api/service-keys", json={}, timeout=10).json()["token"]
        answer = requests.get(
            f"{self.sandbox.url}/crm/v3/objects/{what}",
            params={"limit": 100, "associations": "companies", "properties": "name,domain,email,lastname"},
            headers={"Authorization": f"Bearer {key}"},
            timeout=10,
        )
        requests.delete(f"{self.sandbox.url}/sandbox/api/calls", timeout=10).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def switch(self, **switches: Any) -> None:
        requests.put(f"{self.sandbox.url}/sandbox/api/settings", json=switches, timeout=10).raise_for_status()


class Browser:
    """A browser without JavaScript: follows links and redirects, fills in forms and presses their buttons."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self.url = ""
        self.page = read_page("<html></html>")
        self.status = 0

    def open(self, url: str) -> Browser:
        return self._show(self._session.get(urljoin(self.url, url), timeout=30))

    def _show(self, answer: requests.Response) -> Browser:
        self.url, self.status = answer.url, answer.status_code
        self.page = read_page(answer.text)
        for hidden in self.page.select("template"):  # a browser shows nothing of these
            hidden.remove()
        return self

    @property
    def text(self) -> str:
        return " ".join(self.page.get_text(" ").split())

    def follow(self, words: str) -> Browser:
        links = [link for link in self.page.select("a") if words in link.words]
        assert links, f"no link {words!r} on {self.url}: {self.text[:500]}"
        return self.open(str(links[0]["href"]))

    def press(self, words: str, *, sends: str = "", **fields: Any) -> Browser:
        """Press the first button with these *words*, with *fields* filled in by their names.

        *sends* is what the button itself sends, as "name=value", where words do not tell buttons apart.
        """
        buttons = [
            button
            for button in self.page.select("button, input")
            if words in " ".join(button.get_text(" ").split())
            and sends in ("", f"{button.get('name')}={button.get('value')}")
            and button.get("type", "submit") == "submit"
        ]
        assert buttons, f"no button {words!r} on {self.url}: {self.text[:500]}"
        button = buttons[0]
        form = button.find_parent("form") or self.page.select_one(f"form#{button.get('form')}")
        assert form is not None
        known = {str(each["name"]) for each in form.select("input, select, textarea") if each.get("name")}
        assert set(fields) <= known, f"{set(fields) - known} are no fields of this form, which has {known}"
        data = [pair for pair in _filled(form) if pair[0] not in fields]
        for name, value in fields.items():
            data += [(name, each) for each in (value if isinstance(value, list) else [value])]
        if button.get("name"):
            data.append((str(button["name"]), str(button.get("value", ""))))
        action = urljoin(self.url, str(button.get("formaction") or form.get("action") or self.url))
        if str(form.get("method", "get")).lower() == "get":
            return self._show(self._session.get(action, params=data, timeout=30))
        return self._show(self._session.post(action, data=data, headers={"Referer": self.url}, timeout=30))

    def option(self, words: str, select: str) -> str:
        """The value of the option with *words* in the select named *select*."""
        box = self.page.select_one(f"select[name={select}]")
        assert box is not None, f"no pull-down {select} on {self.url}"
        options = {each.words: str(each.get("value")) for each in box.select("option")}
        found = [value for text, value in options.items() if words in text]
        assert found, f"{words!r} is none of {sorted(options)}"
        return found[0]


def first_delivery(log: Element) -> str:
    """The address of the newest delivery on the page of all."""
    addresses = [str(link.get("href", "")) for link in log.select("a")]
    return next(each for each in addresses if re.search(r"/deliveries/\d+$", each))


def _filled(form: Element) -> list[tuple[str, str]]:
    """What a browser would send for the form as it stands."""
    found: list[tuple[str, str]] = []
    for each in form.select("input, select, textarea"):
        name, kind = each.get("name"), each.get("type", "text")
        if not name or each.has_attr("disabled") or kind in ("submit", "button"):
            continue
        if each.name == "select":
            chosen = each.select_one("option[selected]") or each.select_one("option")
            if chosen is not None:
                found.append((str(name), str(chosen.get("value", ""))))
        elif each.name == "textarea":
            found.append((str(name), each.get_text()))
        elif kind not in ("checkbox", "radio") or each.has_attr("checked"):
            found.append((str(name), str(each.get("value", "on" if kind == "checkbox" else ""))))
    return found


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    port = free_port()
    url = f"http://localhost:{port}"
    settings = sandbox_settings(url, smtp_port=0)
    with SandboxServer(settings) as sandbox:
        app = create_app(
            make_settings(hubspot=sandbox.url, mail_port=sandbox.smtp_port, BASE_URL=url),
            instance_path=tmp_path / "instance",
        )
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            members.create_team("Acme", OWNER, "premium")
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield Installation(app, url, sandbox)
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def browser() -> Browser:
    return Browser()
