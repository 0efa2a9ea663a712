"""Somebody's browser: cookies of its own, and forms sent with the token of a page it has open."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from hubsync.services.signin import links
from hubsync.services.teams import members
from hubsync.store.teams import Team
from tests.kit.page import Element, read_page

BASE_URL = "http://localhost:8000"
OWNER = "owner@acme.example"


class Visitor:
    """Opens pages and sends their forms; no JavaScript runs."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, base_url=BASE_URL, **more)

    def open(self, address: str) -> Element:
        answer = self.get(address)
        assert answer.status_code == 200, answer.text[:1000]
        return read_page(answer.text)

    def token(self, page: str = "/signin") -> str:
        """The form token on *page*, for this browser's session."""
        return str(self.open(page).select_one("input[name=csrf_token]")["value"])

    def post(self, address: str, page: str = "/signin", **fields: str) -> TestResponse:
        """Send a form with the token that *page* carries."""
        return self.client.post(address, base_url=BASE_URL, data={"csrf_token": self.token(page), **fields})

    def sign_in(self, email: str = OWNER) -> Visitor:
        """Sign in with a link, as a person does; afterwards /signin is no page with a form any more."""
        secret = "the secret of this browser"
        with self.client.session_transaction(base_url=BASE_URL) as session:
            session["asking"] = secret
        with self.app.app_context():
            link = links.make_link(email, browser_secret=secret)
        answer = self.post(link, page=link)
        assert answer.status_code == 302, answer.text[:1000]
        return self


def found(app: Flask, name: str = "Acme", owner: str = OWNER, plan: str = "premium") -> Team:
    """A team with its owner."""
    with app.app_context():
        return members.create_team(name, owner, plan)


def words(answer: TestResponse | Element) -> str:
    """What a person reads on the page."""
    shown = answer if isinstance(answer, Element) else read_page(answer.text)
    return " ".join(shown.get_text(" ").split())
