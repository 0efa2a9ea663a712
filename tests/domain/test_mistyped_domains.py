"""Mistyped mail domains: what is asked about, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.mistyped_domains import suggest_domain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmial.cmo", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("iclud.com", "icloud.com"),
        ("yaho.co.jp", "yahoo.co.jp"),
        ("yahoo.co.jo", "yahoo.co.jp"),
        ("dokomo.ne.jp", "docomo.ne.jp"),
        ("web.dee", "web.de"),
        ("live.con", "live.com"),
    ],
)
def test_a_slip_is_known(typed: str, meant: str) -> None:
    assert suggest_domain(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("gmail.com", "yahoo.se", "hotmail.be", "outlook.kr", "mail.com", "email.com", "cloud.com", "ymail.com"),
        *("acme.example", "wab.de", "gmx.ie", "hive.com", "gmail.acme.com", "acme.co.jp", "x.y", "gmail", ""),
    ],
)
def test_other_domains_are_left_alone(typed: str) -> None:
    assert suggest_domain(typed) == ""


@given(st.text("abcghilmo.", max_size=12), st.sampled_from(["gmail.com", "hotmail.com", "yahoo.co.jp"]))
def test_what_is_suggested_is_never_asked_about_again(typed: str, known: str) -> None:
    for domain in (typed, known):
        meant = suggest_domain(domain)
        assert suggest_domain(meant) == ""
