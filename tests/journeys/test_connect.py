"""An administrator connects and disconnects, at the sandbox's own sign-in, account and consent pages."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.slow
def test_connect_at_the_consent_page_and_disconnect_again(installation: Any, browser: Any) -> None:
    browser.open(installation.signin_link()).press("Sign in")
    browser.follow("Team Settings").follow("Integrations").follow("HubSpot")
    assert "Connected to" not in browser.text
    browser.press("Connect")
    assert browser.url.startswith(installation.sandbox.url)
    browser.press("Sign in").press("Choose account").press("Connect app")
    assert browser.url.startswith(installation.url)
    assert "Connected to" in browser.text
    assert "1234567" in browser.text
    browser.press("Disconnect") if any(
        each.text == "Disconnect" for each in browser.page.select("button")
    ) else browser.follow("Disconnect")
    browser.press("Disconnect")
    assert "Connected to" not in browser.text
