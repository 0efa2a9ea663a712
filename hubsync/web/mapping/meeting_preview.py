"""Meeting of a preview: whether it would be put on the timeline, and as what."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import pgettext

from hubsync.domain.mapping import MappingInput
from hubsync.domain.meetings import NoMeeting
from hubsync.domain.outcomes import Expected
from hubsync.domain.remarks import FurtherStep
from hubsync.phrases import labelled
from hubsync.services.mapping.meeting_texts import MeetingPreview, fill_in
from hubsync.services.mapping.preview import Preview
from hubsync.services.posting.expected_records import ExpectedRecord
from hubsync.store.bookings import BookingRecord
from hubsync.web.mapping.editor_state import EditorState
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.remark_texts import NO_MEETING, PARTS

_NEVER_STANDS = (Expected.NONE, Expected.NO_KEY, Expected.REFUSED)


@dataclass(frozen=True)
class MeetingShown:
    """The line about the meeting; *made* is the meeting, where one would be made, on these *timelines*."""

    line: RecordLine
    made: MeetingPreview | None = None
    timelines: list[str] = field(default_factory=list, repr=False)


def foresee_meeting(
    state: EditorState, outcome: Preview, material: MappingInput, booking: BookingRecord | None, *, typed: bool
) -> MeetingShown | None:
    """What would become of the meeting of a previewed booking; None where the calendar wants none.

    *booking* is the latest one, whose answers may have been *typed* over.
    """
    if not state.edited.meetings_on:
        return None
    titles = state.edited.meeting_title, state.edited.meeting_body
    company = (outcome.draft.company or {}).get("name", "")
    meeting = fill_in(state.calendar, *titles, material, booking, typed=typed, company=company)
    has_time = meeting is not None and meeting.starts_at is not None
    is_cancelled = booking is not None and booking.cancelled_at is not None and not typed
    why = _why_none(outcome, has_time=has_time, is_cancelled=is_cancelled)
    return MeetingShown(_line(why), None if why else meeting, [] if why else _timelines(outcome))


def foresee_line(outcome: Preview, *, has_time: bool, is_cancelled: bool) -> RecordLine:
    """Whether a booking that is previewed on a calendar with meetings would get one."""
    return _line(_why_none(outcome, has_time=has_time, is_cancelled=is_cancelled))


def _why_none(outcome: Preview, *, has_time: bool, is_cancelled: bool) -> NoMeeting | None:
    if not has_time:
        return NoMeeting.NO_TIME
    if is_cancelled:
        return NoMeeting.CANCELLED
    return None if _timelines(outcome) else NoMeeting.NO_RECORD


def _line(why: NoMeeting | None) -> RecordLine:
    if why is None:
        return promised_meeting()
    here = {
        NoMeeting.NO_RECORD: _("Not possible without the contact or the company."),
        NoMeeting.CANCELLED: _("The booking is cancelled, and a cancelled one gets no meeting."),
    }
    sentence = here.get(why) or str(NO_MEETING[why])
    never = pgettext("on the timeline", "not made")
    return RecordLine(str(PARTS[FurtherStep.MEETING]), never, "dash-circle", "plain", sentence)


def promised_meeting() -> RecordLine:
    """The line about a meeting that would be made."""
    return RecordLine(
        str(PARTS[FurtherStep.MEETING]),
        pgettext("on the timeline", "would be made"),
        "check-circle",
        "good",
        _("The meeting would be put on the timeline, unless the host's own calendar has brought it."),
    )


def _timelines(outcome: Preview) -> list[str]:
    """The contact and the company on whose timelines it would be, as far as they would be in HubSpot."""
    contact, company = outcome.draft.contact or {}, outcome.draft.company or {}
    named: list[tuple[str, ExpectedRecord, str]] = [
        ("contact", outcome.contact, contact.get("email", "")),
        ("company", outcome.company, company.get("name", "") or company.get("domain", "")),
    ]
    return [labelled(PARTS[part], name) for part, record, name in named if record.state not in _NEVER_STANDS]
