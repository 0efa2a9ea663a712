"""What the pages of signed webhooks tell a person to do at each sender."""

from __future__ import annotations

import pytest

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
def test_each_sender_has_its_own_steps(owner: Browser, preset: str, heading: str, told: str, secret: str) -> None:
    page = Tab(owner).open(SEVERAL).press("Add", sends=f"preset={preset}", name="").page
    assert words(page.select_one("h2")).startswith(f"How to let {heading} send here")
    panel = page.select_one("ol.steps").find_parent("section")
    assert told in words(panel)
    assert panel.select_one("#address") is not None
    assert panel.select_one(secret) is not None  # made here or entered here, as the sender wants it
