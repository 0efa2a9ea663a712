"""Meetings on the timelines of HubSpot's records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hubsync.domain.meetings import OUTCOME, FoundMeeting
from hubsync.errors import RecordGone
from hubsync.hubspot.bodies import listed, record_id
from hubsync.hubspot.caller import Caller, ObjectName
from hubsync.hubspot.calls import Call
from hubsync.hubspot.meetings import (
    MOST_PAGES,
    batch_body,
    meeting_body,
    more_ids,
    page_body,
    passes_over,
    read_meeting,
    read_meeting_ids,
    read_options,
    read_page,
)
from hubsync.hubspot.replies import understand, unreadable
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path


class MeetingClient(Caller):
    """Meetings created, found, moved and given an outcome."""

    def create_meeting(
        self, properties: Mapping[str, str], timelines: Mapping[str, str], deadline: Deadline
    ) -> str:
        """Create a meeting on the *timelines* of these records (object name to id) and return its id.

        Sent twice it makes two. Raises RecordGone when the company among them is gone.
        """
        body = meeting_body(properties, timelines)
        call = Call("POST", self._objects("meetings"), body, writes=True, names=timelines.get("companies"))
        return self._create(call, deadline)

    def change_meeting(self, meeting_id: str, properties: Mapping[str, str], deadline: Deadline) -> None:
        """Write these properties of the meeting; done twice it is the same as once. RecordGone when it is gone."""
        body = {"properties": dict(properties)}
        self._ask(Call("PATCH", self._objects("meetings", meeting_id), body, writes=True), deadline)

    def list_meetings(
        self, object_name: ObjectName, record: str, deadline: Deadline, turn: Callable[[], None] = lambda: None
    ) -> list[str]:
        """Return the ids of all meetings on the record's timeline, none when HubSpot has no such record.

        This read does not go through the search index, so it sees a meeting at once. It names the first hundred;
        where there are more, all are read page by page, each a call for which *turn* waits. Raises HubSpotBusy
        where these do not come to an end.
        """
        query = {"associations": "meetings", "properties": "hs_object_id"}
        call = Call("GET", self._objects(object_name, record), query=query, writes=False)
        answer = self._send(call, deadline)
        try:
            body = understand(call, answer)
        except RecordGone:
            return []
        if record_id(body.get("id")) is None:
            raise unreadable(call, answer)
        if more_ids(body):
            return self._page_meetings(object_name, record, deadline, turn)
        return read_meeting_ids(body)

    def _page_meetings(
        self, object_name: ObjectName, record: str, deadline: Deadline, turn: Callable[[], None]
    ) -> list[str]:
        """https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide"""
        ids, after = list[str](), ""
        where = path("crm", "associations", self._version, object_name, "meetings", "batch", "read")
        for _ in range(MOST_PAGES):
            turn()
            call = Call("POST", where, page_body(record, after), writes=False)
            answer = self._send(call, deadline)
            page = read_page(understand(call, answer))
            if page is None:
                raise unreadable(call, answer)
            ids, after = [*ids, *page[0]], page[1]
            if not after:
                return list(dict.fromkeys(ids))
        raise unreadable(call, answer)

    def read_meetings(self, ids: Sequence[str], deadline: Deadline) -> list[FoundMeeting]:
        """Return the meetings of these ids (at most `MOST_READ`) that are there.

        Raises HubSpotBusy when HubSpot does not tell of all: one that it passes over is not known to be gone.
        """
        call = Call("POST", self._objects("meetings", "batch", "read"), batch_body(ids), writes=False)
        answer = self._send(call, deadline)
        body = understand(call, answer)
        found = [meeting for record in listed(body, "results") if (meeting := read_meeting(record))]
        if passes_over(body, ids, [each.id for each in found]):
            raise unreadable(call, answer)
        return found

    def read_meeting_outcomes(self, deadline: Deadline) -> list[str]:
        """Return the values that the outcome of a meeting may have in this account."""
        call = Call("GET", path("crm", "properties", self._version, "meetings", OUTCOME), writes=False)
        return read_options(self._ask(call, deadline))
