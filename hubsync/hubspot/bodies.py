"""Defensive readers of HubSpot's JSON."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]


def read_object(body: bytes) -> Json | None:
    """Return the JSON object in *body*, None when there is none."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def listed(body: Json, name: str) -> list[Json]:
    """Return the objects in the list *name* of *body*, and nothing else that may be there."""
    value = body.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def word(value: object) -> str | None:
    """Return *value* if it is one technical word (a code, a scope, an id), else None: no prose gets through."""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.:\-]{1,100}", value) else None


def words(value: object) -> tuple[str, ...]:
    """Return the technical words in *value*, a list of them or one alone, each once."""
    values = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(each for each in map(word, values) if each))


def text(value: object) -> str | None:
    """Return *value* if it is a text with something in it, else None."""
    return value if isinstance(value, str) and value else None


def record_id(value: object) -> str | None:
    """Return an id as text, None when *value* is none: the documents show ids as texts and as numbers."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    return value if isinstance(value, str) and re.fullmatch(r"\d{1,20}", value, re.ASCII) else None
