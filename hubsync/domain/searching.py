"""Search keys of deliveries: normalized texts, so that spelling does not hide anything."""

from __future__ import annotations

from hubsync.domain.email_address import kept_email
from hubsync.domain.normal_forms import nfkc

LONGEST = 320
_LAST = "\U0010ffff"


def as_searched(text: str) -> str:
    """*text* as it is stored and looked for: NFKC, no case, white space trimmed and single, at most 320 long."""
    return " ".join(nfkc(text).casefold().split())[:LONGEST]


def email_as_searched(text: str) -> str:
    """The same for an e-mail address, however it is written: as `domain.email_address` reads it where it can."""
    return as_searched(kept_email(text))


def range_of(beginning: str) -> tuple[str, str]:
    """The (first, last) text between which all texts lie that begin with *beginning*, compared by code point."""
    return beginning, beginning + _LAST
