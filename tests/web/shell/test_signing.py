"""What browsers carry for us: signed with SHA-256, and good beyond a change of the secret key."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeSerializer

from hubsync.domain.booking import BookingEvent
from hubsync.services.bookings.booking_links import read_change, sign_change
from hubsync.services.people.people import person_with
from hubsync.services.signin.known_browsers import new_browser, read_mark
from hubsync.store import write_transaction
from hubsync.web.bookings.form_tokens import new_form, read_form
from tests.kit.browser import Browser
from tests.kit.settings import BASE_URL, OWNER, change_settings, make_settings

PAGE = "/teams/acme/settings"
FORMER, LATER = "k" * 48, "n" * 48


def start_with(app: Flask, key: str, *former: str) -> None:
    """As after a restart with these keys."""
    change_settings(app, secret_key=key, secret_key_fallbacks=former)
    app.config.update(SECRET_KEY=key, SECRET_KEY_FALLBACKS=list(former))


def test_a_new_key_signs_nobody_out_and_takes_the_forms_that_are_open(app: Flask, owner: Browser) -> None:
    open_before = owner.token(PAGE)
    start_with(app, LATER, FORMER)
    saved = owner.send(f"{PAGE}/name", {"name": "Acme of Kyoto", "csrf_token": open_before})
    assert (saved.status_code, saved.headers["Location"]) == (302, PAGE)
    start_with(app, LATER)  # the cookie is signed by the new key since
    assert owner.get(PAGE).status_code == 200
    assert owner.send(f"{PAGE}/name", {"name": "Acme", "csrf_token": open_before}).status_code == 400


def test_without_the_former_key_everybody_signs_in_again(app: Flask, owner: Browser) -> None:
    start_with(app, LATER)
    assert owner.get(PAGE).headers["Location"].endswith("/signin")


class TestAsItIsSet:
    """Through the settings, as an installation has them."""

    @pytest.fixture
    def given(self) -> dict[str, str]:
        return make_settings(SECRET_KEY=LATER, SECRET_KEY_FALLBACKS=f"{'x' * 48}, {FORMER}")

    def test_a_former_key_of_the_settings_reads_cookies(self, app: Flask, owner: Browser) -> None:
        with owner.session() as session:
            signed_in = session["signed_in"]
        app.config["SECRET_KEY"] = FORMER
        former = Browser(app, signed_in=signed_in)
        app.config["SECRET_KEY"] = LATER
        assert former.get(PAGE).status_code == 200


def test_guests_links_and_forms_and_known_browsers_outlast_a_key_too(app: Flask) -> None:
    with app.test_request_context():
        with write_transaction() as session:
            person_id = person_with(session, OWNER).id
        mark, form = new_browser().with_person(person_id).sign(), new_form([]).sign("page")
        link = sign_change(7, BookingEvent.CANCELLED)
        start_with(app, LATER, "x" * 48, FORMER)
        browser = read_mark(mark)
        assert browser is not None
        assert browser.knows(person_id)
        assert read_form(form, "page", []).fresh
        assert read_change(link, BookingEvent.CANCELLED) == 7
        start_with(app, LATER)
        assert read_mark(mark) is None
        assert not read_form(form, "page", []).fresh
        assert read_change(link, BookingEvent.CANCELLED) is None


def test_a_cookie_signed_with_sha_1_signs_nobody_in(app: Flask, owner: Browser) -> None:
    weak = SecureCookieSessionInterface().get_signing_serializer(app)
    assert weak is not None
    with owner.session() as session:
        signed = weak.dumps(dict(session))
    owner.client.set_cookie(app.config["SESSION_COOKIE_NAME"], str(signed), domain=BASE_URL.split("//")[1])
    assert owner.get(PAGE).headers["Location"].endswith("/signin")


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_a_form_token_is_taken_with_sha_256_alone(app: Flask, owner: Browser, digest: str) -> None:
    owner.open(PAGE)
    with owner.session() as session:
        secret = session["csrf_token"]
    signer = {"digest_method": getattr(hashlib, digest)}
    token = URLSafeSerializer(FORMER, salt="form token", signer_kwargs=signer).dumps(secret)
    sent = owner.send(f"{PAGE}/name", {"name": "Acme", "csrf_token": token})
    assert sent.status_code == (400 if digest == "sha1" else 302)


def test_the_form_token_of_another_browser_is_not_taken(app: Flask, owner: Browser) -> None:
    elsewhere = Browser(app).sign_in(OWNER).token(PAGE)
    owner.open(PAGE)
    assert owner.send(f"{PAGE}/name", {"name": "Acme", "csrf_token": elsewhere}).status_code == 400


def test_over_https_the_form_has_to_come_from_the_same_origin(app: Flask, owner: Browser) -> None:
    fields = {"name": "Acme", "csrf_token": owner.token(PAGE)}
    for referrer, status in [("https://localhost:8000/x", 302), ("http://localhost:8000/x", 400), ("", 400)]:
        headers = {"Referer": referrer} if referrer else {}
        sent = owner.client.post(f"{PAGE}/name", base_url="https://localhost:8000", data=fields, headers=headers)
        assert sent.status_code == status, referrer
