"""An address that another version of HubSync has set up: its page says so, and what can be done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sources import IntakeEndpoint
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.tab import Tab

SOURCE = SOURCES["signed_webhook"]
INTEGRATIONS = "/teams/acme/settings/integrations"
PAGE = f"{INTEGRATIONS}/signed-webhook/1"
LATER: tuple[dict[str, Any], ...] = (
    {"preset": "tally", "teaching": {"version": 2, "places": {}}},
    {"preset": "a later one"},
    {"preset": ["a", "list"]},
)


@pytest.fixture(params=LATER, ids=["teaching", "preset", "shape"])
def address(request: pytest.FixtureRequest, app: Flask, team: Team) -> str:
    """Where its sender posts."""
    with app.app_context():
        endpoint_setup.add_endpoint(team.id, SOURCE.name, options=request.param, secret="the sender's own")
        shown = endpoints.list_endpoints(team.id, SOURCE.name)[0]
        end_read()
    return shown.address


def test_its_page_says_what_is_wrong_and_sets_it_up_anew(app: Flask, owner: Browser, address: str) -> None:
    tab = Tab(owner).open(PAGE)
    assert "Set up by another version of HubSync" in tab.text
    assert tab.page.select_one("#address")["value"] == address
    for below in ("teach", "proof", "sample", "secret", "received.json"):
        answer = owner.get(f"{PAGE}/{below}")
        assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert "not understood" in words(owner.open(INTEGRATIONS))
    tab.press("Set it up anew", preset="tally")
    assert "The address is set up anew." in tab.text
    assert tab.page.select_one("#address")["value"] == address
    assert "Tally" in tab.text
    body = json.dumps({"eventType": "SOMETHING_ELSE"}).encode()
    with app.app_context():
        shown = endpoints.list_endpoints(1, SOURCE.name)[0]
        end_read()
    proof = endpoints.configured(SOURCE, shown.options).prove("the sender's own", body, now())
    answer = app.test_client().post(address, data=body, headers=dict(proof.headers))
    assert answer.status_code == 200  # the secret has stayed


@pytest.mark.parametrize("address", LATER[:1], indirect=True)
def test_it_can_be_switched_off_and_on(owner: Browser, address: str) -> None:
    tab = Tab(owner).open(f"{PAGE}/disable").press("Disable")
    assert "Switched off" in tab.text
    assert "Set up by another version of HubSync" in tab.press("Enable").text


def test_what_is_understood_is_not_set_up_anew(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        endpoint_setup.add_endpoint(team.id, SOURCE.name, options={"preset": "tally"})
    assert owner.post(f"{PAGE}/anew", page=PAGE, preset="another").status_code == 302
    with app.app_context():
        assert db.session.query(IntakeEndpoint).one().options == {"preset": "tally"}


def test_an_address_of_a_source_that_is_not_here_keeps_no_page_from_being_shown(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context(), write_transaction() as session:
        session.add(IntakeEndpoint(team_id=team.id, source="a later one", token="t" * 32, created_at=now()))
    assert SOURCE.label in words(owner.open(INTEGRATIONS))
