"""`flask sandbox`: the HubSpot stand-in alone, the same as `python -m hubspot_sandbox`."""

from __future__ import annotations

from hubsync.cli.lazy_command import LazyCommand

sandbox = LazyCommand("sandbox", "hubspot_sandbox.__main__:sandbox", "Run the HubSpot sandbox until Ctrl-C.")
