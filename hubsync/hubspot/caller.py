"""How the API client calls: with one team's access token, counted, and on watch only without writing.

Methods raise the errors of `hubsync.errors`. Paths carry the version:
https://developers.hubspot.com/docs/developer-tooling/platform/versioning
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from hubsync.errors import RecordGone, WatchOnly
from hubsync.hubspot.bodies import Json, record_id
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.limits import CallCounter, read_limit, read_remaining
from hubsync.hubspot.replies import understand, unreadable
from hubsync.hubspot.wire import Wire
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path

#: The kind of call that lists owners, as `Caller.asked` names it.
READING_OWNERS = "read owners"
ObjectName = Literal["companies", "contacts"]
AnyObject = ObjectName | Literal["meetings"]
#: Of an answer that lists definitions or owners, of which an account may have thousands.
LIST_CAP_BYTES = 8_000_000

Read = TypeVar("Read")


class Caller:
    """Sends calls for one HubSpot account, as long as its access token lasts.

    *asked* is the kind of the last call, such as ``write contacts`` or ``read companies``: permissions are given
    for these. *counting* is notified of each call. One that *only_reads* raises WatchOnly instead of sending what
    may change something.
    """

    def __init__(self, wire: Wire, token: str, version: str, *, only_reads: bool = False) -> None:
        self._wire = wire
        self._token = token
        self._version = version
        self._only_reads = only_reads
        self.asked = ""
        self.counting: CallCounter | None = None

    def require_writing(self) -> None:
        """Raise WatchOnly where nothing may be written; for whoever writes down beforehand what is about to be."""
        if self._only_reads:
            raise WatchOnly("the connection is on watch only")

    def _objects(self, object_name: AnyObject, *parts: str) -> str:
        return path("crm", "objects", self._version, object_name, *parts)

    def _ask(self, call: Call, deadline: Deadline) -> Json:
        return understand(call, self._send(call, deadline))

    def _ask_list(self, call: Call, deadline: Deadline) -> Json:
        """`_ask` of what is answered with ``results``: without them an answer does not say that there are none."""
        answer = self._send(call, deadline)
        body = understand(call, answer)
        if not isinstance(body.get("results"), list):
            raise unreadable(call, answer)
        return body

    def _send(self, call: Call, deadline: Deadline) -> Answer:
        if call.writes:
            self.require_writing()
        self.asked = _kind(call)
        if self.counting is None:
            return self._wire.send(call, deadline, self._token)
        search = call.path.endswith("/search")
        headers: Mapping[str, str] = {}
        self.counting.sends(search=search)
        try:
            answer = self._wire.send(call, deadline, self._token)
            headers = answer.headers
            return answer
        finally:
            self.counting.answered(search=search, limit=read_limit(headers), remaining=read_remaining(headers))

    def _read_one(self, call: Call, deadline: Deadline, read: Callable[[Json], Read | None]) -> Read | None:
        """What *read* makes of a record, None when HubSpot has none. One that it cannot read is a fault."""
        answer = self._send(call, deadline)
        try:
            found = read(understand(call, answer))
        except RecordGone:
            return None
        if found is None:
            raise unreadable(call, answer)
        return found

    def _create(self, call: Call, deadline: Deadline) -> str:
        answer = self._send(call, deadline)
        created = record_id(understand(call, answer).get("id"))
        if created is None:
            raise unreadable(call, answer)
        return created


def _kind(call: Call) -> str:
    """What *call* needs a permission for; its path is ``/crm/objects/<version>/contacts/…`` for records."""
    parts = call.path.split("/")
    if parts[2:3] == ["owners"]:
        return READING_OWNERS
    what = "associations" if "associations" in parts[5:] else parts[4] if len(parts) > 4 else parts[1]
    return f"{'write' if call.writes else 'read'} {what}"
