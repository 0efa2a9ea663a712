"""Addresses shown in part: known again by whoever has one, learned by nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.masking import mask_email


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("bob@beta.test", "b…@beta.test"),
        ("mika.sato+hubsync@acme.example", "m…@acme.example"),
        ("bo@beta.test", "…@beta.test"),
        ("b@beta.test", "…@beta.test"),
        ('"bob@home"@beta.test', "…@beta.test"),
        ("_bob@beta.test", "…@beta.test"),
        ("佐藤美香@acme.example", "佐…@acme.example"),
        ("  bob@beta.test ", "b…@beta.test"),
        ("nonsense", "…"),
        ("", "…"),
    ],
)
def test_of_the_name_the_first_letter_is_shown_at_most(email: str, shown: str) -> None:
    assert mask_email(email) == shown


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=80))
def test_names_that_begin_alike_look_alike_whatever_their_length(name: str) -> None:
    shown = mask_email(f"{name}@beta.test")
    assert len(shown) <= len("b…@beta.test")
    assert shown in {"…@beta.test", f"{name[0]}…@beta.test"}
    if len(name) >= 3:
        assert shown == mask_email(f"{name}{name}x@beta.test")
