"""Formats in which the log is written."""

from __future__ import annotations

from enum import StrEnum


class LogFormat(StrEnum):
    """*TEXT* is lines for people, *JSON* one object in each line."""

    TEXT = "text"
    JSON = "json"
