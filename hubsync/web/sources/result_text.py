"""Texts for what became of a webhook, as the list of a booking source shows it: a word and a sentence for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from hubsync.domain.booking import BookingEvent
from hubsync.domain.received import Result
from hubsync.store.deliveries import Delivery
from hubsync.store.sources import ReceivedWebhook

Tone = Literal["good", "plain", "care", "bad"]


@dataclass(frozen=True)
class ResultText:
    """A result as people read it; *icon* is one of Bootstrap Icons."""

    word: LazyString
    icon: str
    tone: Tone
    sentence: LazyString


RESULTS = {
    Result.BOOKED: ResultText(_l("taken in"), "check-circle", "good", _l("A new booking, with its delivery.")),
    Result.REPEATED: ResultText(
        _l("known already"), "files", "plain", _l("It said nothing new. A booking is delivered once.")
    ),
    Result.MOVED: ResultText(
        _l("moved"), "calendar-event", "good", _l("The booking has another time, and keeps its delivery.")
    ),
    Result.CANCELLED: ResultText(
        _l("cancelled"), "calendar-x", "good", _l("The booking is marked as cancelled. It is posted all the same.")
    ),
    Result.NO_SHOW: ResultText(
        _l("no show"), "person-x", "good", _l("The booking is marked: its guest did not come.")
    ),
    Result.SHOWED: ResultText(
        _l("came after all"), "person-check", "good", _l("The mark that its guest did not come was taken back.")
    ),
    Result.ERASED: ResultText(
        _l("erased"),
        "eraser",
        "plain",
        _l("The data of this booking was erased here, and it is not taken in again."),
    ),
    Result.UNKNOWN_BOOKING: ResultText(
        _l("not known"), "question-circle", "plain", _l("A change of a booking that never came here.")
    ),
    Result.IGNORED: ResultText(
        _l("left alone"),
        "dash-circle",
        "plain",
        _l("It is not about a booking that was made, moved or cancelled."),
    ),
    Result.TESTED: ResultText(
        _l("test"), "check-circle", "good", _l("Your booking tool tried the address out, and it works.")
    ),
    Result.REPLIED: ResultText(
        _l("answered"),
        "reply",
        "good",
        _l("Your booking tool asked whether the address is yours, and was told so."),
    ),
    Result.SAMPLED: ResultText(
        _l("kept as a sample"),
        "bookmark",
        "care",
        _l("Its fields have not been taught yet, so nothing was taken in."),
    ),
    Result.DISABLED: ResultText(
        _l("switched off"), "pause-circle", "care", _l("The address was switched off, so nothing was taken in.")
    ),
    Result.NOT_PROVED: ResultText(
        _l("refused"),
        "shield-x",
        "bad",
        _l("It did not prove that your booking tool sent it, so nothing of it was read:"),
    ),
    Result.UNREADABLE: ResultText(
        _l("not readable"), "x-octagon", "bad", _l("The secret fits, but this could not be read:")
    ),
    Result.NOT_KEPT: ResultText(
        _l("sent back"),
        "arrow-repeat",
        "care",
        _l("It could not be written down at that moment. Your booking tool was asked to send it again."),
    ),
}

FORESEEN = {
    Result.BOOKED: _l("It would come in as a new booking."),
    Result.REPEATED: _l("It says nothing new of a booking that came already: nothing would change."),
    Result.MOVED: _l("A booking that came already would have another time, and keep its delivery."),
    Result.CANCELLED: _l("A booking that came already would be marked as cancelled."),
    Result.NO_SHOW: _l("A booking that came already would be marked: its guest did not come."),
    Result.SHOWED: _l("The mark of a booking that its guest did not come would be taken back."),
    Result.ERASED: _l("The data of this booking was erased here. It would not be taken in again."),
    Result.UNKNOWN_BOOKING: _l("It is a change of a booking that never came here, and would be left alone."),
    Result.IGNORED: _l("It would be answered and left alone."),
    Result.TESTED: _l("It is a test of your booking tool: it would be answered, and nothing stored."),
    Result.REPLIED: _l("It asks whether the address is yours, and would get its answer."),
}
"""What would become of a body that can be read: the results of a dry run."""

EVENTS = {
    BookingEvent.COMPLETED: _l("a booking"),
    BookingEvent.MOVED: _l("a booking was moved"),
    BookingEvent.CANCELLED: _l("a booking was cancelled"),
    BookingEvent.NO_SHOW: _l("a guest did not come"),
    BookingEvent.SHOWED: _l("a guest came after all"),
}
"""What a webhook told of a booking."""


@dataclass(frozen=True)
class ReceivedLine:
    """One line of the list; *delivery* is that of the booking it was about, *event* what it told of it.

    *sentence* says what became of it: of what was left alone, why.
    """

    row: ReceivedWebhook
    event: str
    text: ResultText
    sentence: str
    faults: Sequence[tuple[str, str]]
    delivery: Delivery | None


def show_lines(rows: Sequence[ReceivedWebhook], deliveries: Mapping[int, Delivery]) -> list[ReceivedLine]:
    """The lines as the page shows them."""
    return [_show_line(each, deliveries.get(each.delivery_id or 0)) for each in rows]


def _show_line(row: ReceivedWebhook, delivery: Delivery | None) -> ReceivedLine:
    text = explain_result(row.result)
    faults = [(place, gettext(reason)) for place, reason in row.faults]
    sentence = str(text.sentence)
    if row.result == Result.IGNORED and faults:
        sentence, faults = faults[0][1], []
    return ReceivedLine(row, explain_event(row.event), text, sentence, faults, delivery)


def explain_result(result: Result) -> ResultText:
    """The result's texts; one of another version has its stored name."""
    unknown = ResultText(LazyString(str, result), "circle", "plain", _l("This is a result of another version."))
    return RESULTS.get(result, unknown)


def explain_event(event: str) -> str:
    """What was told of a booking; empty where nothing was, and the stored name of what another version told."""
    return str(next((text for known, text in EVENTS.items() if known == event), event))
