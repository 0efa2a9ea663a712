"""What becomes of a service key: beside Connect, in another account, at the end; and where it never shows."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.roles import Role
from hubsync.store import db
from hubsync.store.teams import Team
from tests.kit.broken_tables import refuse_writing
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import BASE_URL
from tests.kit.stored_bytes import everything_stored
from tests.kit.world import create_team
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    HARBOUR_ACCOUNT,
    PAGE,
    answer_question,
    come_back,
    enter_key,
    forget_calls,
    hubspot_calls,
    kept,
    live_refresh_tokens,
    make_key,
    parked_in,
    trail,
)

KEY_PAGE = f"{PAGE}/service-key"
READING = ("crm.objects.contacts.read", "crm.objects.companies.read")
WRITING = ("crm.objects.contacts.write", "crm.objects.companies.write")


def test_a_key_of_another_account_is_asked_about_like_any_other(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    key = make_key(sandbox, account=HARBOUR_ACCOUNT)
    assert enter_key(owner, key).headers["Location"] == f"{PAGE}/another-account"
    assert key not in owner.get(f"{PAGE}/another-account").text
    answer_question(owner, "use")
    connection = kept(app, team)
    assert connection is not None
    assert (connection.method, connection.hubspot_account_id) == ("service_key", str(HARBOUR_ACCOUNT))
    assert (connection.refresh_sealed, connection.access_expires_at) == ("", None)
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []


def test_a_parked_key_is_forgotten_on_no(app: Flask, team: Team, owner: Browser, sandbox: SandboxServer) -> None:
    come_back(owner)
    enter_key(owner, make_key(sandbox, account=HARBOUR_ACCOUNT))
    answer_question(owner, "keep")
    assert parked_in(app, team) is None
    shown = words(owner.open(PAGE))
    assert "HubSync has forgotten the service key of account 7654321. The key goes on working until" in shown


def test_a_key_of_the_connected_account_takes_the_place_of_connect(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    forget_calls(sandbox)
    assert enter_key(owner, make_key(sandbox)).headers["Location"] == PAGE
    connection = kept(app, team)
    assert connection is not None
    assert connection.method == "service_key"
    assert connection.account_name == "acme.example.com", "a key does not tell it, Connect did"
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []
    assert "DELETE /appinstalls/2026-09/external-install" not in hubspot_calls(sandbox)
    told = [words(each) for each in owner.open(PAGE).select(".notice")]
    assert told[-1].startswith("Connected to acme.example.com (account 1234567).")


def test_connect_in_the_account_of_the_key_takes_its_place(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    enter_key(owner, make_key(sandbox))
    assert come_back(owner).headers["Location"] == PAGE
    connection = kept(app, team)
    assert connection is not None
    assert connection.method == "oauth"
    assert connection.refresh_sealed


def test_disconnect_forgets_the_key_and_says_where_to_delete_it(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    enter_key(owner, make_key(sandbox))
    asked = owner.open(f"{PAGE}/disconnect")
    assert "A service key cannot be uninstalled" in words(asked)
    assert asked.select_one(f"a[href$='/service-keys/{ACME_ACCOUNT}']") is not None
    forget_calls(sandbox)
    owner.post(f"{PAGE}/disconnect", page=f"{PAGE}/disconnect")
    page = owner.open(PAGE)
    assert "HubSync has forgotten the service key" in words(page)
    assert page.select_one(f"a[href$='/service-keys/{ACME_ACCOUNT}']") is not None
    connection = kept(app, team)
    assert connection is not None
    assert (connection.state, connection.access_sealed) == ("disconnected", "")
    assert hubspot_calls(sandbox) == []
    assert trail(app, team)[-1] == ("disconnected", {"account": "1234567", "method": "service_key"})


def test_a_key_of_one_team_does_not_keep_the_app_of_another_installed(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    """Uninstalling takes nothing from a service key."""
    create_team(app, "Second")
    enter_key(owner, make_key(sandbox), "/teams/second/settings/integrations/hubspot")
    come_back(owner)
    owner.post(f"{PAGE}/disconnect", page=f"{PAGE}/disconnect")
    assert "HubSync is uninstalled there" in words(owner.open(PAGE))


def test_without_the_premium_plan_no_key_is_taken(app: Flask, sandbox: SandboxServer) -> None:
    basic = create_team(app, "Basic", plan="basic")
    visitor = Browser(app).sign_in()
    page = "/teams/basic/settings/integrations/hubspot"
    assert visitor.get(f"{page}/service-key").headers["Location"] == page
    sent = visitor.post(f"{page}/service-key", page="/teams/basic/settings/integrations", key=make_key(sandbox))
    assert sent.headers["Location"] == page
    assert kept(app, basic) is None


def test_a_member_cannot_enter_a_key(app: Flask, team: Team, sandbox: SandboxServer) -> None:
    with app.app_context():
        join(team.id, "member@acme.example", Role.MEMBER)
    member = Browser(app).sign_in("member@acme.example")
    assert member.get(KEY_PAGE).status_code == 403
    sent = member.post(KEY_PAGE, page="/teams/acme/calendars", key=make_key(sandbox))
    assert sent.status_code == 403
    assert kept(app, team) is None


class TestWithoutAClientId:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"HUBSPOT_CLIENT_ID": "", "HUBSPOT_CLIENT_SECRET": ""}

    def test_a_key_connects_all_the_same(
        self, app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
    ) -> None:
        assert owner.open(PAGE).select_one(f"a[href='{KEY_PAGE}']") is not None
        assert enter_key(owner, make_key(sandbox)).headers["Location"] == PAGE
        connection = kept(app, team)
        assert connection is not None
        assert connection.state == "connected"


def test_a_key_is_nowhere_but_sealed_in_the_database(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    good, lacking = make_key(sandbox), make_key(sandbox, READING)
    unknown = "pat-na1-0a0b0c0d-canarycanarycanary"
    answers = [enter_key(owner, key) for key in (unknown, lacking, good)]
    with app.app_context():
        refuse_writing(db.session(), "connections", "UPDATE")
        db.session.commit()
    broken = enter_key(owner, good)
    assert broken.status_code == 500
    seen = "\n".join(
        [each.text for each in [*answers, broken]] + [owner.get(each).text for each in (PAGE, KEY_PAGE)]
    )
    told = "\n".join(f"{each.getMessage()} {each.exc_text or ''} {each.exc_info}" for each in caplog.records)
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        remembered = repr(dict(session))
    raw = everything_stored(app).decode("latin-1")
    for key in (good, lacking, unknown):
        for place in (seen, told, remembered, raw):
            assert key not in place
