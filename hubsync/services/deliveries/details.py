"""Details of attempts in words, for whoever reads them."""

from __future__ import annotations

from flask_babel import gettext

from hubsync.errors import read_detail
from hubsync.store.deliveries import Attempt


def word_attempt(attempt: Attempt) -> str:
    """What exactly happened, in the reader's language; a former version's sentence is told as it was kept."""
    detail = read_detail(attempt.detail)
    return detail.word(gettext) if detail is not None else attempt.message
