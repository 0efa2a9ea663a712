"""Somebody's browser: cookies of its own, forms, buttons. No JavaScript runs.

It is Flask's test client, before HubSync itself or before a socket.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urljoin

from flask import Flask
from flask.sessions import SessionMixin
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hubsync.services.people.sessions import start_session
from hubsync.services.signin import links
from hubsync.store import db, write_transaction
from hubsync.store.people import Person
from tests.kit.forms import (
    Pairs,
    by_name,
    change_fields,
    fields_of,
    filled,
    find_button,
    form_of,
    form_token,
    sent_by,
)
from tests.kit.page import Element, page_of
from tests.kit.settings import BASE_URL, OWNER
from tests.kit.sockets import SocketApp

SIGN_IN = "/signin"


class Browser:
    """Opens pages and sends their forms, with the token of a page that it has open.

    With an *app* every address is the app's. Without one, addresses are whole and are asked over a socket; what
    looks behind the pages, `session` and `sign_in`, needs the app.
    """

    def __init__(self, app: Flask | None = None, *, cookies: bool = True, signed_in: str = "") -> None:
        self.app = app or SocketApp()
        self._base_url = BASE_URL if app else None
        self.client = FlaskClient(self.app, self.app.response_class, use_cookies=cookies)
        self.client.environ_base = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": BASE_URL.removeprefix("http://")}
        self._token: tuple[str, str] | None = None
        if signed_in:
            with self.session() as session:
                session["signed_in"] = signed_in

    def session(self) -> AbstractContextManager[SessionMixin]:
        """What the browser's session cookie holds; it can be changed inside `with`."""
        return self.client.session_transaction(base_url=BASE_URL)

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, base_url=self._base_url or urljoin(address, "/"), **more)

    def open(self, address: str, **more: Any) -> Element:
        """The page at this address, which must be there."""
        return page_of(self.get(address, **more))

    def token(self, page: str = SIGN_IN) -> str:
        """The form token on *page*, for this browser's session."""
        answer = self.get(page)
        token = form_token(answer.text)
        assert answer.status_code == 200, answer.text[:1000]
        assert token is not None, f"no form on {page}"
        return token

    def post(self, address: str, page: str = SIGN_IN, **fields: Any) -> TestResponse:
        """Send a form with the token that *page* carries, or one that was open before: a session has one token."""
        return self.send(address, {"csrf_token": self._open_token(page), **fields})

    def _open_token(self, page: str) -> str:
        with self.session() as session:
            secret = session.get("csrf_token")
        if page == SIGN_IN or self._token is None or self._token[0] != secret:
            token = self.token(page)
            with self.session() as session:
                self._token = session["csrf_token"], token
        return self._token[1]

    def send(self, address: str, fields: Any, **more: Any) -> TestResponse:
        """Send exactly these fields: a dictionary, or pairs of which several may have one name."""
        data = by_name(fields) if isinstance(fields, list) else fields
        return self.client.post(address, data=data, base_url=self._base_url or urljoin(address, "/"), **more)

    def submit(self, where: Element, button: str = "", **changed: Any) -> TestResponse:
        """Press the button of a form or a page that has these words, with *changed* fields."""
        return self.push(find_button(where, button), changed)

    def push(self, button: Element, changed: Mapping[str, Any], page: str = "") -> TestResponse:
        """Send the button's form with *changed* fields; *page* is the address that it was found at."""
        form = form_of(button)
        action = urljoin(page, str(button.get("formaction") or form.get("action") or page))
        assert action, f"the form of {button.words!r} is sent to its page, and which that is was not said"
        fields = change_fields(fields_of(form), changed) + sent_by(button)
        if str(form.get("method", "get")).lower() == "post":
            return self.send(action, fields, headers={"Referer": page} if page else {})
        return self.get(action.partition("?")[0], query_string=by_name(fields))  # which takes the query's place

    def press(self, address: str, button: tuple[str, str] | None = None, **changed: Any) -> TestResponse:
        """Open the page, fill in its last form as *changed* says and send it with what *button* sends."""
        fields: Pairs = change_fields(filled(self.open(address)), changed)
        return self.send(address, [*fields, *([button] if button else [])])

    def sign_in_by_link(self, email: str = OWNER) -> Browser:
        """Sign in as a person does, by the page that a mailed link leads to."""
        secret = "the secret of this browser"
        with self.session() as session:
            session["asking"] = secret
        with self.app.app_context():
            link = links.make_link(email, browser_secret=secret)
        answer = self.send(link, {"csrf_token": self.token(link)})
        assert answer.status_code == 302, answer.text[:1000]
        return self

    def sign_in(self, email: str = OWNER) -> Browser:
        """Sign in whoever has this address; the tests of signing in go the whole way."""
        with self.app.app_context(), write_transaction() as session:
            person_id = session.scalars(select(Person.id).where(Person.email == email)).one()
            token = start_session(session, person_id)
        with self.app.app_context():
            db.session.remove()
        with self.session() as kept:
            kept.clear()
            kept["signed_in"] = token
        return self
