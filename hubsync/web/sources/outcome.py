"""Outcome of a dry run as pages show it: in words, with the booking that would come in and what is posted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g
from flask_babel import gettext

from hubsync.domain.booking import Booking
from hubsync.domain.received import Result
from hubsync.domain.values import AnswerValue, answer_text
from hubsync.errors import BodyUnreadable, BookingNotKept
from hubsync.services.calendars import calendars
from hubsync.services.connection.properties import known_properties
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.mapping.choices import offer_information
from hubsync.services.mapping.preview import preview
from hubsync.services.mapping.storage import load_mapping
from hubsync.services.question_words import word_label
from hubsync.services.sources.dry_run import DryRun, NewBooking, try_body
from hubsync.sources.source import Ignored, Source
from hubsync.store.connections import connection_of
from hubsync.web.deliveries.arrival_notes import NoteShown, list_notes
from hubsync.web.mapping.preview_text import SectionValues, record_lines, sections_of, shorten
from hubsync.web.mapping.text import Labels
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.sources.place import shown_number
from hubsync.web.sources.result_text import FORESEEN, ResultText, explain_event, explain_result

MOST_SHOWN = 100


@dataclass(frozen=True)
class OutcomeShown:
    """What would become of a body, in words; *booking* is one that would come in, with what HubSpot would get."""

    text: ResultText
    sentence: str
    event: str
    reason: str = ""
    delivery_id: int | None = None
    count: int = 1
    booking: NewBooking | None = None
    told: Booking | None = field(default=None, repr=False)
    answers: tuple[tuple[str, str, bool], ...] = field(default=(), repr=False)
    answers_left: int = 0
    notes: tuple[NoteShown, ...] = field(default=(), repr=False)
    sections: tuple[SectionValues, ...] = field(default=(), repr=False)
    looks: tuple[RecordLine, ...] = field(default=(), repr=False)


def foresee(source: Source, body: bytes) -> tuple[OutcomeShown | None, list[tuple[str, str]]]:
    """What would become of *body* at the address that the page is about, or (place, reason) of what stops it.

    *source* is configured as the team has it, or would have it.
    """
    try:
        return _show(try_body(g.team.id, source, shown_number(), body)), []
    except BodyUnreadable as unreadable:
        return None, [(place, gettext(reason)) for place, reason in unreadable.faults]
    except BookingNotKept:
        return None, [("", gettext("The database did not answer just now. Try again."))]


def _show(run: DryRun) -> OutcomeShown:
    shown: dict[str, Any] = {}
    if isinstance(run.said, Booking):
        shown["told"] = run.said
    if run.booking is not None:
        answers = [
            (word_label(each.label), shorten(_worded(each.value)), each.is_new) for each in run.booking.answers
        ]
        shown.update(
            answers=tuple(answers[:MOST_SHOWN]),
            answers_left=max(len(answers) - MOST_SHOWN, 0),
            notes=tuple(list_notes(run.booking.record)[:MOST_SHOWN]),
            **_preview(run.booking),
        )
    return OutcomeShown(
        text=explain_result(run.result),
        sentence=str(FORESEEN[run.result]),
        event="" if run.result is Result.BOOKED else explain_event(getattr(run.said, "event", "")),
        reason=gettext(run.said.reason) if isinstance(run.said, Ignored) else "",
        delivery_id=run.delivery_id,
        count=run.count,
        booking=run.booking,
        **shown,
    )


def _worded(value: AnswerValue) -> str:
    """An answer as the reader has it, a tick too; what HubSpot gets of it is shown below."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return answer_text(value)


def _preview(booking: NewBooking) -> dict[str, Any]:
    """What the mapping of the calendar would give HubSpot; nothing where nothing would be posted."""
    if booking.mapping is None or booking.material is None or booking.calendar_id is None:
        return {}
    outcome = preview(g.team, booking.mapping, booking.material)
    calendar = calendars.find_calendar(g.membership, booking.calendar_id)
    labels = Labels(load_mapping(calendar.id), known_properties(g.team.id), offer_information(calendar))
    return {
        "sections": tuple(sections_of(outcome, booking.mapping, labels, read_refused(g.team.id))),
        "looks": tuple(record_lines(outcome, connection_of(g.team.id))),
    }
