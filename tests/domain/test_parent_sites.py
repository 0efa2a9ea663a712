from __future__ import annotations

import pytest

from hubsync.domain.parent_sites import read_origin, read_sites


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://www.acme.example", "https://www.acme.example"),
        ("HTTPS://WWW.Acme.Example:443/contact?a=b#c", "https://www.acme.example"),
        ("www.acme.example", "https://www.acme.example"),
        ("acme.example:8443/x", "https://acme.example:8443"),
        ("https://アクメ.example/", "https://xn--cck0a4k.example"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_of_an_address_the_site_counts(address: str, origin: str) -> None:
    assert read_origin(address) == origin
    assert read_origin(origin) == origin


@pytest.mark.parametrize(
    "address",
    [
        "*",
        "https://*",
        "https://*.acme.example",
        "http://acme.example",
        "ftp://acme.example",
        "https://",
        "https://acme",
        "https://acme.example@elsewhere.example",
        "https://acme.example\\.elsewhere.example",
        "https://acme.example:port",
        "https://[::1",
        "https://acme.example; script-src *",
        "https://acme.example https://elsewhere.example",
        "javascript:alert(1)",
        "'self'",
        "null",
    ],
)
def test_what_names_no_single_site_is_refused(address: str) -> None:
    assert read_origin(address) == ""


def test_each_site_counts_once_and_a_line_that_is_none_by_its_number() -> None:
    read = read_sites("\nacme.example\n  https://acme.example/contact \n*\nhttps://b.example\n")
    assert read.entries == ("https://acme.example", "https://b.example")
    assert read.unreadable == (4,)
