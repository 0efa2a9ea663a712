"""TimeRex: the source for bookings of TimeRex spaces, sent by their webhooks. README.md describes the format."""

from __future__ import annotations

from hubsync.errors import N_
from hubsync.sources.source import Source
from hubsync.sources.timerex.proof import HEADERS, prove, verify
from hubsync.sources.timerex.read import EVENTS, NAME, read

SOURCE = Source(
    name=NAME,
    word="timerex",
    label=N_("TimeRex"),
    summary=N_("For teams that take their bookings with TimeRex: its webhook sends each of them here."),
    subtitle=N_("For teams that take their bookings with TimeRex."),
    events=EVENTS,
    proof_headers=HEADERS,
    verify=verify,
    read=read,
    prove=prove,
    entered_secret=True,
    takes_several=True,
)
