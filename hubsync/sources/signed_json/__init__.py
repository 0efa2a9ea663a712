"""Signed JSON: the source for tools that have no reader of their own. README.md describes the format."""

from __future__ import annotations

from hubsync.errors import N_
from hubsync.sources.signed_json.proof import HEADERS, prove, verify
from hubsync.sources.signed_json.read import EVENTS, NAME, read, read_with
from hubsync.sources.signed_json.secret import write_secret
from hubsync.sources.source import Source

SOURCE = Source(
    name=NAME,
    word="json",
    label=N_("Signed JSON"),
    summary=N_("For every booking tool that can send a web request: one address, one secret."),
    subtitle=N_("For every booking tool that can send a web request, Standard Webhooks included."),
    sender=N_("your booking tool"),
    events=tuple(EVENTS),
    proof_headers=HEADERS,
    verify=verify,
    read=read,
    read_with=read_with,
    prove=prove,
    write_secret=write_secret,
)
