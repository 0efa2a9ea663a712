"""Diary, a source with an API, for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.store import end_read
from tests.kit.diary import NAME, DiaryServer, diary_registered, diary_served


@pytest.fixture(scope="module")
def served_diary() -> Iterator[DiaryServer]:
    with diary_registered(), diary_served() as diary:
        yield diary


@pytest.fixture
def diary(served_diary: DiaryServer) -> DiaryServer:
    """Diary's stand-in, as new."""
    served_diary.reset()
    return served_diary


@pytest.fixture
def given(diary: DiaryServer) -> dict[str, str]:
    return {"SOURCE_API_URLS": f"{NAME}={diary.url}"}


@pytest.fixture
def endpoint(acme: Any) -> int:
    """Acme's address for Diary, with nothing connected yet."""
    endpoint_setup.make_endpoint(acme.team_id, NAME)
    view = endpoints.show_endpoint(acme.team_id, NAME)
    end_read()
    assert view is not None
    return view.id
