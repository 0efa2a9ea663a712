"""Telling HubSpot what differs of a meeting: its time, its place, its outcome, and what became of former ones."""

from __future__ import annotations

from collections.abc import Callable

from hubsync.domain.meetings import OUTCOME, MeetingOutcome, option_for
from hubsync.domain.outcomes import Outcome
from hubsync.domain.pacing import ONE_CALL
from hubsync.errors import RecordGone, ValuesRefused
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.services.deliveries.meeting_differences import MeetingChange
from hubsync.services.posting.context import Posting
from hubsync.services.posting.meeting import post_meeting

COMPANIES = 2
"""So many are tried: the delivery's, and the one that it was merged into."""


def tell(change: MeetingChange) -> None:
    """Tell HubSpot all that differs. Raises what HubSpot answers, RecordGone where the meeting is gone."""
    posting, deadline = change.posting, change.posting.task.deadline
    if posting.meeting is not None:
        _make(posting)
    options: list[str] | None = None
    if change.former or change.outcome is not None:
        posting.reserve(ONE_CALL)
        options = _read_options(posting)
    for each in change.former:
        cancelled = option_for(MeetingOutcome.CANCELED, options or [])
        if cancelled:
            _cancel_former(posting, each, cancelled)
        change.cancelled.append(each)
    properties = dict(change.properties)
    if change.outcome is not None and (option := option_for(change.outcome, options or [])):
        properties[OUTCOME] = option
    while properties:
        posting.reserve(ONE_CALL)
        try:
            posting.ask(_changed(change.kept.meeting_id, properties, deadline))
            return
        except ValuesRefused as refused:
            left = {name: value for name, value in properties.items() if name not in refused.refused}
            if len(left) == len(properties) or not left:
                raise
            properties = left


def _make(posting: Posting) -> None:
    """Make the meeting, where the company is gone on the timeline of the one it was merged into, or the contact's.

    Unlike an attempt this does not look for a company that would have to be the delivery's from then on.
    """
    for _ in range(COMPANIES):
        try:
            post_meeting(posting)
            return
        except RecordGone:
            if not posting.company_id:
                raise
        posting.company_id = _merged_into(posting)
        if not posting.company_id:
            posting.company = Outcome.UNTRIED
    post_meeting(posting)


def _merged_into(posting: Posting) -> str:
    """The id of the company that HubSpot has in place of the one it refused; "" where it has none."""
    gone, deadline = posting.company_id, posting.task.deadline
    posting.reserve(ONE_CALL)
    found = posting.ask(lambda client: client.read_existing("companies", gone, (), deadline, companies=False))
    return found.id if found is not None and found.id != gone else ""


def _changed(meeting_id: str, properties: dict[str, str], deadline: Deadline) -> Callable[[HubSpotClient], None]:
    return lambda client: client.change_meeting(meeting_id, properties, deadline)


def _read_options(posting: Posting) -> list[str]:
    try:
        return posting.ask(lambda client: client.read_meeting_outcomes(posting.task.deadline))
    except RecordGone:
        return []


def _cancel_former(posting: Posting, meeting_id: str, option: str) -> None:
    posting.reserve(ONE_CALL)
    try:
        posting.ask(_changed(meeting_id, {OUTCOME: option}, posting.task.deadline))
    except RecordGone:
        return
