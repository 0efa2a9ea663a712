"""Form of a TimeRex booking: what of it says who the guest is, and what are answers.

TimeRex names no question: it has four default questions, known by their ``field_type``, and any others, known by
their label alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hubsync.domain.questions import DEFAULT_QUESTIONS, Kind, Part

_GUEST = {"guest_name": "name", "guest_email": "email", "company_name": "company"}
_COMMENT = "guest_comment"
_COMMENT_LABEL = next(each.label for each in DEFAULT_QUESTIONS if each.part is Part.COMMENT)


@dataclass(frozen=True)
class SortedForm:
    """The guest and the answers as `hubsync.sources.answers` reads them."""

    guest: dict[str, Any] = field(default_factory=dict, repr=False)
    answers: Any = field(default=None, repr=False)


def sort_form(sent: Any) -> SortedForm:
    """Tell the four default questions from the others, whatever their labels.

    The comment becomes the answer to our own default question of that sort, and comes before another one of the
    same label. A type that comes twice counts the first time that it is filled in; after that it is a question
    like the others. What is no list of fields is left as it is.
    """
    if not isinstance(sent, list):
        return SortedForm(answers=sent)
    guest: dict[str, Any] = {}
    comments: list[Any] = []
    others: list[Any] = []
    for entry in sent:
        kind = entry.get("field_type") if isinstance(entry, Mapping) else None
        part = _GUEST.get(kind) if isinstance(kind, str) else None
        if not isinstance(entry, Mapping):
            others.append(entry)
        elif part is not None and not guest.get(part):
            guest[part] = entry.get("value")
        elif kind == _COMMENT and not comments:
            comments.append({"label": _COMMENT_LABEL, "value": entry.get("value"), "type": Kind.LONG_TEXT.value})
        else:
            others.append({"label": entry.get("label"), "value": entry.get("value")})
    return SortedForm(guest, comments + others)
