"""New version: asks once a day, where HUBSYNC_RELEASES_URL says, whether there is one, and tells administrators.

Out of the box there is no such address, and nobody is asked. Nothing of this installation is told to who answers,
and nobody hears of it when there is no answer: it is asked again the next day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_, update

from hubsync.config import settings
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.releases import Release, read_release
from hubsync.net.json_document import NoDocument, read_document
from hubsync.services import now
from hubsync.services.operations.backups import product_version
from hubsync.store import changed, db, end_read, refuse_open_transaction, retry_on_conflict, write_transaction
from hubsync.store.releases import ONLY, NewestRelease

EVERY = timedelta(days=1)
SECONDS = 10.0


def look_when_due(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Look for a new version, if an address is set and nobody has looked today. Says what is new, if anything."""
    url = settings().releases_url
    if not url or stopped() or not _is_due() or not retry_on_conflict(_claim):
        return []
    try:
        found = read_document(
            url,
            SECONDS,
            https_proxy=settings().https_proxy or None,
            ca_bundle=settings().ca_bundle or None,
            before_send=refuse_open_transaction,
        )
    except NoDocument:
        return []
    release = read_release(found.content) if found.status == 200 else None
    if release is None:
        return []
    with write_transaction() as session:
        row = update(NewestRelease).where(NewestRelease.id == ONLY)
        session.execute(row.values(version=release.version, url=release.url))
    return [f"HubSync {release.version} is there."] if release.is_newer_than(product_version()) else []


def new_version() -> Release | None:
    """The release that is newer than what is running, None when none is known or nobody is to be told."""
    if not settings().releases_url:
        return None
    row = db.session.get(NewestRelease, ONLY)
    release = Release(row.version, row.url) if row is not None else None
    return release if release is not None and release.is_newer_than(product_version()) else None


def _is_due() -> bool:
    row = db.session.get(NewestRelease, ONLY, populate_existing=True)
    end_read()
    return row is None or not now() - EVERY < row.asked_at <= now() + SKEW


def _claim() -> bool:
    """Let one process look, and no other before tomorrow."""
    moment = now()
    with write_transaction() as session:
        old = or_(NewestRelease.asked_at <= moment - EVERY, NewestRelease.asked_at > moment + SKEW)
        if changed(session, update(NewestRelease).where(NewestRelease.id == ONLY, old).values(asked_at=moment)):
            return True
        if session.get(NewestRelease, ONLY) is not None:
            return False
        session.add(NewestRelease(id=ONLY, asked_at=moment, version="", url=""))
        return True
