"""Lists that people type, one entry on each line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ReadList:
    """What was typed: each of the *entries* once, in their order, and the numbers of the *unreadable* lines, from
    1."""

    entries: tuple[str, ...]
    unreadable: tuple[int, ...]


def read_list(typed: str, read_entry: Callable[[str], str]) -> ReadList:
    """Read what was *typed*; *read_entry* makes an entry of a line that is not empty, or "" of what is none."""
    lines = [(number, line.strip()) for number, line in enumerate(typed.splitlines(), 1) if line.strip()]
    read = [(number, read_entry(line)) for number, line in lines]
    return ReadList(
        tuple(dict.fromkeys(entry for _number, entry in read if entry)),
        tuple(number for number, entry in read if not entry),
    )
