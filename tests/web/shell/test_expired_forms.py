"""A form that comes after its token or session ended: what was typed is kept and sent again with one press."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import Element, read_page, words
from tests.kit.settings import BASE_URL

PAGE = "/teams/acme/settings"
FORM = f"{PAGE}/name"
OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {"name": 'Acme & Sons\r\n"Ltd"', "plan": "premium"}


def send(visitor: Browser, fields: dict[str, Any], headers: dict[str, str], address: str = FORM) -> TestResponse:
    return visitor.client.post(address, base_url=BASE_URL, data=fields, headers=headers)


def form_of(answer: TestResponse) -> Element | None:
    return read_page(answer.text).select_one("main form")


def fields_of(answer: TestResponse) -> dict[str, str]:
    form = form_of(answer)
    assert form is not None, words(answer)
    return {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}


def test_what_was_typed_is_sent_again_with_one_press(owner: Browser, app: Flask, team: Team) -> None:
    typed = {"name": "Acme of Kyoto", "more": "of it"}
    stale = send(owner, {**typed, "csrf_token": "of yesterday"}, OURS)
    assert stale.status_code == 400
    assert "open for too long" in words(stale)
    assert stale.headers["Cache-Control"] == "no-store"
    again = fields_of(stale)
    assert {name: again[name] for name in typed} == typed
    assert str(form_of(stale)["action"]) == FORM  # type: ignore[index]
    assert send(owner, again, OURS).status_code == 302
    assert "Acme of Kyoto" in words(owner.get(PAGE))


def test_every_value_comes_back_as_it_was(owner: Browser) -> None:
    fields = {"row": ["a", "b"], "text": "<b>&amp;\"'\r\n次"}
    stale = send(owner, {**fields, "csrf_token": "x"}, OURS, f"{FORM}?from=a%26b")
    form = form_of(stale)
    assert form is not None
    kept = [(str(field["name"]), str(field["value"])) for field in form.select("input[type=hidden]")]
    assert [pair for pair in kept if pair[0] != "csrf_token"] == [
        ("row", "a"),
        ("row", "b"),
        ("text", "<b>&amp;\"'\n次"),  # browsers, too, read every line break as \n and send it as \r\n
    ]
    assert form["action"] == f"{FORM}?from=a%26b"


def test_somebody_signed_out_meanwhile_is_told_and_goes_on_after_signing_in(owner: Browser, app: Flask) -> None:
    token = owner.token(PAGE)
    owner.post("/signout", page=PAGE)
    stale = send(owner, {"name": "Acme of Kyoto", "csrf_token": token}, OURS)
    assert stale.status_code == 400
    assert "You are signed out" in words(stale)
    link = read_page(stale.text).select_one("main a[target=_blank]")
    assert link is not None
    assert link["href"] == "/signin"
    kept = fields_of(stale)
    owner.sign_in()
    once_more = send(owner, kept, OURS)  # the session is a new one, and so is its token
    assert "open for too long" in words(once_more)
    assert send(owner, fields_of(once_more), OURS).status_code == 302
    assert "Acme of Kyoto" in words(owner.get(PAGE))


def test_a_session_that_ended_elsewhere_loses_nothing(owner: Browser, app: Flask) -> None:
    """The token is still good, but the person's sessions were ended in another browser."""
    token = owner.token(PAGE)
    other = Browser(app).sign_in()
    other.post("/account/sessions/end-others", page="/account")
    stale = send(owner, {"name": "Acme of Kyoto", "csrf_token": token}, OURS)
    assert "You are signed out" in words(stale)
    assert fields_of(stale)["name"] == "Acme of Kyoto"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost:8001"}],
)
def test_what_another_site_sent_is_not_offered(owner: Browser, headers: dict[str, str]) -> None:
    stale = send(owner, {"name": "Evil", "csrf_token": "x"}, headers)
    assert stale.status_code == 400
    assert form_of(stale) is None
    assert "Evil" not in stale.text


def test_where_the_browser_says_nothing_the_origin_tells(owner: Browser) -> None:
    stale = send(owner, {"name": "Acme of Kyoto", "csrf_token": "x"}, {"Origin": BASE_URL})
    assert fields_of(stale)["name"] == "Acme of Kyoto"


def test_a_service_key_is_not_repeated(owner: Browser) -> None:
    address = "/teams/acme/settings/integrations/hubspot/service-key"
    stale = send(owner, {"key": "pat-na1-secret", "csrf_token": "x"}, OURS, address)
    assert stale.status_code == 400
    assert "pat-na1-secret" not in stale.text
    assert "This form is no longer valid" in words(stale)


def test_a_page_that_is_merely_opened_leads_to_signing_in(app: Flask, team: Team) -> None:
    answer = Browser(app).get(PAGE, headers=OURS)
    assert (answer.status_code, answer.location) == (302, "/signin")
