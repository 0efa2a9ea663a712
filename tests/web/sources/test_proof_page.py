"""How a sender proves itself, as a team says it on the page, and what the page says of it."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import end_read
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.tab import Tab

SOURCE = SOURCES["signed_webhook"]
PAGE = "/teams/acme/settings/integrations/signed-webhook/1"
PROOF = f"{PAGE}/proof"


@pytest.fixture
def tab(app: Flask, team: Team, owner: Browser) -> Tab:
    with app.app_context():
        endpoint_setup.add_endpoint(team.id, SOURCE.name, options={"preset": "another"}, secret="kept here")
    return Tab(owner).open(PAGE).follow("How the sender proves itself")


def request(tab: Tab) -> str:
    return str(tab.page.select_one("pre.request").get_text())


def test_what_is_said_of_the_signature_is_what_is_asked_for(app: Flask, team: Team, tab: Tab) -> None:
    assert "X-Signature: " in request(tab)
    tab.press(
        "Save",
        **{
            "proof-header": "X-Acme-Signature",
            "proof-prefix": "sha256=",
            "proof-encoding": "base64",
            "proof-signed": "t.body",
            "proof-time_header": "X-Acme-Time",
        },
    )
    assert "Saved." in tab.text
    assert "X-Acme-Signature: sha256=" in request(tab)
    assert "X-Acme-Time: " in request(tab)
    assert tab.page.select_one("#proof-prefix")["value"] == "sha256="
    with app.app_context():
        shown = endpoints.list_endpoints(team.id)[0]
        end_read()
    source = endpoints.configured(SOURCE, shown.options)
    body = json.dumps({"mail": "mika@acme.co.jp"}).encode()
    path = shown.address.removeprefix("http://localhost:8000")
    for secret, status in (("kept here", 422), ("another", 401)):
        webhook = source.prove(secret, body, now())
        answer = app.test_client().post(
            path, base_url="http://localhost:8000", data=body, headers=dict(webhook.headers)
        )
        assert answer.status_code == status  # 422 asks for what it was taught by: the proof fits


def test_what_cannot_be_is_said_at_its_field_and_not_kept(tab: Tab) -> None:
    tab.press("Save", **{"proof-header": "X Y", "proof-tolerance_seconds": "soon"})
    assert tab.status == 422
    assert words(tab.page.select_one("#proof-header-error")) == "may have letters, digits, - and _ only"
    assert "a whole number from 10 to 86400" in words(tab.page.select_one("#proof-tolerance_seconds-error"))
    assert tab.page.select_one("#proof-header")["value"] == "X Y"
    assert "X-Signature: " in request(tab)
    tab.press("Save", **{"proof-header": "X-Y", "proof-tolerance_seconds": "60", "proof-signed": "t.body"})
    assert words(tab.page.select_one("#proof-time_header-error")).startswith("is needed")
    assert tab.page.select_one("[data-field=time_header] .optional") is None


def test_a_secret_in_the_address_is_warned_of_and_shown_once_with_it(tab: Tab) -> None:
    tab.press("Save", **{"proof-carrier": "secret_address", "proof-param": "key"})
    assert "Nothing is signed" in tab.text
    assert "?key=SECRET" in request(tab)
    assert "kept here" not in str(tab.page)
    tab.open(PAGE)
    assert "whoever sees the address with its secret" in tab.text
    made = tab.open(f"{PAGE}/secret").press("Make a new secret")
    whole = str(made.page.select_one("#secret")["value"])
    assert "/intake/webhook/" in whole
    assert len(whole.partition("?key=")[2]) > 20
    assert whole.partition("?key=")[2] not in str(tab.open(PAGE).page)


def test_what_was_said_is_taken_back_to_the_presets_own(app: Flask, team: Team, owner: Browser) -> None:
    taught = {"preset": "typeform", "teaching": {"version": 1, "email": [["mail"]]}}
    with app.app_context():
        endpoint_setup.add_endpoint(team.id, SOURCE.name, options=taught, secret="kept here")
    tab = Tab(owner).open(PROOF)
    usual = request(tab)
    assert "Back to what is usual" not in tab.text
    tab.press("Save", **{"proof-header": "X-Acme-Signature"})
    assert "This differs from what HubSync knows of Typeform." in tab.text
    assert "X-Acme-Signature" in request(tab)
    tab.press("Back to what is usual")
    assert "It is as usual again." in tab.text
    assert "Back to what is usual" not in tab.text
    assert request(tab) == usual
    with app.app_context():
        assert endpoints.list_endpoints(team.id)[0].options == taught


def test_what_was_saved_as_it_is_usual_differs_in_nothing(tab: Tab) -> None:
    tab.open(PROOF).press("Save")
    assert "Back to what is usual" not in tab.text
