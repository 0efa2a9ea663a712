"""Guesses about the guest, from what an answer looks like and from what its question is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.email_address import is_email
from hubsync.domain.labels import forms, normalised
from hubsync.domain.mapping import Section
from hubsync.domain.property_names import FULL_NAMES, property_names
from hubsync.domain.questions import Kind
from hubsync.domain.values import AnswerValue
from hubsync.sources.teachable import Role

_TRACKING = re.compile(r"utm_[a-z0-9_]{1,40}|gclid|fbclid|msclkid", re.IGNORECASE)
_LONGEST_NAME = 50


def is_tracking_name(name: str) -> bool:
    """Whether a field of this name is about how the guest came, and was never asked."""
    return len(name) <= _LONGEST_NAME and _TRACKING.fullmatch(name) is not None


def asks_for(label: str) -> Role | None:
    """What of the guest a question of this *label* asks for: name, first or last name, e-mail, company."""
    return next((role for form in forms(label) for role in (_asked().get(form),) if role), None)


def guess_guest(answers: Sequence[GivenAnswer]) -> dict[Role, str]:
    """What *answers* say of the guest, by role: the first address, and the first answer to a question for each."""
    guessed: dict[Role, str] = {}
    for each in answers:
        role = asks_for(each.label)
        text = each.value if isinstance(each.value, str) else ""
        if role is not None and role is not Role.EMAIL and text:
            guessed.setdefault(role, text)
    address = next((text for each in answers for text in _texts(each.value) if is_email(text)), "")
    return {**guessed, Role.EMAIL: address} if address else guessed


def guess_kind(answer: GivenAnswer) -> GivenAnswer:
    """*answer* with the kind of its question, where that asks for a name or an address and no other is told."""
    role = asks_for(answer.label) if answer.kind in (None, Kind.TEXT) else None
    if role is Role.NAME and not isinstance(answer.value, bool):
        return replace(answer, kind=Kind.NAME)
    if role is Role.EMAIL and isinstance(answer.value, str) and is_email(answer.value):
        return replace(answer, kind=Kind.EMAIL)
    return answer


@cache
def _asked() -> dict[str, Role]:
    names = property_names()
    called: dict[Role, Iterable[str]] = {
        Role.NAME: FULL_NAMES,
        Role.FIRST_NAME: names[Section.CONTACTS]["firstname"],
        Role.LAST_NAME: names[Section.CONTACTS]["lastname"],
        Role.EMAIL: names[Section.CONTACTS]["email"],
        Role.COMPANY: names[Section.COMPANIES]["name"],
    }
    return {normalised(each): role for role, labels in called.items() for each in labels}


def _texts(value: AnswerValue) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, tuple) else ()
