"""Use cases of HubSync. Services read and write the store, call the adapters, and are the only place that commits.

They find their tools through :func:`tools`, which the app fills once when it is made.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from flask import current_app

from hubsync.alerts.sending import AlertRoute
from hubsync.feeds.reading import Route
from hubsync.hubspot.oauth import OAuthClient
from hubsync.hubspot.wire import Wire
from hubsync.identity import Providers
from hubsync.mail import MailSender
from hubsync.services.availability.kept_starts import KeptStarts
from hubsync.services.deliveries.concurrency import ThreadShare
from hubsync.services.posting.call_reservations import CallReservations
from hubsync.services.sources.unproved import UnprovedCounts
from hubsync.services.tally import Tally
from hubsync.sources.client import SourceClient
from hubsync.store.sealed import Vault


@dataclass(frozen=True)
class Tools:
    """The adapters that services work with; the settings of an installation are in `hubsync.config.settings`.

    *oauth* is None while no client id and secret are set. *source_clients* are those of the booking sources that
    have an API, by their names. *feed_route* leads to the servers of busy calendars, *alert_route*
    to chats. *call_reservations* keeps the
    pace of calls to HubSpot, *share* says how many requests may post at a time, *unproved* counts webhooks without
    a proof, *kept_starts* remembers the free times of booking pages,
    *tally* counts for the metrics, *wake* is set to have due work done at once,
    *mail_wake* to have mails sent.
    """

    vault: Vault
    wire: Wire
    oauth: OAuthClient | None
    mail_sender: MailSender
    identity: Providers
    feed_route: Route
    alert_route: AlertRoute = field(default_factory=AlertRoute)
    source_clients: Mapping[str, SourceClient] = field(default_factory=dict)
    call_reservations: CallReservations = field(default_factory=CallReservations)
    share: ThreadShare = field(default_factory=ThreadShare)
    unproved: UnprovedCounts = field(default_factory=UnprovedCounts)
    kept_starts: KeptStarts = field(default_factory=KeptStarts)
    tally: Tally = field(default_factory=Tally)
    wake: threading.Event = field(default_factory=threading.Event)
    mail_wake: threading.Event = field(default_factory=threading.Event)


def tools() -> Tools:
    """The tools of the app that is serving."""
    return cast(Tools, current_app.extensions["hubsync"])


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
