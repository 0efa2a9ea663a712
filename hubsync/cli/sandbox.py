"""`flask sandbox`: the HubSpot stand-in alone, the same as `python -m hubspot_sandbox`."""

from __future__ import annotations

from hubspot_sandbox.__main__ import sandbox

__all__ = ["sandbox"]
