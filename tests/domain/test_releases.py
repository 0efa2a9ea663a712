"""What a document says of the newest release, and which of two versions is the newer one."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.releases import Release, read_release


@pytest.mark.parametrize(
    ("content", "release"),
    [
        (
            {"tag_name": "v1.4.0", "html_url": "https://code.example/v1.4.0"},
            ("1.4.0", "https://code.example/v1.4.0"),
        ),
        ({"info": {"version": "1.4", "release_url": "https://pypi.example/1.4"}}, ("1.4", "")),
        ({"version": "2.0", "url": "http://code.example/"}, ("2.0", "")),
        ({"version": "2.0", "url": "https://a@code.example/"}, ("2.0", "")),
        ({"version": "2.0", "url": "https://code.example/\u202e"}, ("2.0", "")),
        ({"version": "2.0", "url": "https://[code.example/"}, ("2.0", "")),
        ({"version": "2.0", "url": "https://code.example/" + "x" * 500}, ("2.0", "")),
        ({"version": "2.0rc1"}, None),
        ({"version": "<b>2.0</b>"}, None),
        ({"version": 2.0}, None),
        ({"info": ["version"]}, None),
        (["2.0"], None),
        ("2.0", None),
        (None, None),
    ],
)
def test_a_document_tells_of_a_plain_release_or_of_none(content: Any, release: tuple[str, str] | None) -> None:
    assert read_release(content) == (Release(*release) if release else None)


@pytest.mark.parametrize(
    ("version", "running", "newer"),
    [
        ("1.10.0", "1.9.9", True),
        ("1.2", "1.2.0", False),
        ("1.2.0", "1.2", False),
        ("1.2.1", "1.2", True),
        ("1.2", "1.3", False),
        ("0.0", "0.1", False),
        ("", "1.0", False),
        ("1.0", "unreleased", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, running: str, newer: bool) -> None:
    assert Release(version).is_newer_than(running) is newer
