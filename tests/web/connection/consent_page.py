"""The sandbox's consent page, answered as a person would, over its real pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask
from werkzeug.test import TestResponse

from hubspot_sandbox.server import SandboxServer
from hubsync.services.teams import audit
from hubsync.store import db, end_read
from hubsync.store.connections import Connection, ParkedConnection, connection_of
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import Element, words
from tests.kit.settings import BASE_URL

PAGE = "/teams/acme/settings/integrations/hubspot"
ACME_ACCOUNT, HARBOUR_ACCOUNT = 1234567, 7654321


def answer_consent(leaving: str, answer: str = "connect", account: int = ACME_ACCOUNT) -> str:
    """Sign in at the sandbox, answer its consent page; return the address it sends the browser back to."""
    url = urlsplit(leaving)
    with requests.Session() as browser:
        browser.trust_env = False
        home = f"{url.scheme}://{url.netloc}"
        browser.post(f"{home}/sandbox/sign-in", data={"next": "/"}, timeout=60).raise_for_status()
        page = f"{home}/oauth/{account}/authorize?{url.query}"
        browser.get(page, timeout=60).raise_for_status()
        back = browser.post(page, data={"answer": answer}, allow_redirects=False, timeout=60)
    assert back.status_code == 302, back.text
    return back.headers["Location"]


def changed(address: str, **parameters: str | None) -> str:
    """The address with other values for *parameters*; None leaves one out."""
    url = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    merged = {name: value for name, value in {**query, **parameters}.items() if value is not None}
    return url._replace(query=urlencode(merged)).geturl()


def leave(visitor: Browser, page: str = PAGE) -> str:
    """Press Connect; the address at HubSpot where the browser goes."""
    answer = visitor.post(f"{page}/connect", page=page)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"]


def come_back(visitor: Browser, page: str = PAGE, account: int = ACME_ACCOUNT) -> TestResponse:
    """Press Connect, choose the account and confirm at HubSpot, and come back with its answer."""
    return visitor.get(answer_consent(leave(visitor, page), account=account))


def parked_in(app: Flask, team: Team) -> ParkedConnection | None:
    """What the team has parked, expired or not."""
    with app.app_context():
        parked = db.session.query(ParkedConnection).filter_by(team_id=team.id).one_or_none()
        end_read()
        return parked


def make_key(sandbox: SandboxServer, scopes: tuple[str, ...] = (), account: int = ACME_ACCOUNT) -> str:
    """A service key of the account; with every permission when none are named."""
    made = requests.post(
        f"{sandbox.url}/sandbox/api/service-keys", json={"scopes": list(scopes), "account": account}, timeout=10
    )
    assert made.ok, made.text
    return str(made.json()["token"])


def enter_key(visitor: Browser, key: str, page: str = PAGE) -> TestResponse:
    return visitor.post(f"{page}/service-key", page=f"{page}/service-key", key=key)


def answer_question(visitor: Browser, answer: str, page: str = PAGE) -> TestResponse:
    """Press the button ``use`` or ``keep`` of the question about another account, as it is shown now."""
    address = f"{page}/another-account"
    return visitor.client.post(
        f"{address}/{answer}", base_url=BASE_URL, data=question_fields(visitor.open(address), answer)
    )


def question_fields(shown: Element, answer: str) -> dict[str, str]:
    """What the form of that button sends."""
    form = shown.select_one(f"form[action$='/another-account/{answer}']")
    assert form is not None
    return {str(each["name"]): str(each["value"]) for each in form.select("input")}


def live_refresh_tokens(sandbox: SandboxServer, account: int) -> list[str]:
    """The refresh tokens of the account that HubSpot calls active when it is asked."""
    issued = [each.token for each in sandbox.state.refresh_tokens if each.account_id == account]
    return [token for token in issued if is_active(sandbox, token, "refresh_token")]


def is_active(sandbox: SandboxServer, token: str, hint: str) -> bool:
    """What HubSpot's introspection says of the token."""
    form = {
        "client_id": sandbox.settings.client_id,
        "client_secret": sandbox.settings.client_secret,
        "token": token,
        "token_type_hint": hint,
    }
    answer = requests.post(f"{sandbox.url}/oauth/2026-09/token/introspect", data=form, timeout=60)
    assert answer.ok, answer.text
    return bool(answer.json()["active"])


def trail(app: Flask, team: Team) -> list[tuple[str, dict[str, Any]]]:
    """The audit trail of the team, oldest first: what was done, with its details."""
    with app.app_context():
        found = [(each.action, each.details) for each in audit.read_trail(team.id, 100)]
        end_read()
        return found[::-1]


def fault(sandbox: SandboxServer, **rule: object) -> None:
    """Let HubSpot fail."""
    assert requests.post(f"{sandbox.url}/sandbox/api/faults", json=rule, timeout=60).ok


def clear_faults(sandbox: SandboxServer) -> None:
    requests.delete(f"{sandbox.url}/sandbox/api/faults", timeout=60).raise_for_status()


def forget_calls(sandbox: SandboxServer) -> None:
    requests.delete(f"{sandbox.url}/sandbox/api/calls", timeout=60).raise_for_status()


def kept(app: Flask, team: Team) -> Connection | None:
    """The team's connection as it is stored now."""
    with app.app_context():
        connection = connection_of(team.id)
        end_read()
        return connection


def hubspot_calls(sandbox: SandboxServer) -> list[str]:
    """The calls that HubSpot got, oldest first."""
    log = requests.get(f"{sandbox.url}/sandbox/api/calls", timeout=60).json()["results"]
    return [f"{call['method']} {call['path']}" for call in sorted(log, key=lambda call: call["number"])]
