"""The way there and back: a sign-in is good once, in the browser that began it, for ten minutes."""

from __future__ import annotations

import hashlib
import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import time_machine
from flask import session

from hubsync.errors import IdentityRefused
from hubsync.identity import GOOGLE, MICROSOFT
from tests.identity.conftest import CALLBACK, CLIENT_ID, CLIENT_SECRET, Traveller
from tests.kit.identity_provider import Json, Proxy, answer_there, parameters
from tests.kit.identity_providers import TENANT

FOREIGN = "was begun in this browser"


def test_the_way_there_asks_for_a_code_with_state_nonce_and_a_hashed_verifier(
    traveller: Traveller, google: Proxy
) -> None:
    leaving = traveller.leave()
    assert leaving.startswith(f"{google.url}/oauth2/authorize?")
    asked = parameters(leaving)
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["redirect_uri"] == CALLBACK.format(GOOGLE)
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}
    assert asked["code_challenge_method"] == "S256"
    assert asked["prompt"] == "select_account"
    assert len(asked["state"]) >= 22
    assert len(asked["nonce"]) >= 20
    traveller.come_back(parameters(answer_there(leaving, "mika")))
    (sent,) = google.asked("/oauth2/token")
    verifier = parse_qs(sent)["code_verifier"][0]
    hashed = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert hashed == asked["code_challenge"]
    assert parse_qs(sent)["redirect_uri"] == [CALLBACK.format(GOOGLE)]


def test_two_sign_ins_share_nothing(traveller: Traveller) -> None:
    first, second = parameters(traveller.leave()), parameters(traveller.leave())
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


def test_what_was_kept_comes_back(traveller: Traveller) -> None:
    back = parameters(answer_there(traveller.leave(time_zone="Asia/Tokyo"), "mika"))
    assert traveller.providers.resume_sign_in(GOOGLE, back["state"]).kept == {"time_zone": "Asia/Tokyo"}


@pytest.mark.parametrize("state", ["", "forged", "x" * 5000])
def test_a_state_that_is_missing_or_forged_is_refused(traveller: Traveller, google: Proxy, state: str) -> None:
    back = parameters(answer_there(traveller.leave(), "mika"))
    with pytest.raises(IdentityRefused, match=FOREIGN):
        traveller.come_back({**back, "state": state})
    assert google.asked("/oauth2/token") == []
    assert traveller.come_back(back).subject == "mika", "a foreign answer does not end one's own sign-in"


def test_a_state_of_another_browser_is_refused(make_traveller: Callable[..., Traveller], google: Proxy) -> None:
    attacker = make_traveller()
    back = parameters(answer_there(attacker.leave(), "attacker"))
    victim = make_traveller()
    with pytest.raises(IdentityRefused, match=FOREIGN):
        victim.come_back(back)
    assert google.asked("/oauth2/token") == []


def test_a_state_is_good_once(traveller: Traveller, google: Proxy) -> None:
    back = parameters(answer_there(traveller.leave(), "mika"))
    traveller.come_back(back)
    with pytest.raises(IdentityRefused, match=FOREIGN):
        traveller.come_back(back)
    assert len(google.asked("/oauth2/token")) == 1


def test_a_state_is_used_up_by_a_refusal_too(traveller: Traveller) -> None:
    leaving = traveller.leave()
    with pytest.raises(IdentityRefused, match="You declined"):
        traveller.come_back(parameters(answer_there(leaving, "mika", decline=True)))
    with pytest.raises(IdentityRefused, match=FOREIGN):
        traveller.come_back(parameters(answer_there(leaving, "mika")))


@pytest.mark.parametrize("provider", [GOOGLE, MICROSOFT])
def test_a_state_is_good_for_ten_minutes(traveller: Traveller, provider: str) -> None:
    with time_machine.travel(0, tick=False) as clock:
        clock.move_to(1_800_000_000)
        back = parameters(answer_there(traveller.leave(provider), "mika"))
        state = back["state"]
        clock.shift(timedelta(minutes=10, seconds=1))
        with pytest.raises(IdentityRefused, match=FOREIGN):
            traveller.come_back(back, provider)
        assert not [key for key in session if state in key], "an old one is not kept either"
        begun = parameters(traveller.leave(provider))["state"]
        clock.shift(timedelta(minutes=9, seconds=59))
        assert traveller.providers.resume_sign_in(provider, begun).provider == provider


def test_beginning_again_gives_up_the_sign_in_before(traveller: Traveller) -> None:
    first = parameters(answer_there(traveller.leave(), "mika"))
    second = parameters(answer_there(traveller.leave(), "mika"))
    assert len([key for key in session if key.startswith("_state_")]) == 1, "the cookie must not grow"
    with pytest.raises(IdentityRefused, match=FOREIGN):
        traveller.come_back(first)
    assert traveller.come_back(second).subject == "mika"


