"""The sign-in page with providers and without; and where the browser lets its forms end."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.config import settings
from hubsync.store.teams import Team
from tests.kit.identity_provider import Proxy
from tests.kit.page import Element, words
from tests.kit.provider_signin import Guest, guest, registered
from tests.kit.settings import BASE_URL

__all__ = ["guest"]


def buttons(page: Element) -> list[str]:
    return [" ".join(button.get_text().split()) for button in page.select("main form button")]


def form_action(guest: Guest) -> list[str]:
    policy = guest.get("/signin").headers["Content-Security-Policy"]
    (found,) = [part.split()[1:] for part in policy.split(";") if part.split()[0] == "form-action"]
    return found


class TestWithBoth:
    @pytest.fixture
    def given(self, google: Proxy, microsoft: Proxy) -> dict[str, str]:
        return registered(google, microsoft)

    def test_the_providers_come_before_the_e_mail_link(self, guest: Guest) -> None:
        page = guest.open("/signin")
        assert buttons(page) == ["Continue with Google", "Continue with Microsoft", "Mail me a sign-in link"]
        assert page.select_one(".or").get_text() == "or"
        assert len(page.select(".btn-primary")) == 1
        assert page.select("[autofocus]") == []

    def test_forms_may_end_at_both_and_nowhere_else(
        self, guest: Guest, google: Proxy, microsoft: Proxy, app: Flask
    ) -> None:
        assert form_action(guest) == ["'self'", settings(app).hubspot_app_url, google.url, microsoft.url]

    def test_the_button_leads_where_the_policy_allows(self, guest: Guest, google: Proxy) -> None:
        assert guest.leave("google").startswith(google.url + "/")

    def test_somebody_who_is_signed_in_is_not_asked_to_sign_in(self, guest: Guest) -> None:
        guest.sign_in()
        assert guest.get("/signin").status_code == 302

    @pytest.mark.parametrize("address", ["/signin", "/signin/google/callback", "/signin/confirm/xxxxxxxxxxxxxxxx"])
    def test_no_browser_keeps_these_pages(self, guest: Guest, address: str) -> None:
        assert guest.get(address).headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("provider", ["hubspot", "GOOGLE", "x"])
    def test_there_is_no_other_provider(self, guest: Guest, provider: str) -> None:
        assert guest.post(f"/signin/{provider}").status_code == 404
        assert guest.get(f"/signin/{provider}/callback").status_code == 404


class TestWithGoogleOnly:
    @pytest.fixture
    def given(self, google: Proxy) -> dict[str, str]:
        return registered(google, None)

    def test_microsoft_has_no_button_and_no_way(self, guest: Guest, google: Proxy, app: Flask) -> None:
        assert buttons(guest.open("/signin")) == ["Continue with Google", "Mail me a sign-in link"]
        assert form_action(guest) == ["'self'", settings(app).hubspot_app_url, google.url]
        assert guest.post("/signin/microsoft").status_code == 404
        assert guest.get("/signin/microsoft/callback?state=x&code=y").status_code == 404
        owner = Guest(app)
        owner.sign_in()
        assert owner.post("/account/identities/microsoft", page="/account").status_code == 404


class TestWithLinksSwitchedOff:
    @pytest.fixture
    def given(self, google: Proxy) -> dict[str, str]:
        return {**registered(google, None), "SIGNIN_LINKS": "off"}

    def test_the_providers_are_the_way_in(self, guest: Guest) -> None:
        page = guest.open("/signin")
        assert buttons(page) == ["Continue with Google"]
        assert page.select(".or") == []
        assert page.select("input[type=email]") == []
        assert "Signing in by e-mail is switched off here." in words(page)
        assert "Enter your e-mail address" not in words(page)


def test_without_providers_the_page_is_as_simple_as_ever(app: Flask, team: Team) -> None:
    visitor = Guest(app)
    page = visitor.open("/signin")
    assert buttons(page) == ["Mail me a sign-in link"]
    assert page.select(".or") == []
    assert page.select_one("input[autofocus]") is not None
    assert form_action(visitor) == ["'self'", settings(app).hubspot_app_url]
    assert visitor.client.post("/signin/google", base_url=BASE_URL).status_code == 400
