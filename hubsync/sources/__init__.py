"""Booking sources: each folder turns one sender's format into a `Booking`.

`SOURCES` is the registry: the name in a booking's ``source`` to the source. A new source is a folder with
``__init__`` (SOURCE), ``read`` and a README, and one line here.
"""

from __future__ import annotations

from hubsync.sources import signed_json
from hubsync.sources.source import Source

__all__ = ["SOURCES", "Source"]

SOURCES: dict[str, Source] = {source.name: source for source in (signed_json.SOURCE,)}
