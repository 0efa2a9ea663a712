"""What a mail asks its readers to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ToDo:
    """One thing to do: a sentence, and the page where it is done with its name."""

    sentence: str
    page: str
    address: str
