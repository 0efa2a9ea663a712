"""Signing in at a provider in a real browser, whose policy for forms would stop the way there without a word."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from hubsync.identity import GOOGLE, Proof
from hubsync.services.signin import identities
from hubsync.services.teams import members
from hubsync.store import db
from hubsync.store.people import Person
from tests.browser.conftest import Visitor
from tests.kit.identity_provider import Answer, Proxy
from tests.kit.provider_signin import registered

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OWNER = "owner@acme.example"


@pytest.fixture
def given(given: dict[str, str], google: Proxy, another: Proxy) -> dict[str, str]:
    return given | registered(google, None, another)


@pytest.fixture
def known(app: Flask, google: Proxy) -> str:
    """A subject at Google that is the owner's."""
    with app.app_context():
        members.create_team("Acme", OWNER, "premium")
        person_id = db.session.query(Person.id).filter_by(email=OWNER).scalar()
        db.session.rollback()
        identities.link(person_id, Proof(GOOGLE, google.url, "g-owner", OWNER))
    google.knows("g-owner", email=OWNER)
    return "g-owner"


def forget_missing_pieces(visitor: Visitor) -> None:
    """The provider's own page asks for an icon and styles that are not on this machine."""
    visitor.complaints[:] = [each for each in visitor.complaints if "Failed to load resource" not in each]


def test_the_button_leads_to_the_provider_and_back_in(visitor: Visitor, google: Proxy, known: str) -> None:
    page = visitor.open("/teams/acme/settings")
    page.get_by_role("button", name="Continue with Google").click()
    page.wait_for_url(f"{google.url}/oauth2/authorize?**")
    page.locator("input[name=sub]").fill(known)
    page.locator("input[name=sub]").press("Enter")
    expect(page).to_have_url(f"{visitor.url}/teams/acme/settings")
    forget_missing_pieces(visitor)


def test_declining_there_says_so_here(visitor: Visitor, google: Proxy, known: str) -> None:
    page = visitor.open("/signin")
    page.get_by_role("button", name="Continue with Google").click()
    page.wait_for_url(f"{google.url}/oauth2/authorize?**")
    state = page.url.split("state=")[1].split("&")[0]
    page.goto(f"{visitor.url}/signin/google/callback?error=access_denied&state={state}")
    expect(page).to_have_url(f"{visitor.url}/signin")
    expect(page.get_by_role("alert")).to_contain_text("You declined at Google. Nothing has changed.")
    forget_missing_pieces(visitor)


def test_a_provider_whose_page_is_on_another_host_is_reached_all_the_same(
    visitor: Visitor, google: Proxy, another: Proxy, known: str
) -> None:
    elsewhere = f"{google.url}/oauth2/authorize".replace("127.0.0.1", "localhost")
    another.document = lambda document: document.update(authorization_endpoint=elsewhere)
    page_there = b'<title>Sign in at Acme</title><link rel="icon" href="data:,">'
    google.answers["/oauth2/authorize"] = Answer(200, page_there, {"Content-Type": "text/html"})
    page = visitor.open("/signin")
    page.get_by_role("button", name="Continue with Acme Login").click()
    expect(page).to_have_title("Sign in at Acme")
