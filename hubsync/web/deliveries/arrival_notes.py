"""Notes on arrival: what of a booking could not be read as its source sent it, for the delivery's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.notes import Note, NoteCode, read_note
from hubsync.services.question_words import word_label
from hubsync.store.bookings import BookingRecord

PLACES = {
    "guest": _l("Guest"),
    "guest.name": _l("The guest's name"),
    "guest.email": _l("The guest's e-mail address"),
    "guest.company": _l("The guest's company"),
    "calendar.name": _l("Calendar name"),
    "end": _l("End of the appointment"),
    "answers": _l("Answers"),
    "url_params": _l("URL parameters"),
    "host": _l("Host"),
    "location": _l("Place of the appointment"),
    "occurred_at": _l("Time of the change"),
    "reason": _l("Reason of the change"),
    "replaces": _l("The booking before the change"),
    "replaced_by": _l("The booking after the change"),
}

SENTENCES = {
    NoteCode.UNREADABLE: _l(
        "The booking source sent something that is neither text, number nor choice, so it is not posted. "
        "Enter it in HubSpot yourself, and change what the source sends."
    ),
    NoteCode.CUT: _l("It was too long. Only its beginning was taken."),
    NoteCode.ANSWERED_TWICE: _l(
        "The booking source also named this for the guest. The answer to the question counts."
    ),
    NoteCode.NO_QUESTION: _l("It is kept here, but it belongs to no question, so it is not posted."),
}

END_UNREADABLE = _l("The booking source named no end that can be read, so the appointment counts as half an hour.")


@dataclass(frozen=True)
class NoteShown:
    """One note: *what* it is about, the sentence, and what came as far as it is kept."""

    what: str
    sentence: str
    came: str


def list_notes(booking: BookingRecord) -> Sequence[NoteShown]:
    """The booking's notes."""
    return [_shown(read_note(each)) for each in booking.notes]


def _shown(note: Note) -> NoteShown:
    place = str(PLACES.get(note.place, note.place))
    if note.place == "url_params" and note.label:
        what = _("URL parameter %(name)s", name=note.label)
    elif note.place == "answers" and note.label:
        what = word_label(note.label)
    else:
        what = place
    unreadable_end = note.place == "end" and note.code is NoteCode.UNREADABLE
    return NoteShown(what, str(END_UNREADABLE if unreadable_end else SENTENCES[note.code]), note.shown)