def test_a_code_is_good_once(traveller: Traveller, google: Proxy) -> None:
    back = parameters(answer_there(traveller.leave(), "mika"))
    traveller.come_back(back)
    again = parameters(traveller.leave())["state"]
    with pytest.raises(IdentityRefused, match="did not take its own code"):
        traveller.come_back({"state": again, "code": back["code"]})


def test_a_stolen_code_fits_no_other_browser(make_traveller: Callable[..., Traveller], google: Proxy) -> None:
    victims = parameters(answer_there(make_traveller().leave(), "victim"))
    attacker = make_traveller()
    google.claims = lambda claims: None
    own = parameters(attacker.leave())["state"]
    with pytest.raises(IdentityRefused, match="does not prove who you are"):
        attacker.come_back({"state": own, "code": victims["code"]})  # the mock checks no verifier: the nonce does


def test_the_other_providers_state_is_refused(traveller: Traveller, google: Proxy, microsoft: Proxy) -> None:
    back = parameters(answer_there(traveller.leave(GOOGLE), "mika"))
    with pytest.raises(IdentityRefused, match=FOREIGN):
        traveller.come_back(back, MICROSOFT)
    assert microsoft.asked("/oauth2/token") == []


def test_the_other_providers_code_proves_nobody(traveller: Traveller) -> None:
    googles = parameters(answer_there(traveller.leave(GOOGLE), "mika"))
    state = parameters(traveller.leave(MICROSOFT))["state"]
    with pytest.raises(IdentityRefused, match=r"does not prove who you are|did not take its own code"):
        traveller.come_back({"state": state, "code": googles["code"]}, MICROSOFT)


def test_a_callback_that_names_another_issuer_is_refused_before_the_code_is_sent(
    traveller: Traveller, google: Proxy
) -> None:
    with pytest.raises(IdentityRefused, match="does not prove who you are"):
        traveller.travel(iss="https://evil.example")
    assert google.asked("/oauth2/token") == []
    assert traveller.travel(iss=google.url).subject == "mika"


def test_a_callback_names_an_issuer_where_the_provider_promises_it(
    make_traveller: Callable[..., Traveller], google: Proxy
) -> None:
    google.document = lambda document: document.update(authorization_response_iss_parameter_supported=True)
    traveller = make_traveller()
    with pytest.raises(IdentityRefused, match="does not prove who you are"):
        traveller.travel()
    assert traveller.travel(iss=google.url).subject == "mika"


def test_the_callbacks_tenant_is_the_tokens(traveller: Traveller, microsoft: Proxy) -> None:
    other = "0b9f3c52-61a4-4f0f-8f5b-6a0a3c1f7c22"
    with pytest.raises(IdentityRefused, match="does not prove who you are"):
        traveller.travel(MICROSOFT, iss=f"{microsoft.url}/{other}/v2.0")
    assert traveller.travel(MICROSOFT, iss=f"{microsoft.url}/{TENANT}/v2.0").subject == "mika"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("access_denied", "You declined"),
        ("server_error", "without a result"),
        ("interaction_required", "without a result"),
        ("<script>\r\nforged log line", "without a result"),
    ],
)
def test_an_error_of_the_provider_comes_back_in_our_words(
    traveller: Traveller, google: Proxy, caplog: pytest.LogCaptureFixture, error: str, says: str
) -> None:
    state = parameters(traveller.leave())["state"]
    with pytest.raises(IdentityRefused, match=says) as refused:
        traveller.come_back({"state": state, "error": error, "error_description": "canary", "code": "c"})
    assert "canary" not in refused.value.message + caplog.text
    assert len(caplog.messages) == len(caplog.text.splitlines())
    assert google.asked("/oauth2/token") == []


def test_no_code_is_no_result(traveller: Traveller) -> None:
    with pytest.raises(IdentityRefused, match="without a result"):
        traveller.come_back({"state": parameters(traveller.leave())["state"]})


def test_neither_code_nor_token_nor_verifier_nor_state_reaches_the_log(
    traveller: Traveller, google: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {CLIENT_SECRET}

    def note(claims: Json) -> None:
        secrets.add(google.signed(claims))
        secrets.add(str(claims["nonce"]))

    google.claims = note
    traveller.travel()
    for change in ({"iss": "https://evil.example"}, {"code": "canary-code"}):
        with pytest.raises(IdentityRefused) as refused:
            traveller.travel(**change)
        causes = (refused.value.__cause__, refused.value.__context__)
        assert causes == (None, None), "what Authlib raises holds the request, and that the code"
    for sent in google.asked("/oauth2/token"):
        secrets |= {value for name in ("code", "code_verifier") for value in parse_qs(sent)[name]}
    secrets |= {parameters(path)["state"] for _, path, _ in google.seen if "/authorize?" in path}
    assert len(secrets) > 8
    assert caplog.records, "nothing was logged at all: this test would not notice"
    told = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert {secret for secret in secrets if secret in told} == set()
