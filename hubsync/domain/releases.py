"""Releases: what the address of the newest one says, and whether it is newer than what is running."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_VERSION = re.compile(r"v?([0-9]{1,5}(?:\.[0-9]{1,5}){1,3})")
LONGEST_ADDRESS = 500


@dataclass(frozen=True)
class Release:
    """A released version, such as ``1.4.0``, and the https address of what is said of it, or ""."""

    version: str
    url: str = ""

    def is_newer_than(self, running: str) -> bool:
        """Whether this is a later version than *running*; never when that is not known."""
        mine, other = _parts(self.version), _parts(running)
        return bool(mine and other and mine > other)


def read_release(content: Any) -> Release | None:
    """The release that a JSON document tells of, None for any other document.

    GitHub calls the version ``tag_name`` (https://docs.github.com/en/rest/releases/releases#get-the-latest-release),
    PyPI ``info.version``; a file of one's own says ``version`` and ``url``. Only plain releases are read, not such
    that are tried out.
    """
    told = content if isinstance(content, Mapping) else {}
    info = told.get("info")
    told = {**(info if isinstance(info, Mapping) else {}), **told}
    for version, url in (("tag_name", "html_url"), ("version", "url"), ("version", "release_url")):
        named = _VERSION.fullmatch(told[version]) if isinstance(told.get(version), str) else None
        if named:
            return Release(named[1], _https(told.get(url)))
    return None


def _https(url: Any) -> str:
    """*url* where it is a web address that may be linked to, else ""."""
    if not isinstance(url, str) or len(url) > LONGEST_ADDRESS or not url.isascii() or not url.isprintable():
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and " " not in url else ""


def _parts(version: str) -> tuple[int, ...]:
    """The numbers of a version, without noughts at the end, so that 1.2 is 1.2.0; none for what is no version."""
    found = _VERSION.fullmatch(version)
    parts = [int(each) for each in found[1].split(".")] if found else []
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)
