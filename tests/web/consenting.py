"""The sandbox's consent page, answered as a person would, over its real pages."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask

from hubsync.sandbox.server import SandboxServer
from hubsync.services import connecting
from hubsync.store import rest
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.web.visitor import Visitor, words

PAGE = "/teams/acme/settings/integrations/hubspot"
ACME_ACCOUNT, HARBOUR_ACCOUNT = 1234567, 7654321


def answer_consent(leaving: str, answer: str = "connect", account: int = ACME_ACCOUNT) -> str:
    """Sign in at the sandbox, answer its consent page; return the address it sends the browser back to."""
    url = urlsplit(leaving)
    with requests.Session() as browser:
        browser.trust_env = False
        home = f"{url.scheme}://{url.netloc}"
        browser.post(f"{home}/sandbox/sign-in", data={"next": "/"}, timeout=10).raise_for_status()
        page = f"{home}/oauth/{account}/authorize?{url.query}"
        browser.get(page, timeout=10).raise_for_status()
        back = browser.post(page, data={"answer": answer}, allow_redirects=False, timeout=10)
    assert back.status_code == 302, back.text
    return back.headers["Location"]


def changed(address: str, **parameters: str | None) -> str:
    """The address with other values for *parameters*; None leaves one out."""
    url = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    merged = {name: value for name, value in {**query, **parameters}.items() if value is not None}
    return url._replace(query=urlencode(merged)).geturl()


def leave(visitor: Visitor, page: str = PAGE) -> str:
    """Press Connect; the address at HubSpot where the browser goes."""
    answer = visitor.post(f"{page}/connect", page=page)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"]


def kept(app: Flask, team: Team) -> Connection | None:
    """The team's connection as it is stored now."""
    with app.app_context():
        connection = connecting.find_connection(team.id)
        rest()
        return connection


def hubspot_calls(sandbox: SandboxServer) -> list[str]:
    """The calls that HubSpot got, oldest first."""
    log = requests.get(f"{sandbox.url}/sandbox/api/calls", timeout=10).json()["results"]
    return [f"{call['method']} {call['path']}" for call in sorted(log, key=lambda call: call["number"])]
