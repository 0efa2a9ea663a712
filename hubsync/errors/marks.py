"""Mark for sentences that are translated when they are shown."""

from __future__ import annotations


def N_(sentence: str) -> str:
    """Mark *sentence* for translation without translating it yet."""
    return sentence
