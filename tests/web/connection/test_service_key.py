"""A service key: verified with HubSpot before it is kept, never shown again."""

from __future__ import annotations

import pytest
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import read_page, words
from tests.web.connection.consent_page import (
    PAGE,
    enter_key,
    fault,
    forget_calls,
    hubspot_calls,
    kept,
    make_key,
    trail,
)

KEY_PAGE = f"{PAGE}/service-key"
READING = ("crm.objects.contacts.read", "crm.objects.companies.read")
WRITING = ("crm.objects.contacts.write", "crm.objects.companies.write")


def refused(visitor: Browser, key: str) -> str:
    """What stands at the field, which comes back empty."""
    answer = enter_key(visitor, key)
    assert answer.status_code == 422, words(answer)
    page = read_page(answer.text)
    field = page.select_one("#key")
    assert field is not None
    assert not field.get("value")
    assert field["type"] == "password"
    assert field["aria-invalid"] == "true"
    told = page.select_one("#key-error")
    assert told is not None
    if len(key.strip()) > 8:
        assert key.strip() not in answer.text
    return " ".join(told.get_text(" ").split())


def test_a_good_key_is_verified_and_connects(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    key = make_key(sandbox, READING + WRITING)
    forget_calls(sandbox)
    assert enter_key(owner, key).headers["Location"] == PAGE
    shown = words(owner.open(PAGE))
    assert "Connected to account 1234567" in shown
    assert f"with a service key pat-na1-…{key[-4:]}" in shown
    assert "The first post proves it" in shown
    assert hubspot_calls(sandbox) == [
        "GET /account-info/2026-09/details",
        "GET /crm/objects/2026-09/contacts",
        "GET /crm/properties/2026-09/contacts",
        "PATCH /crm/objects/2026-09/contacts/0",
        "GET /crm/objects/2026-09/companies",
        "GET /crm/properties/2026-09/companies",
        "PATCH /crm/objects/2026-09/companies/0",
    ]
    connection = kept(app, team)
    assert connection is not None
    assert (connection.state, connection.method, connection.time_zone) == (
        "connected",
        "service_key",
        "Asia/Tokyo",
    )
    assert (connection.refresh_sealed, connection.access_expires_at) == ("", None)
    with app.app_context():
        assert tools().vault.open(sealed_place(team.id, "access token"), connection.access_sealed) == key
    assert trail(app, team)[-1] == ("connected", {"account": "1234567", "method": "service_key"})


def test_verifying_writes_nothing_at_hubspot(owner: Browser, sandbox: SandboxServer) -> None:
    before = len(list(sandbox.state.records))
    enter_key(owner, make_key(sandbox))
    assert len(list(sandbox.state.records)) == before


def test_what_a_key_may_write_shows_when_it_has_posted(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    enter_key(owner, make_key(sandbox))
    assert "crm.objects.contacts.write" not in words(owner.open(PAGE))
    with app.app_context(), write_transaction() as session:
        session.query(Connection).one().last_posted_at = now()
    shown = words(owner.open(PAGE))
    assert "crm.objects.contacts.write" in shown
    assert "The first post proves it" not in shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Paste the service key."),
        ("   ", "Paste the service key."),
        ("Bearer pat-na1-0a0b0c0d-aaaabbbbcccc", "Paste the key alone"),
        ("Authorization: Bearer pat-na1-0a0b0c0d-aaaabbbbcccc", "Paste the key alone"),
        ("pat-na1-0a0b0c0d aaaabbbbcccc", "spaces or line breaks"),
        ("pat-na1-0a0b0c0d\r\naaaabbbbcccc", "spaces or line breaks"),
        ("pat-na1-0a0b0c0d-áaaabbbbcccc", "characters in it that no service key has"),
        ("pat-na1-0a0b0c0d\u200b-aaaabbbbcccc", "characters in it that no service key has"),
        ("pat-na1-" + "a" * 600, "too long"),
        ("na1-0a0b0c0d-aaaabbbbccccdddd", "begins with pat-"),
        ("pat-na1", "this one is not complete. Copy the whole key"),
        ("pat-bogus-123", "this one is not complete. Copy the whole key"),
        ("pat-na1-'; DROP TABLE connections", "spaces"),
        ("pat-na1-<script>alert(1)</script>", "characters in it that no service key has"),
    ],
)
@pytest.mark.quick_cases(5)
def test_what_cannot_be_a_key_is_refused_without_asking_hubspot(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer, typed: str, told: str
) -> None:
    assert told in refused(owner, typed)
    assert hubspot_calls(sandbox) == []
    assert kept(app, team) is None


def test_space_around_a_key_does_no_harm(app: Flask, team: Team, owner: Browser, sandbox: SandboxServer) -> None:
    assert enter_key(owner, f"\n {make_key(sandbox)}\t\r\n").headers["Location"] == PAGE
    assert kept(app, team) is not None


def test_a_key_that_hubspot_does_not_know_is_refused(app: Flask, team: Team, owner: Browser) -> None:
    assert "HubSpot does not accept this key" in refused(owner, "pat-na1-0a0b0c0d-aaaabbbbcccc")
    assert kept(app, team) is None


@pytest.mark.parametrize(
    ("scopes", "lacking"),
    [
        (READING, WRITING),
        (WRITING, READING),
        (("crm.objects.contacts.read", "crm.objects.contacts.write"), (READING[1], WRITING[1])),
        (("crm.schemas.contacts.read", "crm.schemas.companies.read", *WRITING), READING),
    ],
)
def test_everything_a_key_lacks_is_named_at_once(
    app: Flask,
    team: Team,
    owner: Browser,
    sandbox: SandboxServer,
    scopes: tuple[str, ...],
    lacking: tuple[str, ...],
) -> None:
    told = refused(owner, make_key(sandbox, scopes))
    assert {scope for scope in READING + WRITING if scope in told} == set(lacking)
    assert kept(app, team) is None


@pytest.mark.parametrize("path", ["/account-info", "/crm/objects", "/crm/properties"])
def test_a_key_is_not_kept_when_hubspot_cannot_be_asked(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer, path: str
) -> None:
    key = make_key(sandbox)
    fault(sandbox, action="status", status=503, path=path, times=None)
    assert "HubSpot could not be asked, so the key was not kept" in refused(owner, key)
    assert kept(app, team) is None


def test_whoever_looks_first_connects_and_nothing_is_written(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    key = make_key(sandbox)
    owner.post(KEY_PAGE, page=KEY_PAGE, key=key, watch_only="y")
    assert "it reads in HubSpot and writes nothing there until you go live." in words(owner.open(PAGE))
    connection = kept(app, team)
    assert connection is not None
    assert connection.watching_since is not None
