"""Targets of requests: paths and queries put together so that what stands in them leads nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def path(*parts: str) -> str:
    """Join *parts* to a path, each of them encoded whole: an e-mail address or an id stays one part.

    Raises ValueError for a part that would lead elsewhere ("", "." and "..").
    """
    if any(part in {"", ".", ".."} for part in parts):
        raise ValueError("an empty or relative part in a path")
    return "".join(f"/{quote(part, safe='', errors='replace')}" for part in parts)


def target(path: str, query: Mapping[str, str] | None) -> str:
    """The *path* with the query, which may be none."""
    return f"{path}?{urlencode(query, errors='replace', quote_via=quote)}" if query else path
