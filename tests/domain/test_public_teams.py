from __future__ import annotations

import pytest

from hubsync.domain.public_teams import PublicTeam, is_link, looks_like_an_address


@pytest.mark.parametrize(
    "notice",
    ["https://acme.example/privacy", "http://acme.example", "HTTPS://acme.example:8443/a?b=c#d", "https://[::1]/"],
)
def test_an_address_of_http_is_a_link(notice: str) -> None:
    assert is_link(notice)
    assert PublicTeam("Acme", privacy_notice=notice).privacy_link == notice


@pytest.mark.parametrize(
    "notice",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "mailto:privacy@acme.example",
        "ftp://acme.example/privacy",
        "//acme.example/privacy",
        "www.acme.example",
        "https:acme.example",
        "https:///privacy",
        "https://:443/",
        "https://[::1/",
        "https://acme.example:port/",
        "https://acme.example@elsewhere.example/",
        "https://acme.example\\@elsewhere.example/",
    ],
)
def test_another_address_is_none_to_follow_and_no_text_either(notice: str) -> None:
    assert looks_like_an_address(notice)
    assert not is_link(notice)


@pytest.mark.parametrize("notice", ["", "We keep your answers for a year.", "Note: see https://acme.example"])
def test_a_text_is_no_link(notice: str) -> None:
    assert not looks_like_an_address(notice)
    assert PublicTeam("Acme", privacy_notice=notice).privacy_link == ""
