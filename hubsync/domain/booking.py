"""Booking: one completed appointment with its answers, as a source hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hubsync.domain.notes import Note
from hubsync.domain.questions import Kind
from hubsync.domain.values import AnswerValue

PAGE = "page"
"""The ``source`` of bookings and calendars whose form is the calendar's own booking page."""
IMPORT = "import"
"""The ``source`` of bookings that came before, from a file; they are in a calendar of whatever source."""
LONGEST_REASON = 2_000
"""Characters of the reason of a move or a cancellation; what is longer is cut."""


class BookingEvent(StrEnum):
    """What happened to a booking at its source. The values are stored; none is ever renamed."""

    COMPLETED = "completed"
    MOVED = "moved"
    """It has another time; its answers and its guest may differ as well."""
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    """The guest did not come."""
    SHOWED = "showed"
    """A no-show was taken back."""


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

    ``note`` says what of the value could not be taken as it was sent. ``key`` is the source's own name of the
    question, by which it is known again whatever its label is then; empty where a source has none.
    """

    label: str
    value: AnswerValue = field(repr=False)
    kind: Kind | None = None
    note: Note | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """What every source makes of its own format.

    ``source`` is `PAGE`, `IMPORT` or a name in the registry of sources, ``external_id`` the source's own id of the
    booking, by which a repeat is known. ``starts_at`` and ``ends_at`` are aware and keep the offset they came
    with; both are None for a lead, which has no time (a form that was filled in).
    ``answers`` stand under the labels of the source's form; ``by_question`` are those of a form that asked our
    questions, by their ids, and None for any other. ``host`` is whom the guest meets, empty when unknown, and
    ``host_email`` the address of the first of them, where the source tells it. What a guest typed stays out of
    ``repr``, because a repr ends up in tracebacks. ``notes`` name what could not be taken as it was sent, but for
    the answers' own.

    ``event`` says what the source tells of the booking, ``occurred_at`` (aware) since when it is so, where it says
    so: an older state never takes the place of a newer one. Sources that give a moved booking a new id name the
    former one in ``replaces``; where the former one is told apart from the new one, it names that in
    ``replaced_by``, and its own time is over. ``reason`` is what was written about a change. ``location`` is where
    the guest and the host meet: an address, a number, a link. ``locale`` is the guest's language (BCP 47).
    """

    source: str
    external_id: str
    calendar_external_id: str
    calendar_name: str
    guest: Guest
    starts_at: datetime | None
    ends_at: datetime | None
    answers: tuple[GivenAnswer, ...] = ()
    by_question: Mapping[int, AnswerValue] | None = field(default=None, repr=False)
    url_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    host: str = ""
    host_email: str = field(default="", repr=False)
    notes: tuple[Note, ...] = ()
    event: BookingEvent = BookingEvent.COMPLETED
    occurred_at: datetime | None = None
    replaces: str = ""
    replaced_by: str = ""
    reason: str = field(default="", repr=False)
    location: str = field(default="", repr=False)
    locale: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that it may be known by, each once: a sender may name one id in several places."""
        named = (self.external_id, self.replaces, self.replaced_by)
        return tuple(dict.fromkeys(each for each in named if each))

    @property
    def former_ids(self) -> frozenset[str]:
        """Those of its ids whose time is over."""
        over = (self.replaces, self.external_id if self.replaced_by else "")
        return frozenset(each for each in over if each)


@dataclass(frozen=True, slots=True)
class BookingChange:
    """What a source tells of a booking without repeating it, such as a no-show.

    ``external_ids`` are those by which the booking may be known, the likeliest first; a change of a booking that
    never came is none. The rest is as in `Booking`.
    """

    source: str
    external_ids: tuple[str, ...]
    event: BookingEvent
    occurred_at: datetime | None = None
    reason: str = field(default="", repr=False)
