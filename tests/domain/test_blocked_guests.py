"""Blocked guests: what an entry is about, and how it may be written."""

from __future__ import annotations

import pytest

from hubsync.domain.blocked_guests import is_blocked, read_blocked, shown_entry


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        (" Spam@Acme.Example ", "spam@acme.example"),
        ("Ann Lee <ann@acme.example>", "ann@acme.example"),
        ("@spam.example", "spam.example"),
        ("Spam.Example.", "spam.example"),
        ("*.spam.example", "*.spam.example"),
        ("ｓｐａｍ．ｅｘａｍｐｌｅ", "spam.example"),
        ("アクメ.jp", "xn--cck0a4k.jp"),
        ("*.アクメ.jp", "*.xn--cck0a4k.jp"),
    ],
)
def test_an_entry_is_kept_as_addresses_of_guests_are(typed: str, entry: str) -> None:
    read = read_blocked(f"\n{typed}\n{typed}\n")
    assert (read.entries, read.unreadable) == ((entry,), ())
    assert read_blocked(shown_entry(entry)).entries == (entry,), "what is shown is saved as the same"


@pytest.mark.parametrize(
    "typed", ["spam", "*", "*.com", "a@b@c.example", "spam example", "*.*.example", "a@*.x.example"]
)
def test_what_is_neither_address_nor_domain_is_named_by_its_line(typed: str) -> None:
    read = read_blocked(f"spam.example\n\n{typed}")
    assert (read.entries, read.unreadable) == (("spam.example",), (3,))


@pytest.mark.parametrize(
    ("email", "entries", "blocked"),
    [
        ("Ann@Spam.example", {"ann@spam.example"}, True),
        ("bob@spam.example", {"ann@spam.example"}, False),
        ("bob@spam.example", {"spam.example"}, True),
        ("bob@mail.spam.example", {"spam.example"}, False),
        ("bob@mail.spam.example", {"*.spam.example"}, True),
        ("bob@spam.example", {"*.spam.example"}, True),
        ("bob@notspam.example", {"*.spam.example", "spam.example"}, False),
        ("mika@アクメ.jp", {"xn--cck0a4k.jp"}, True),
        ("", {"spam.example"}, False),
    ],
)
def test_an_entry_blocks_what_it_says_and_nothing_else(email: str, entries: set[str], blocked: bool) -> None:
    assert is_blocked(email, entries) == blocked
