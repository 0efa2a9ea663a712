"""Texts about the meeting of a delivery on the timeline in HubSpot."""

from __future__ import annotations

from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hubsync.config import settings
from hubsync.domain.delivery_states import UNFINISHED
from hubsync.domain.meetings import MeetingOutcome, MeetingState, NoMeeting
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.domain.undoing import UndoFate, UndoPart
from hubsync.hubspot.links import record_url
from hubsync.phrases import sentences
from hubsync.services.deliveries.archived_records import Archived
from hubsync.services.deliveries.queries import find_meeting
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.meetings import Meeting
from hubsync.web.deliveries.records_text import tell_owner
from hubsync.web.shell.reasons import explain_reason
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.remark_texts import OWNER_PROBLEMS, PARTS

Tone = Literal["good", "plain", "care", "bad"]
NOT_MADE = lazy_pgettext("on the timeline", "not made")
WORDS: dict[MeetingState, tuple[object, str, Tone]] = {
    MeetingState.INTENT: (_l("not known yet"), "question-circle", "care"),
    MeetingState.CREATED: (_l("on the timeline"), "check-circle", "good"),
    MeetingState.ALREADY_THERE: (_l("there already"), "files", "plain"),
    MeetingState.NONE: (NOT_MADE, "dash-circle", "plain"),
    MeetingState.REFUSED: (NOT_MADE, "x-octagon", "bad"),
    MeetingState.GONE: (_l("deleted"), "dash-circle", "plain"),
}
"""What became of the meeting, in a word."""
OUTCOMES = {
    MeetingOutcome.SCHEDULED: _l("It is on the timeline as scheduled."),
    MeetingOutcome.CANCELED: _l("It is on the timeline as cancelled."),
    MeetingOutcome.NO_SHOW: _l("It is on the timeline as a no-show."),
}


def meeting_lines(delivery: Delivery, connection: Connection | None, archived: Archived) -> list[RecordLine]:
    """The meeting of *delivery*, a line where its calendar has ever wanted one.

    *archived* says which records are gone because a delivery was undone.
    """
    kept = find_meeting(delivery.id)
    if kept is None:
        return []
    word, icon, tone = WORDS.get(kept.state, (NOT_MADE, "dash-circle", "plain"))
    if kept.state == MeetingState.UNTRIED:
        if delivery.state not in UNFINISHED:
            return []
        word, icon, tone = _("not yet"), "clock", "plain"
    name, link = str(PARTS[FurtherStep.MEETING]), _link(kept, connection)
    sentence = sentences(_sentence(kept), _owner_sentence(kept, delivery))
    if kept.state == MeetingState.GONE and archived.get((UndoPart.MEETING, kept.meeting_id)) is UndoFate.ARCHIVED:
        word, icon, sentence = _("archived"), "archive", _("It was archived when the delivery was undone.")
    return [RecordLine(name, str(word), icon, tone, sentence, kept.meeting_id, link)]


def _sentence(kept: Meeting) -> str:
    """What more there is to say; why there is none stands among the remarks, where it is not plain."""
    if kept.state == MeetingState.ALREADY_THERE:
        return _("The contact has a meeting at this time already, such as one from the host's calendar.")
    if kept.state == MeetingState.GONE:
        return _("Somebody deleted it in HubSpot. It is not made again.")
    if kept.reason == NoMeeting.NO_RECORD:
        return _("Not possible without the contact or the company.")
    if kept.state == MeetingState.INTENT:
        return _(
            "A meeting may have been sent; HubSpot's answer is not known. The next attempt looks for it first."
        )
    if kept.state != MeetingState.CREATED:
        return ""
    stands = str(OUTCOMES.get(kept.outcome, ""))
    if kept.due_at is not None:
        return sentences(stands, _("The booking has changed since; HubSpot is about to be told."))
    if kept.reason:
        untold = _("The booking has changed since, and HubSpot did not take that:")
        return sentences(stands, untold, explain_reason(kept.reason))
    return stands


def _owner_sentence(kept: Meeting, delivery: Delivery) -> str:
    """Whom it belongs to, or why to nobody, unless that is said of the company or the contact."""
    if kept.state != MeetingState.CREATED:
        return ""
    if kept.owner_problem is None:
        return tell_owner(kept.owner_id, kept.owner_name) if kept.owner_id else ""
    if any(each["kind"] == RemarkKind.NO_OWNER for each in delivery.remarks):
        return ""
    return sentences(_("It has no owner."), str(OWNER_PROBLEMS[kept.owner_problem]))


def _link(kept: Meeting, connection: Connection | None) -> str:
    if not kept.meeting_id or not kept.hubspot_account_id or kept.state == MeetingState.GONE:
        return ""
    here = connection is not None and connection.hubspot_account_id == kept.hubspot_account_id
    ui_domain = connection.ui_domain if connection is not None and here else None
    return record_url(
        settings().hubspot_app_url, ui_domain or None, kept.hubspot_account_id, "meetings", kept.meeting_id
    )
