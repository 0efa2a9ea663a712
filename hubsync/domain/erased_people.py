"""The mark of a person who was erased: it tells one from another where their deeds are kept, and names nobody."""

from __future__ import annotations

_MARK = "erased person "


def mark_of(number: int) -> str:
    """What stands in the place of the person's name; *number* is that which the person had here."""
    return f"{_MARK}{number}"


def number_of(shown: object) -> int | None:
    """The number of a person who was erased; None for what is no such mark."""
    if not isinstance(shown, str) or not shown.startswith(_MARK):
        return None
    number = shown.removeprefix(_MARK)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 20 else None
