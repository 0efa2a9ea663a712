"""What a service key looks like, and how pages show one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.errors import Refused
from hubsync.services.connection.service_keys import mask, masked_key, read_key
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("pat-na1-00000000-1111-2222-3333-444455551f3c", "pat-na1-…1f3c"),
        ("pat-eu1-00000000-1111-2222-3333-444455551f3c", "pat-eu1-…1f3c"),
        ("pat-ap1-00000000-1111-2222-3333-444455551f3c", "pat-ap1-…1f3c"),
        ("pat-0123456789abcdef0123456789abcdef", "pat-…cdef"),
    ],
)
def test_a_key_is_shown_by_its_region_and_its_end(key: str, shown: str) -> None:
    assert read_key(key) == key
    assert mask(key) == shown


@given(st.text(max_size=600) | st.text(max_size=40).map(lambda end: f"pat-na1-{end}"))
def test_whatever_is_pasted_is_a_key_or_is_refused_at_the_field(typed: str) -> None:
    if (refused := why_refused(typed)) is not None:
        assert refused.field == "key"
        assert refused.message
    else:
        key = read_key(typed)
        assert key.startswith("pat-")
        assert key.isascii()
        assert len(key) <= 512


def why_refused(typed: str) -> Refused | None:
    try:
        read_key(typed)
    except Refused as refused:
        return refused
    return None


@given(st.from_regex(r"pat-[a-z]{2}[0-9]-[0-9a-f]{8}-[0-9a-f]{24}", fullmatch=True))
def test_what_is_shown_keeps_nearly_all_of_the_key_to_itself(key: str) -> None:
    assert len(mask(key)) == len("pat-na1-…1f3c")


def test_a_key_that_no_encryption_key_opens_shows_as_nothing(acme: Any) -> None:
    with write_transaction() as session:
        connection = session.query(Connection).one()
        connection.method = "service_key"
    found = db.session.query(Connection).one()
    assert masked_key(found).startswith("pat-na1-…")
    found.access_sealed = "gAAAA-of-another-key"
    assert masked_key(found) == ""
    db.session.rollback()


def test_a_connection_by_connect_has_no_key_to_show(acme: Any) -> None:
    assert masked_key(db.session.query(Connection).one()) == ""
