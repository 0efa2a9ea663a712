"""Signed JSON: the source for tools that have no reader of their own. README.md describes the format."""

from __future__ import annotations

from hubsync.sources.signed_json.proof import HEADER, sign, verify
from hubsync.sources.signed_json.read import NAME, read
from hubsync.sources.source import Source

__all__ = ["HEADER", "NAME", "SOURCE", "read", "sign", "verify"]

SOURCE = Source(name=NAME, proof_header=HEADER, verify=verify, read=read)
