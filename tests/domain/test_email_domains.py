from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.email_domains import domain_in, free_domains, is_free


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("hanako@acme.com", "acme.com"),
        (" Hanako+hubspot@ACME.Com ", "acme.com"),
        ("hanako@mail.acme.co.jp", "mail.acme.co.jp"),
        ("hanako@アクメ.jp", "xn--cck0a4k.jp"),
        ("hanako@BÜCHER.example", "xn--bcher-kva.example"),
        ("hanako＠ａｃｍｅ．ｃｏｍ", "acme.com"),
        ('"a@b"@acme.com', "acme.com"),
        ("Hanako Yamada <hanako@acme.com>", "acme.com"),
        ("mailto:hanako@acme.com?subject=x@evil.com", "acme.com"),
        ("hanako@acme.com.", "acme.com"),
    ],
)
def test_an_address_gives_what_follows_the_at(text, domain):
    assert domain_in(text) == domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.acme.com/", "acme.com"),
        ("HTTP://WWW.ACME.COM:8080/about?x=a@b.com#top", "acme.com"),
        ("www.acme.com", "acme.com"),
        ("acme.com/@team", "acme.com"),
        ("acme.com", "acme.com"),
        ("shop.acme.com", "shop.acme.com"),
        ("//acme.com/x", "acme.com"),
        ("https://user:secret@acme.com/", "acme.com"),
        ("https://アクメ.jp/会社", "xn--cck0a4k.jp"),
        ("www.com", "www.com"),
        ("https://acme.com?x=1", "acme.com"),
    ],
)
def test_a_web_address_gives_its_host_without_www(text, domain):
    assert domain_in(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        "", "Acme Inc", "株式会社アクメ", "localhost", "http://localhost:9000", "192.168.0.1", "http://10.0.0.1/x",
        "https://[::1]/", "hanako@", "@acme.com", "hanako@acme", "our site is acme.com", "acme..com", "-acme.com",
        "acme_b.com", "a" * 64 + ".com", "x@" + "a." * 200 + "com", "x@xn--.com\u0378.jp", "1.5", "http://",
        "Co.,Ltd.", "a@b.com c@d.com e", "a" * 5000 + "@acme.com",
    ],
)  # fmt: skip
def test_what_names_no_domain_gives_none(text):
    assert domain_in(text) is None


@given(st.text() | st.from_regex(r"\A\S{0,9}@?\S{0,20}\.\S{0,9}\Z"))
def test_a_domain_found_is_found_again_and_is_plain_ascii(text):
    domain = domain_in(text)
    if domain is not None:
        assert domain.isascii()
        assert domain == domain.lower()
        assert domain_in(f"x@{domain}") == domain


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "yahoo.co.jp", "outlook.com", "icloud.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com",
        "softbank.ne.jp", "t.vodafone.ne.jp", "wm.pdx.ne.jp", "qq.com", "proton.me",
    ],
)  # fmt: skip
def test_free_mail_is_known(domain):
    assert is_free(domain)


@pytest.mark.parametrize(
    "domain", ["acme.com", "acme.au.com", "mail.gmail.com", "example.com", "vodafone.ne.jp.example"]
)
def test_company_domains_and_sub_domains_are_not_free(domain):
    assert not is_free(domain)


def test_a_team_adds_its_own_free_domains():
    assert is_free("partner.example", frozenset({"partner.example"}))
    assert not is_free("sub.partner.example", frozenset({"partner.example"}))


def test_every_domain_of_the_list_is_one_that_an_address_can_give():
    assert len(free_domains()) > 10_000
    assert [domain for domain in free_domains() if domain_in(f"x@{domain}") != domain] == []
