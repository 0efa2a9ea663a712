"""Meetings that a host's own calendar brings into HubSpot, when it is synchronised in both directions.

What is set on them follows one live account of 4,000 meetings: https://github.com/margince/margince/pull/5890
https://knowledge.hubspot.com/meetings-tool/use-meetings
"""

from hubspot_sandbox.crm.kinds import MEETINGS
from hubspot_sandbox.crm.meeting_links import Target, link
from hubspot_sandbox.crm.records import create_record, find_record
from hubspot_sandbox.crm.sources import Source
from hubspot_sandbox.entities import Record
from hubspot_sandbox.state import SandboxState

BY_CALENDAR = Source("MEETINGS", "", "Google Calendar")
SYNCED = "BIDIRECTIONAL_SYNC"


def sync_meeting(state: SandboxState, account_id: int, target: Target, values: dict[str, str]) -> Record:
    """The meeting that an event of a host's calendar becomes on *target*'s timeline; ApiError 404 for none."""
    with state.lock:
        record = find_record(state, account_id, target.kind, target.id, None)
        meeting = create_record(state, account_id, MEETINGS, values, BY_CALENDAR)
        uid = f"{meeting.id}@google.com"
        meeting.properties.update(hs_meeting_source=SYNCED, hs_i_cal_uid=uid)
        link(state, account_id, meeting.id, target.kind.name, record.id)
        return state.records.put(meeting)


def sync_beside(state: SandboxState, meeting: Record, targets: list[Target]) -> None:
    """Do what the switch ``calendar_sync`` says: the host's calendar brings the same meeting a moment later."""
    if not state.switches.calendar_sync:
        return
    times = ("hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_title")
    values = {name: meeting.properties[name] for name in times if name in meeting.properties}
    for target in targets:
        if target.kind.name == "contacts":
            sync_meeting(state, meeting.account_id, target, values)
