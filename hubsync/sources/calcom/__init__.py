"""Cal.com and Cal.diy: bookings as their webhooks send them. README.md describes the format."""

from __future__ import annotations

from hubsync.errors import N_
from hubsync.sources.calcom.booking import NAME
from hubsync.sources.calcom.client import CalcomClient
from hubsync.sources.calcom.proof import HEADER, prove, verify
from hubsync.sources.calcom.read import EVENTS, parse, read
from hubsync.sources.client import SourceApi
from hubsync.sources.source import Source

SOURCE = Source(
    name=NAME,
    word="calcom",
    label=N_("Cal.com"),
    summary=N_("For teams that are booked with Cal.com or Cal.diy, hosted or on a server of their own."),
    subtitle=N_("For teams that are booked with Cal.com or Cal.diy."),
    events=EVENTS,
    proof_headers=(HEADER,),
    verify=verify,
    read=read,
    parse=parse,
    prove=prove,
    api=SourceApi("https://api.cal.com/v2", CalcomClient, N_("API key")),
)
