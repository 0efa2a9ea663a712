"""Booking: one completed appointment with its answers, as a source hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hubsync.domain.notes import Note
from hubsync.domain.questions import Kind
from hubsync.domain.values import AnswerValue

PAGE = "page"
"""The ``source`` of bookings and calendars whose form is the calendar's own booking page."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who booked; an empty string where the source does not say. ``timezone`` is an IANA name or empty."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    company: str = field(default="", repr=False)
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer under the label the guest saw; ``kind`` is None when the source does not name one.

    ``note`` says what of the value could not be taken as it was sent.
    """

    label: str
    value: AnswerValue = field(repr=False)
    kind: Kind | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """What every source makes of its own format.

    ``source`` is `PAGE` or a name in the registry of sources, ``external_id`` the source's own id of the booking,
    by which a repeat is known. ``starts_at`` and ``ends_at`` are aware and keep the offset they came with.
    ``answers`` stand under the labels of the source's form; ``by_question`` are those of a form that asked our
    questions, by their ids, and None for any other. ``host`` is whom the guest meets, empty when unknown. What a
    guest typed stays out of ``repr``, because a repr ends up in tracebacks. ``notes`` name what could not be taken
    as it was sent, but for the answers' own.
    """

    source: str
    external_id: str
    calendar_external_id: str
    calendar_name: str
    guest: Guest
    starts_at: datetime
    ends_at: datetime
    answers: tuple[GivenAnswer, ...] = ()
    by_question: Mapping[int, AnswerValue] | None = field(default=None, repr=False)
    url_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    host: str = ""
    notes: tuple[Note, ...] = ()
