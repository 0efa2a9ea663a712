from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hubsync.errors import ProofMissing
from hubsync.sources.source import Webhook
from hubsync.sources.timerex.proof import HEADERS, prove, verify

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOKEN = "trx_Zk3-0123456789abcdef"


def proved(headers: dict[str, str], *secrets: str, body: bytes = b"{}") -> bool:
    try:
        verify(Webhook(body, headers), secrets or (TOKEN,), NOW)
    except ProofMissing:
        return False
    return True


def test_a_refusal_repeats_no_token() -> None:
    with pytest.raises(ProofMissing) as missing:
        verify(Webhook(b"{}", {HEADERS[0]: TOKEN}), ("other",), NOW)
    assert missing.value.message == "The token does not fit."


@pytest.mark.parametrize("name", ["x-timerex-authorization", "authorization"])
@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}", "Bearer   {} ", " {}"])
def test_the_token_counts_in_either_header_with_and_without_bearer(name: str, form: str) -> None:
    assert proved({name: form.format(TOKEN)})
    assert proved({**dict.fromkeys(HEADERS, ""), name: form.format(TOKEN)})
    assert not proved({name: form.format(TOKEN + "x")})


def test_one_header_that_fits_will_do_whatever_stands_in_the_other() -> None:
    assert proved({HEADERS[0]: "other", HEADERS[1]: TOKEN})
    assert proved({HEADERS[0]: TOKEN, HEADERS[1]: "Basic dXNlcjpwYXNz"})
    assert not proved({HEADERS[0]: "other", HEADERS[1]: "other"})
    assert not proved({HEADERS[0]: TOKEN[:8], HEADERS[1]: TOKEN[8:]})


def test_a_token_that_was_entered_with_bearer_or_spaces_is_the_same() -> None:
    for entered in (f"Bearer {TOKEN}", f" {TOKEN}\n"):
        assert proved({HEADERS[0]: TOKEN}, entered)
        assert proved({HEADERS[0]: f"Bearer {TOKEN}"}, entered)


def test_any_of_several_tokens_will_do() -> None:
    assert proved({HEADERS[0]: TOKEN}, "new", TOKEN)
    assert proved({HEADERS[0]: TOKEN}, TOKEN, "old")
    assert not proved({HEADERS[0]: TOKEN}, "new", "old")


@pytest.mark.parametrize("nothing", ["", " ", "Bearer", "Bearer ", "bearer  "])
def test_nothing_proves_nothing(nothing: str) -> None:
    assert not proved({HEADERS[0]: nothing}, nothing)
    assert not proved({HEADERS[0]: nothing}, "", TOKEN)
    assert not proved({}, nothing)


@pytest.mark.parametrize(
    "sent", [TOKEN.upper(), TOKEN[:-1], f"Basic {TOKEN}", f"Bearer Bearer {TOKEN}", "é", "\ud800"]
)
def test_another_text_is_refused(sent: str) -> None:
    assert not proved({HEADERS[0]: sent})


def test_the_token_proves_any_body_at_any_time() -> None:
    assert prove(TOKEN, b"a", NOW) == Webhook(b"a", {HEADERS[0]: TOKEN})
    assert proved({HEADERS[0]: TOKEN}, body=b"\xff")
