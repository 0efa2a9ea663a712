"""What comes to an address, where the database does not take every text."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.sources.registry import SOURCES

pytestmark = pytest.mark.slow


def test_an_address_that_can_be_nobodys_is_refused_like_any_other(acme: Any) -> None:
    client = acme.app.test_client()
    for source in SOURCES.values():
        answers = [client.post(f"/intake/{source.word}/{token}", data=b"{}") for token in ("a", "a%00b", "%ff")]
        assert [each.status_code for each in answers] == [401, 401, 401]
        assert len({each.data for each in answers}) == 1
