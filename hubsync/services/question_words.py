"""Labels of questions in the reader's language, where they are HubSync's own."""

from __future__ import annotations

import re

from flask_babel import gettext

from hubsync.domain.questions import DEFAULT_QUESTIONS, UNLABELLED

_OURS = {*(question.label for question in DEFAULT_QUESTIONS), UNLABELLED}
_NUMBERED = re.compile(r"(.+)( \(\d+\))")


def word_label(label: str) -> str:
    """What a question is called; one that a person or a source has named is called that by everybody."""
    if label in _OURS:
        return gettext(label)
    numbered = _NUMBERED.fullmatch(label)
    return gettext(numbered[1]) + numbered[2] if numbered and numbered[1] in _OURS else label


def label_typed(typed: str, kept: str) -> str:
    """The label to keep: *kept*, unless something else was typed than what people read of it."""
    return kept if typed.strip() == word_label(kept) else typed
