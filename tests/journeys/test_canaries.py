"""No secret and no guest's answer reaches a log line, whatever the level, also when HubSpot fails."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
import requests

from tests.journeys.test_main_way import book, booking_page, calendar
from tests.kit.stored_bytes import everything_stored

__all__ = ["calendar"]

GUEST = ("Canary Guestname", "canary.guest@canarycompany.co.jp", "Canarycompany KK")


def secrets_of(installation: Any) -> set[str]:
    """Every secret that exists by now: the app's, HubSpot's tokens, and what the settings hold."""
    state = installation.sandbox.state
    kept = [*state.access_tokens.values(), *state.refresh_tokens.values()]
    return {token.token for token in kept} | {
        installation.app.config["SECRET_KEY"],
        installation.sandbox.settings.client_secret,
    }


@pytest.mark.slow
def test_neither_secrets_nor_guests_are_logged(
    installation: Any, browser: Any, calendar: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = booking_page(browser, calendar)
    book(browser, page, *GUEST)
    for fault in (
        {"action": "html", "status": 200},
        {"action": "drop", "when": "after", "method": "POST"},
        {"action": "status", "status": 401, "times": 2},
    ):
        requests.post(f"{installation.sandbox.url}/sandbox/api/faults", json=fault, timeout=60).raise_for_status()
        book(browser, page, GUEST[0], "other." + GUEST[1], "Another " + GUEST[2])
    down = {"action": "status", "status": 503, "times": None}
    requests.post(f"{installation.sandbox.url}/sandbox/api/faults", json=down, timeout=60).raise_for_status()
    browser.open(f"{installation.url}/teams/acme/settings/integrations/hubspot/disconnect").press("Disconnect")
    records = caplog.get_records("setup") + caplog.records
    loggers = {record.name.split(".")[0] for record in records}
    assert {"hubsync", "werkzeug"} <= loggers, "too little was logged: this test would not notice"
    told = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in records)
    found = {secret for secret in secrets_of(installation) if secret in told}
    assert found == set()
    assert re.findall("canary", told, re.IGNORECASE) == []
    assert "/signin/link/[hidden]" in told, "werkzeug did not log the sign-in link's page, or logged its token"
    assert "/integrations/hubspot/callback HTTP/" in told, "werkzeug did not log the callback, or its query"
    assert re.findall(r"/signin/link/[\w-]{9}|callback\?\w", told) == []


@pytest.mark.slow
def test_the_database_holds_no_token_in_the_clear(installation: Any, browser: Any, calendar: str) -> None:
    raw = everything_stored(installation.app)
    assert b"connected" in raw
    assert [secret for secret in secrets_of(installation) if secret.encode() in raw] == []
