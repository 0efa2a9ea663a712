"""Reader of what a guest answered, by slug: the vendor's own questions by their meaning, the owner's as they are.

Labels are no help: the same question has the label ``your_name``, ``name`` or none at all, as the trigger goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.notes import Note
from hubsync.domain.questions import Kind
from hubsync.domain.values import answer_text
from hubsync.sources.answers import read_answers, read_url_params
from hubsync.sources.texts import take_answer, take_text, text_of

LONGEST_REASON = 2_000
PHONE = "attendeePhoneNumber"

_GUEST = frozenset({"name", "email"})
_NO_QUESTIONS = _GUEST | {"location", "rescheduleReason"}
_SYSTEM_QUESTIONS = {
    PHONE: ("Phone number", Kind.PHONE),
    "smsReminderNumber": ("Phone number (text notifications)", Kind.PHONE),
    "title": ("What is this meeting about?", Kind.TEXT),
    "notes": ("Additional notes", Kind.LONG_TEXT),
    "guests": ("Additional guests", Kind.TEXT),
}
_PARAMS = frozenset({"gclid", "fbclid", "msclkid"})


@dataclass(frozen=True, slots=True)
class Responses:
    """What was answered; *name*, *email* and *place* (where to meet) are values as they were sent."""

    name: Any = field(default=None, repr=False)
    email: Any = field(default=None, repr=False)
    place: Any = field(default=None, repr=False)
    reason: str = field(default="", repr=False)
    answers: tuple[GivenAnswer, ...] = ()
    url_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[Note, ...] = ()

    def with_phone(self, sent: Any) -> Responses:
        """The same with a phone number that is known, but not from the questions; None is no number."""
        if sent is None:
            return self
        (given,), _ = read_answers([_entry(PHONE, {"value": sent})], keyed=True)
        return replace(self, answers=(*self.answers, given))


def read_responses(sent: Any) -> Responses:
    """What *sent* answers, slug to ``{"label"?, "value"?, "isHidden"?}``; nothing where it is no such object.

    A hidden question that nobody answered was not asked. Hidden questions that are called as URL parameters are
    (``utm_source``) carry these. Whatever cannot be taken is noted.
    """
    items = {slug: _item(given) for slug, given in sent.items()} if isinstance(sent, Mapping) else {}
    params = {slug: item.get("value") for slug, item in items.items() if _is_param(slug, item)}
    entries = [
        _entry(slug, item) for slug, item in items.items() if slug not in params and _is_question(slug, item)
    ]
    answers, of_answers = read_answers(entries, keyed=True)
    url_params, of_params = read_url_params(params)
    return Responses(
        name=_plain(items.get("name", {}).get("value")),
        email=_plain(items.get("email", {}).get("value")),
        place=items.get("location", {}).get("value"),
        reason=text_of(take_text(items.get("rescheduleReason", {}).get("value"), LONGEST_REASON)),
        answers=answers,
        url_params=url_params,
        notes=(*of_answers, *of_params),
    )


def _item(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {"value": given}


def _is_param(slug: str, item: Mapping[str, Any]) -> bool:
    """Some triggers and the API do not say what is hidden; then the name alone counts."""
    return (slug.startswith("utm_") or slug in _PARAMS) and item.get("isHidden") is not False


def _is_question(slug: str, item: Mapping[str, Any]) -> bool:
    if slug in _NO_QUESTIONS:
        return False
    return not (item.get("isHidden") is True and _is_empty(item.get("value")))


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _entry(slug: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as `read_answers` takes it, under a label that a person can read."""
    value = _plain(item.get("value"))
    if slug not in _SYSTEM_QUESTIONS:
        label = item.get("label")
        # Some triggers, and the API, know no label but the slug: that is no other name for the question.
        return {"key": slug, "label": "" if label == slug else label, "value": value}
    label, kind = _SYSTEM_QUESTIONS[slug]
    several = take_answer(value).value
    if isinstance(several, tuple):
        # One text: the entries of a list would be offered as choices to others, and these are addresses.
        value = answer_text(several)
    return {"key": slug, "label": label, "value": value, "type": kind.value}


def _plain(value: Any) -> Any:
    """*value* without the vendor's objects around it: a name in two parts, a choice with a field of its own."""
    if not isinstance(value, Mapping):
        return value
    if value.keys() & {"firstName", "lastName"}:
        parts = (value.get(part) for part in ("firstName", "lastName"))
        return " ".join(part for part in map(_text, parts) if part)
    if "optionValue" in value:
        return value["optionValue"] or value.get("value")
    return value


def _text(value: Any) -> str:
    return text_of(take_answer(value))
