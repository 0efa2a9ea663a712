"""The accounts at Google and Microsoft on the account page, and taking one off again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services.teams import members
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Identity
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import OWNER

ACCOUNT = "/account"
GOOGLE = "https://accounts.google.com"
MICROSOFT = "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0"
BOTH = {
    "GOOGLE_CLIENT_ID": "google-client",
    "GOOGLE_CLIENT_SECRET": "google-secret",
    "MICROSOFT_CLIENT_ID": "microsoft-client",
    "MICROSOFT_CLIENT_SECRET": "microsoft-secret",
}
ONLY_WAY = "This is your only way to sign in. Link another account first."


@pytest.fixture
def given() -> dict[str, str]:
    return BOTH


def link(app: Flask, issuer: str, email: str = OWNER, shown: str = "mika@gmail.example") -> int:
    with app.app_context():
        person = next(each for each in members.list_members(1) if each.person.email == email).person_id
        end_read()
        with write_transaction() as session:
            row = Identity(
                person_id=person,
                issuer=issuer,
                subject=f"subject of {email}",
                shown=shown,
                linked_at=datetime(2026, 11, 3, 12, tzinfo=UTC),
            )
            session.add(row)
            session.flush()
            return row.id


def linked(app: Flask) -> list[str]:
    with app.app_context():
        found = db.session.query(Identity.issuer).filter(Identity.issuer != "e-mail link").order_by(Identity.id)
        issuers = [issuer for (issuer,) in found]
        end_read()
        return issuers


def ways(visitor: Browser) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in visitor.open(ACCOUNT).select("#ways-in ~ ul li")]


def unlinking(identity_id: int) -> str:
    return f"{ACCOUNT}/ways-in/{identity_id}/unlink"


def test_what_is_linked_shows_its_address_and_since_when(app: Flask, owner: Browser) -> None:
    link(app, GOOGLE)
    email, google, microsoft = ways(owner)
    assert email == f"E-mail link {OWNER}"
    assert google.startswith("Google mika@gmail.example Linked on November 3, 2026")
    assert microsoft.startswith("Microsoft not linked")


def test_linking_is_a_form_that_carries_the_token(app: Flask, owner: Browser) -> None:
    forms = owner.open(ACCOUNT).select("#ways-in ~ ul form")
    assert [form["action"] for form in forms] == ["/account/identities/google", "/account/identities/microsoft"]
    assert all(form["method"] == "post" and form.select_one("input[name=csrf_token]") for form in forms)


def test_unlinking_asks_first(app: Flask, owner: Browser) -> None:
    page = unlinking(link(app, GOOGLE))
    assert owner.open(ACCOUNT).select_one(f"a[href='{page}']") is not None
    assert "Unlink Google?" in words(owner.open(page))
    assert linked(app) == [GOOGLE]
    assert owner.post(page, page=page).headers["Location"] == f"{ACCOUNT}#ways-in"
    assert linked(app) == []
    assert "Your account at Google is unlinked." in words(owner.open(ACCOUNT))


def test_whoever_came_in_elsewhere_is_out_after_unlinking(app: Flask, owner: Browser) -> None:
    page = unlinking(link(app, GOOGLE))
    elsewhere = Browser(app).sign_in()
    copied = owner.client.get_cookie("hubsync", domain="localhost")
    assert copied is not None
    owner.post(page, page=page)
    elsewhere_too = Browser(app)
    elsewhere_too.client.set_cookie("hubsync", copied.value, domain="localhost")
    for gone in (elsewhere, elsewhere_too):
        assert gone.get(ACCOUNT).headers["Location"] == "/signin"
    assert owner.get(ACCOUNT).status_code == 200


def test_another_persons_account_is_not_found(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        join(team.id, "kenji@acme.example", Role.MEMBER)
    strange = link(app, GOOGLE, "kenji@acme.example")
    for wrong in (strange, strange + 1):
        assert owner.get(unlinking(wrong)).status_code == 404
        assert owner.post(unlinking(wrong), page=ACCOUNT).status_code == 404
    assert linked(app) == [GOOGLE]


def test_the_e_mail_link_cannot_be_unlinked(app: Flask, owner: Browser) -> None:
    with app.app_context():
        row = db.session.query(Identity).filter_by(issuer="e-mail link").one()
        end_read()
    assert owner.get(unlinking(row.id)).status_code == 404
    assert owner.post(unlinking(row.id), page=ACCOUNT).status_code == 404


def test_a_hostile_address_stays_text(app: Flask, owner: Browser) -> None:
    identity = link(app, GOOGLE, shown="<img src=x onerror=alert(1)> %(day)s")
    for page in (ACCOUNT, unlinking(identity)):
        shown = owner.open(page)
        assert shown.select("main img") == []
        assert "<img src=x onerror=alert(1)> %(day)s" in shown.get_text()


class TestWithLinksSwitchedOff:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return BOTH | {"SIGNIN_LINKS": "off"}

    def test_the_page_says_so(self, owner: Browser) -> None:
        assert "Links are not mailed here." in ways(owner)[0]

    def test_the_only_way_in_stays(self, app: Flask, owner: Browser) -> None:
        page = unlinking(link(app, GOOGLE))
        shown = owner.open(page)
        assert ONLY_WAY in words(shown)
        assert shown.select_one("main form") is None
        answer = owner.post(page, page=ACCOUNT)
        assert answer.status_code == 400
        assert ONLY_WAY in words(answer)
        assert linked(app) == [GOOGLE]

    def test_one_of_two_goes_and_the_other_stays(self, app: Flask, owner: Browser) -> None:
        google, microsoft = unlinking(link(app, GOOGLE)), unlinking(link(app, MICROSOFT))
        owner.post(google, page=google)
        assert linked(app) == [MICROSOFT]
        assert owner.post(microsoft, page=ACCOUNT).status_code == 400
        assert linked(app) == [MICROSOFT]

    class TestAndMicrosoftNotSetUpAnyMore:
        @pytest.fixture
        def given(self) -> dict[str, str]:
            google = {name: value for name, value in BOTH.items() if name.startswith("GOOGLE")}
            return google | {"SIGNIN_LINKS": "off"}

        def test_what_signs_nobody_in_is_no_other_way_but_can_go(self, app: Flask, owner: Browser) -> None:
            google, microsoft = unlinking(link(app, GOOGLE)), unlinking(link(app, MICROSOFT))
            assert "Microsoft mika@gmail.example" in ways(owner)[2]
            assert "Not set up on this installation any more" in ways(owner)[2]
            assert owner.post(google, page=ACCOUNT).status_code == 400
            owner.post(microsoft, page=microsoft)
            assert linked(app) == [GOOGLE]


class TestWithoutMail:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return BOTH | {"MAIL_DEFAULT_SENDER": ""}

    def test_a_link_that_cannot_be_mailed_is_no_way_in(self, app: Flask, owner: Browser) -> None:
        page = unlinking(link(app, GOOGLE))
        assert "Links are not mailed here." in ways(owner)[0]
        assert owner.post(page, page=ACCOUNT).status_code == 400
        assert linked(app) == [GOOGLE]


class TestWithoutProviders:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {}

    def test_only_the_e_mail_link_is_shown(self, owner: Browser) -> None:
        assert ways(owner) == [f"E-mail link {OWNER}"]
