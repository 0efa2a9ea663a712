"""Signed tokens of the forms of booking pages, so that they need no cookie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from itsdangerous import BadData, BadSignature, SignatureExpired

from hubsync.config import settings
from hubsync.config.signing import timed_serializer
from hubsync.domain.query_names import MOST_NAMES, is_query_name
from hubsync.domain.values import clean_text
from hubsync.services import now
from hubsync.services.bookings.booking_page import new_form_id

LIFETIME_SECONDS = 12 * 60 * 60
LONGEST_PARAM = 500
_SALT = "booking form"


@dataclass(frozen=True)
class FormToken:
    """One form shown to one guest; *form_id* makes sending it twice one booking. *fresh* is False for a form that
    may not be taken: too old, not ours, or without any token. *shown_at* is when it was shown first, in seconds
    since 1970; it stays when the form comes back with something to correct."""

    form_id: str
    url_params: dict[str, str] = field(default_factory=dict)
    fresh: bool = True
    shown_at: float = 0.0

    def sign(self, slug: str) -> str:
        """The token for the form of the booking page *slug*."""
        named = {"page": slug, "form": self.form_id, "params": self.url_params, "shown": self.shown_at}
        return timed_serializer(_SALT).dumps(named)

    @property
    def is_too_quick(self) -> bool:
        """Whether nobody can have filled it in since it was shown. A clock set back makes nobody quick."""
        return 0 <= now().timestamp() - self.shown_at < settings().form_least_seconds


def new_form(params: Iterable[tuple[str, str]], *, fresh: bool = True) -> FormToken:
    """A token of a new form, which takes the URL parameters *params* along."""
    return FormToken(new_form_id(), _keep_params(params), fresh, now().timestamp())


def read_form(signed: str, slug: str, params: Iterable[tuple[str, str]]) -> FormToken:
    """The token that came back with a form of the page *slug*.

    One that is only too old keeps its form id: the form may have been completed before. One that we did not
    sign for this page is replaced by a new one with the URL parameters *params*.
    """
    serializer = timed_serializer(_SALT)
    fresh = True
    try:
        try:
            read = serializer.loads(signed, max_age=LIFETIME_SECONDS)
        except SignatureExpired as expired:
            # Its signature is good, or BadSignature had been raised.
            read, fresh = serializer.load_payload(expired.payload or b""), False
        if read["page"] != slug:
            raise BadSignature("signed for another page")
    except BadData:
        return new_form(params, fresh=False)
    # A form of a version that did not write down when it was shown is as old as can be.
    return FormToken(read["form"], read["params"], fresh, read.get("shown", 0.0))


def _keep_params(params: Iterable[tuple[str, str]]) -> dict[str, str]:
    """At most 25, the first of each name."""
    kept: dict[str, str] = {}
    for name, value in params:
        text = clean_text(value)
        if is_query_name(name) and 0 < len(text) <= LONGEST_PARAM:
            kept.setdefault(name, text)
    return dict(islice(kept.items(), MOST_NAMES))
