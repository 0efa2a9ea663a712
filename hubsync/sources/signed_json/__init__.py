"""Signed JSON: the source for tools that have no reader of their own. README.md describes the format."""

from __future__ import annotations

from hubsync.errors import N_
from hubsync.sources.signed_json.proof import HEADER, prove, verify
from hubsync.sources.signed_json.read import EVENT, NAME, read
from hubsync.sources.source import Source

SOURCE = Source(
    name=NAME,
    word="json",
    label=N_("Signed JSON"),
    summary=N_("For every booking tool that can send a web request: one address, one secret."),
    subtitle=N_("For every booking tool that can send a web request."),
    events=(EVENT,),
    proof_headers=(HEADER,),
    verify=verify,
    read=read,
    prove=prove,
)
