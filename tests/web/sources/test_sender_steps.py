"""What the pages of signed webhooks tell a person to do at each sender."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask

from hubsync.services.sources import endpoint_setup
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.tab import Tab

SEVERAL = "/teams/acme/settings/integrations/signed-webhook"


@pytest.mark.parametrize(
    ("preset", "heading", "told", "secret"),
    [
        ("typeform", "Typeform", "Connect > Webhooks", "#secret"),
        ("tally", "Tally", "Integrations tab", "#secret"),
        ("opnform", "OpnForm", "tries once", "#secret"),
        ("another", "a form or a scheduler", "Let it sign", "#secret"),
        ("formbricks", "Formbricks", "Response Finished alone", "#entered-secret"),
        ("savvycal", "SavvyCal", "Settings > Integrations", "#entered-secret"),
        ("zoom", "Zoom Scheduler", "press Validate", "#entered-secret"),
        ("jicoo", "Jicoo", "Pro plan", "#entered-secret"),
    ],
)
@pytest.mark.quick_cases(4)
def test_each_sender_has_its_own_steps(owner: Browser, preset: str, heading: str, told: str, secret: str) -> None:
    page = Tab(owner).open(SEVERAL).press("Add", sends=f"preset={preset}", name="").page
    assert words(page.select_one("h2")).startswith(f"How to let {heading} send here")
    panel = page.select_one("ol.steps").find_parent("section")
    assert told in words(panel)
    assert panel.select_one("#address") is not None
    assert panel.select_one(secret) is not None  # made here or entered here, as the sender wants it


def test_a_secret_in_the_address_is_shown_in_it_once_with_a_warning(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context():
        options = {"preset": "another", "scheme": {"carrier": "secret_address", "param": "key"}}
        endpoint_setup.add_endpoint(team.id, "signed_webhook", options=options)
    later = Tab(owner).open(f"{SEVERAL}/1")
    assert "then ?key= and the secret" in words(later.page)
    assert "whoever sees the address" in words(later.page.select_one("ol.steps").find_parent("section"))
    shown = later.open(f"{SEVERAL}/1/secret").press("Make a new secret").page
    address = urlsplit(str(shown.select_one("#secret")["value"]))
    answer = app.test_client().post(f"{address.path}?{address.query}", json={}, base_url="http://localhost:8000")
    assert answer.status_code == 422  # it is proved, and nobody taught its fields
    assert app.test_client().post(address.path, json={}, base_url="http://localhost:8000").status_code == 401
