"""Detection of an unconfigured proxy: logged once, because everybody shares its address then."""

from __future__ import annotations

import logging
from threading import Lock

from flask import Flask, request

from hubsync.config import settings

FORWARDING = ("X-Forwarded-For", "Forwarded")

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Watch for forwarded requests while no proxy is trusted. Anybody can send the header, so it is said once."""
    if settings(app).trusted_proxies:
        return
    told = Lock()  # taken once, and never released

    @app.before_request
    def tell_of_the_proxy() -> None:
        if any(name in request.headers for name in FORWARDING) and told.acquire(blocking=False):
            log.warning(
                "A request came with X-Forwarded-For, but HUBSYNC_TRUSTED_PROXIES is 0. If a proxy stands before "
                "HubSync, set it to the number of proxies: as it is, all visitors have the proxy's address and "
                "share the limits on sign-in mails and booking forms."
            )
