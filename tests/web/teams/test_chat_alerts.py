"""Chat alerts in Team Settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from hubsync.services.alerts.addresses import MOST_TESTS, list_addresses
from hubsync.services.limits import Limit, take_turns
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.chats import OWN_NETWORK, add_chat, address_of, received
from tests.kit.http_server import Server, serve
from tests.kit.page import words

__all__ = ["serve"]
Serve = Callable[..., Server]
SETTINGS = "/teams/acme/settings"
ADD = f"{SETTINGS}/chat-alerts/add"


@pytest.fixture
def given() -> dict[str, str]:
    return OWN_NETWORK


def test_an_address_is_added_tried_and_removed_and_never_shown_whole(
    app: Flask, team: Team, owner: Browser, serve: Serve
) -> None:
    chat = serve()
    address = address_of(chat, "a-secret-path-of-this-room")
    owner.post(ADD, page=ADD, chat_address=address)
    with app.app_context():
        (row,) = list_addresses(team.id)
        assert "secret" not in row.address_sealed
        address_id = row.id
    page = owner.open(SETTINGS)
    assert "JSON json://…room not tried yet" in words(page.select_one("[aria-labelledby=chat-alerts]"))
    assert "a-secret-path" not in str(page)
    owner.post(f"{SETTINGS}/chat-alerts/{address_id}/test", page=SETTINGS)
    assert [each["title"] for each in received(chat)] == ["HubSync: a test"]
    page = owner.open(SETTINGS)
    assert "The chat took the test." in page.words
    assert "JSON json://…room works Last sent" in page.words
    remove = f"{SETTINGS}/chat-alerts/{address_id}/remove"
    assert "forgets the address" in words(owner.open(remove))
    owner.post(remove, page=remove)
    assert "No chat is told yet." in words(owner.open(SETTINGS))


def test_what_is_no_address_comes_back_as_typed_with_the_reason_at_the_field(owner: Browser, team: Team) -> None:
    assert words(owner.open(ADD).select_one(".side-bar .places [aria-current]")) == "Team Settings"
    answer = owner.post(ADD, page=ADD, chat_address="mailto://me@example.com")
    assert answer.status_code == 422
    assert 'href="#chat_address"' in answer.text
    assert "no address of a chat that HubSync knows" in answer.text
    assert 'value="mailto://me@example.com"' in answer.text


def test_an_address_is_taken_once_and_a_failed_test_says_when_and_why(
    app: Flask, team: Team, owner: Browser, serve: Serve
) -> None:
    chat = serve(status=404)
    with app.app_context():
        address_id = add_chat(team.id, address_of(chat))
    assert "among the team's already" in words(owner.post(ADD, page=ADD, chat_address=address_of(chat)).text)
    tried = f"{SETTINGS}/chat-alerts/{address_id}/test"
    owner.post(tried, page=SETTINGS)
    section = words(owner.open(SETTINGS).select_one("[aria-labelledby=chat-alerts]"))
    assert "JSON json://… not sent Not sent at" in section
    assert "The chat refused it." in section


def test_tests_are_limited(app: Flask, team: Team, owner: Browser, serve: Serve) -> None:
    chat = serve()
    with app.app_context():
        address_id = add_chat(team.id, address_of(chat))
        for _ in range(MOST_TESTS):
            assert take_turns("chat tests", [Limit(f"team {team.id}", MOST_TESTS)]) is None
    owner.post(f"{SETTINGS}/chat-alerts/{address_id}/test", page=SETTINGS)
    assert "within 10 minutes" in words(owner.open(SETTINGS))
    assert chat.requests == []
