"""Mistyped mail domains: the well-known one that was probably meant. A guess, by which nobody may be refused."""

from __future__ import annotations

from functools import cache
from importlib import resources

SHORTEST_NAME = 5
"""A shorter name, such as ``web``, is one letter away from too many others that somebody may really have."""
_SLIPS_OF_COM = frozenset({"co", "cm", "om"})
_OTHERS = "! "


def suggest_domain(domain: str) -> str:
    """The well-known mail domain that *domain* (in lower case) is one slip away from; empty where it is none.

    A slip is a letter too many, one missing, another one, or two that changed places: one in the name, and one in
    what follows it. The domains of other countries, such as ``yahoo.se``, are no slips.
    """
    known, others = _lists()
    if domain in known or domain in others:
        return ""
    name, _dot, ending = domain.partition(".")
    for each in known:
        known_name, _dot, known_ending = each.partition(".")
        if _may_be_meant(name, known_name) and _ends_alike(ending, known_ending):
            return each
    return ""


def _may_be_meant(name: str, known: str) -> bool:
    return name == known or (len(known) >= SHORTEST_NAME and _is_slip(name, known))


def _ends_alike(ending: str, known: str) -> bool:
    if ending == known:
        return True
    if len(ending) == 2:  # the domain of a country
        return known == "com" and ending in _SLIPS_OF_COM
    return _is_slip(ending, known)


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one of both becomes the other by one letter, or by two neighbours that change places."""
    if len(typed) > len(meant):
        typed, meant = meant, typed
    at = next((place for place, sign in enumerate(typed) if sign != meant[place]), len(typed))
    if len(typed) < len(meant):
        return len(meant) - len(typed) == 1 and typed[at:] == meant[at + 1 :]
    if typed[at + 1 :] == meant[at + 1 :]:
        return typed != meant
    return typed[at + 2 :] == meant[at + 2 :] and typed[at : at + 2] == meant[at : at + 2][::-1]


@cache
def _lists() -> tuple[tuple[str, ...], frozenset[str]]:
    """The well-known domains in the order of the file, and others' own that look like a slip of one."""
    text = resources.files("hubsync.domain").joinpath("data/common_mail_domains.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    others = frozenset(line.removeprefix(_OTHERS) for line in lines if line.startswith(_OTHERS))
    return tuple(line for line in lines if not line.startswith(_OTHERS)), others
