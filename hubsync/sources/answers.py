"""Readers of the answers, the guest and the URL parameters in a body, with notes on what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubsync.domain.booking import GivenAnswer, Guest
from hubsync.domain.notes import Note, NoteCode
from hubsync.domain.occurrences import LONGEST_LABEL
from hubsync.domain.questions import Kind
from hubsync.sources import fields
from hubsync.sources.texts import AcceptedValue, as_written, take_answer, take_text, text_of

MOST_ANSWERS = 200
LONGEST_GUEST = 1_000
"""Characters of a guest's name, e-mail address or company."""

_LONGEST_PARAM = 2_000
_LONGEST_PARAM_NAME = 100
_MOST_PARAMS = 100
_ENTRY = {"label", "value", "type", "key"}


def read_guest(value: Any) -> tuple[Guest, list[Note]]:
    """Who booked; a part that cannot be read is empty and noted."""
    if not isinstance(value, Mapping):
        return Guest("", ""), [Note(NoteCode.UNREADABLE, "guest", shown=as_written(value))] if value else []
    notes = []
    parts = {}
    for name in ("name", "email", "company"):
        taken = take_text(value.get(name), LONGEST_GUEST)
        parts[name] = text_of(taken)
        if name == "email":
            parts[name] = fields.email_address(parts[name])
        notes += [note for note in (taken.note(f"guest.{name}"),) if note is not None]
    return Guest(**parts, timezone=fields.time_zone(value.get("timezone"))), notes


def read_answers(value: Any, *, keyed: bool = False) -> tuple[tuple[GivenAnswer, ...], list[Note]]:
    """The first 200 answers in their order; what comes after them is kept in one note.

    A list of ``{"label", "value", "type"?}``; an object counts as label to value, an entry that is no such object
    as an answer without a label. *keyed* entries also have the source's own name of the question as ``key``.
    """
    entries = _entries(value)
    given = tuple(
        each for each in (_given(entry, keyed) for entry in entries[:MOST_ANSWERS]) if _says_something(each)
    )
    beyond = [entry for entry in entries[MOST_ANSWERS:] if entry]
    shown = as_written(beyond, longest=None) if beyond else ""
    return given, [Note(NoteCode.NO_QUESTION, "answers", shown=shown)] if beyond else []


def read_url_params(value: Any) -> tuple[dict[str, str], list[Note]]:
    """URL parameters by name, at most 100; empty ones are dropped, and what cannot be kept is noted."""
    if not isinstance(value, Mapping):
        return {}, [Note(NoteCode.UNREADABLE, "url_params", shown=as_written(value))] if value else []
    kept: dict[str, str] = {}
    dropped: dict[NoteCode, list[str]] = {}
    for name, given in value.items():
        taken = take_text(given, _LONGEST_PARAM)
        text, code = text_of(taken), taken.code
        if isinstance(given, bool):
            text, code = ("Yes" if given else "No"), None
        if text and not (len(kept) < _MOST_PARAMS and fields.is_param_name(name, _LONGEST_PARAM_NAME)):
            code, shown = NoteCode.NO_QUESTION, text
        elif text:
            kept[name], shown = text, ""
        else:
            shown = taken.shown
        if code is not None:
            dropped.setdefault(code, []).append(f"{as_written(name)}: {shown}".rstrip(": "))
    return kept, [Note(code, "url_params", shown="\n".join(lines)) for code, lines in dropped.items()]


def _entries(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping) and not value.keys() & {"label", "value"}:
        return [{"label": label, "value": given} for label, given in value.items()]
    return [] if value is None else [value]


def _given(entry: Any, keyed: bool) -> GivenAnswer:
    """One answer; its kind is the type that was sent, when there is such a kind and it fits the value."""
    if not isinstance(entry, Mapping):
        taken = take_answer(entry)
        return GivenAnswer("", taken.value, None, taken.note("answers"))
    label = _label(entry.get("label"))
    taken = take_answer(entry.get("value"))
    if "value" not in entry and entry.keys() - _ENTRY:  # it is said in words of the source's own
        taken = AcceptedValue(None, NoteCode.UNREADABLE, as_written(entry))
    kind, value = _kind(entry.get("type")), taken.value
    if kind is Kind.SEVERAL_CHOICES and isinstance(value, str):
        value = (value,)
    if value is not None and isinstance(value, bool) is not (kind is Kind.CHECK_BOX):
        kind = None
    key = text_of(take_text(entry.get("key"), LONGEST_LABEL)) if keyed else ""
    return GivenAnswer(label, value, kind, taken.note("answers", label), key)


def _label(sent: Any) -> str:
    """The label in one line, its first 300 characters; what is no text is called as it is written."""
    taken = take_text(sent, LONGEST_LABEL)
    text = taken.shown if taken.code is NoteCode.UNREADABLE else text_of(taken)
    return " ".join(text.split())[:LONGEST_LABEL]


def _kind(sent: Any) -> Kind | None:
    return Kind(sent) if isinstance(sent, str) and sent in set(Kind) else None


def _says_something(given: GivenAnswer) -> bool:
    return bool(given.label) or given.value is not None or given.note is not None
