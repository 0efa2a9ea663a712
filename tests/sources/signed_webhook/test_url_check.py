"""Zoom's question whether an address is ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hubsync.errors import BodyUnreadable, ProofMissing
from hubsync.sources.signed_webhook import configure
from hubsync.sources.source import Reply, Webhook

NOW = datetime.fromtimestamp(1790000000, UTC)
ZOOM = configure({"preset": "zoom"})


def question(token: Any = "plain-1") -> bytes:
    return json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": token}}).encode()


def test_the_token_comes_back_with_its_hmac() -> None:
    webhook = ZOOM.prove("stand-in-secret-1", question(), NOW)
    encrypted = "706a519e8b7262ee74011f330626508ef335a4619c4be397a2e2669d8457e8e9"
    for secrets in (["stand-in-secret-1"], ["new", "stand-in-secret-1"], ["stand-in-secret-1", "old"]):
        said = ZOOM.receive(webhook, secrets, NOW)
        assert said == Reply({"plainToken": "plain-1", "encryptedToken": encrypted})


def test_nobody_who_does_not_know_the_secret_gets_an_answer() -> None:
    for webhook in (Webhook(question()), ZOOM.prove("other", question(), NOW)):
        with pytest.raises(ProofMissing):
            ZOOM.receive(webhook, ["stand-in-secret-1"], NOW)


@pytest.mark.parametrize("token", [None, "", 5, ["a"], "v0:1790000000:{}", "a b", "é", "a\n", "a" * 201])
def test_a_token_that_could_be_something_else_is_not_signed(token: Any) -> None:
    with pytest.raises(BodyUnreadable) as refused:
        ZOOM.receive(ZOOM.prove("s", question(token), NOW), ["s"], NOW)
    assert [place for place, _reason in refused.value.faults] == ["payload.plainToken"]


def test_other_senders_are_asked_nothing() -> None:
    jicoo = configure({"preset": "jicoo"})
    assert jicoo.answer is None
    assert not isinstance(jicoo.receive(jicoo.prove("s", question(), NOW), ["s"], NOW), Reply)
