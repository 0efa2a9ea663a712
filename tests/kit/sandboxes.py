"""Settings of the HubSpot stand-in as HubSync's tests want it."""

from __future__ import annotations

from typing import Any

from hubspot_sandbox.settings import SandboxSettings
from tests.kit.settings import BASE_URL, CALLBACK


def sandbox_settings(base_url: str = BASE_URL, **more: Any) -> SandboxSettings:
    """A stand-in that sends people who connect back to the HubSync at *base_url*."""
    return SandboxSettings(redirect_urls=[f"{base_url}{CALLBACK}"], **more)
