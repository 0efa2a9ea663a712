"""Reader of the answers: what Calendly asks by itself, then the questions of the event type in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.notes import Note
from hubsync.domain.questions import Kind
from hubsync.sources.answers import LONGEST_GUEST, read_answers
from hubsync.sources.texts import take_text

_OWN_QUESTIONS = (
    ("first_name", "First name", Kind.TEXT),
    ("last_name", "Last name", Kind.TEXT),
    ("text_reminder_number", "Phone number for text reminders", Kind.PHONE),
)
"""Questions that are fields of the invitee: null where an event type does not ask them."""


def read_form(invitee: Mapping[str, Any]) -> tuple[tuple[GivenAnswer, ...], list[Note]]:
    """The answers of an *invitee*; several choices come as one text with a line for each, and stay one."""
    given, notes = read_answers(_entries(invitee.get("questions_and_answers")))
    return (*_own_answers(invitee), *given), notes


def _own_answers(invitee: Mapping[str, Any]) -> Iterator[GivenAnswer]:
    for key, label, kind in _OWN_QUESTIONS:
        taken = take_text(invitee.get(key), LONGEST_GUEST)
        note = taken.note(f"payload.{key}", label)
        if taken.value or note:
            yield GivenAnswer(label, taken.value, kind if taken.value else None, note, key)


def _entries(sent: Any) -> Any:
    """Calendly's pairs as `read_answers` takes them, in the order of the form."""
    if not isinstance(sent, list):
        return sent
    return [
        {"label": each["question"], "value": each.get("answer")}
        if isinstance(each, Mapping) and "question" in each
        else each
        for each in sorted(sent, key=_position)
    ]


def _position(entry: Any) -> int:
    """Where a pair stands in the form; one that does not say so comes last."""
    position = entry.get("position") if isinstance(entry, Mapping) else None
    return position if isinstance(position, int) else 1_000_000
