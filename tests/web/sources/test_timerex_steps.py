"""What the page of TimeRex tells a person to do there."""

from __future__ import annotations

import pytest
from flask import Flask, g, render_template

from hubsync.store.teams import Team
from tests.kit.page import read_page, words

STEPS = "sources/how_to/timerex.html"


@pytest.mark.parametrize(
    ("base_url", "is_reached"),
    [
        ("https://hubsync.acme.example", True),
        ("http://hubsync.acme.example", False),
        ("https://hubsync.acme.example:8443", False),
        ("http://localhost:8000", False),
    ],
)
def test_an_address_that_timerex_does_not_send_to_is_said(app: Flask, base_url: str, is_reached: bool) -> None:
    with app.test_request_context():
        g.team = Team(slug="acme")
        page = read_page(render_template(STEPS, address=f"{base_url}/intake/timerex/t", secret=""))
    warned = any("TimeRex sends only to https on port 443" in words(each) for each in page.select("[role=alert]"))
    assert warned is not is_reached
    assert ("nothing will arrive" in words(page)) is (warned and "localhost" not in base_url)
    assert ("stand-in for TimeRex can send here" in words(page)) is ("localhost" in base_url)
    assert len(page.select("ol.steps li")) == 5
    for told in ("Premium plan", "Team Settings > Integrations > Webhook", "My Space", "not found by comparison"):
        assert told in words(page)
