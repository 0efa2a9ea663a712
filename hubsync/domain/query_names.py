"""Query names in the address of a booking page: which are kept with a booking, and which an owner may name."""

from __future__ import annotations

import re
from collections.abc import Collection

MOST_NAMES = 25
"""So many are kept with a booking, and so many may be named."""
CLICK_NAMES = frozenset({"gclid", "fbclid", "msclkid"})
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_BETWEEN = re.compile(r"[\s,;&?]+")


def is_query_name(name: str) -> bool:
    """Whether a value of that name can be kept."""
    return _NAME.fullmatch(name) is not None


def split_names(typed: str) -> tuple[str, ...]:
    """The names in a text that has them one after the other, each once."""
    return tuple(dict.fromkeys(each for each in _BETWEEN.split(typed) if each))


def rank(name: str, named: Collection[str]) -> int:
    """Which come first where there are too many: of campaigns, then those that the owner *named*, then others."""
    if name.startswith("utm_") or name in CLICK_NAMES:
        return 0
    return 1 if name in named else 2
