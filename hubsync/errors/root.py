"""The root of the family, and the mark for sentences that are translated when they are shown."""

from __future__ import annotations


def N_(sentence: str) -> str:
    """Mark *sentence* for translation without translating it yet."""
    return sentence


class HubSyncError(Exception):
    """The root. ``permanent`` says that trying again unchanged cannot help."""

    code = "error"
    advice = ""
    permanent = True

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.code)
        self.message = message or self.code
