"""Whom to tell of a fault in the safety of an installation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from hubsync.config.environment import SettingsRefused, read_settings
from hubsync.services import now
from tests.kit.browser import Browser
from tests.kit.settings import change_settings, make_settings

ADDRESS = "/.well-known/security.txt"


def test_contacts_are_told_in_their_order_with_a_date_that_is_not_over(app: Flask) -> None:
    given = make_settings(SECURITY_CONTACT="it@acme.example, https://acme.example/security,tel:+81-3-1234-5678")
    change_settings(app, security_contact=read_settings(given).security_contact)
    answer = Browser(app).get(ADDRESS)
    lines = [line.split(": ", 1) for line in answer.text.splitlines()]
    assert [value for name, value in lines if name == "Contact"] == [
        *("mailto:it@acme.example", "https://acme.example/security", "tel:+81-3-1234-5678"),
    ]
    told = dict(lines)
    assert answer.mimetype == "text/plain"
    assert told["Canonical"] == f"http://localhost:8000{ADDRESS}"
    assert (
        f"{now() + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
        < told["Expires"]
        < (f"{now() + timedelta(days=365):%Y-%m-%dT%H:%M:%SZ}")
    )


def test_without_a_contact_there_is_no_such_page(app: Flask) -> None:
    assert Browser(app).get(ADDRESS).status_code == 404


@pytest.mark.parametrize(
    "text", ["it@", "http://acme.example", "javascript:alert(1)", "tel:1\nContact: x", "Mika"]
)
def test_what_is_no_contact_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(SettingsRefused, match="HUBSYNC_SECURITY_CONTACT must be"):
        read_settings(make_settings(SECURITY_CONTACT=text))
