"""Masked e-mail addresses: enough for whoever has one to recognise it, too little for others to learn it."""

from __future__ import annotations

LEAST_SHOWN_OF = 3  # of a shorter name the first letter is a third or more


def mask_email(email: str) -> str:
    """``b…@beta.test`` for ``bob@beta.test``: the domain, and of the name before it the first letter at most.

    How long the name is does not show. Of a name of one or two letters, or one that begins with another sign,
    nothing is shown: ``…@beta.test``.
    """
    name, at, host = email.strip().rpartition("@")
    if not at:
        return "…"
    shown = name[0] if len(name) >= LEAST_SHOWN_OF and name[0].isalnum() else ""
    return f"{shown}…@{host}"
