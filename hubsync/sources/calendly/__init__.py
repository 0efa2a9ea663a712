"""Calendly: HubSync makes the subscription itself, with a personal access token. README.md has the format."""

from __future__ import annotations

from hubsync.errors import N_
from hubsync.sources.calendly.client import API_URL, CalendlyClient
from hubsync.sources.calendly.proof import HEADER, SIGNATURE
from hubsync.sources.calendly.read import EVENTS, NAME, read
from hubsync.sources.client import SourceApi
from hubsync.sources.source import Source

SOURCE = Source(
    name=NAME,
    word="calendly",
    label=N_("Calendly"),
    summary=N_("Paste a token, and HubSync has Calendly send its bookings here."),
    subtitle=N_("For people who let their guests book with Calendly, on any of its plans."),
    events=EVENTS,
    proof_headers=(HEADER,),
    verify=SIGNATURE.verify,
    read=read,
    prove=SIGNATURE.prove,
    api=SourceApi(
        base_url=API_URL, make_client=CalendlyClient, token_label=N_("Personal access token"), is_only_way=True
    ),
)
