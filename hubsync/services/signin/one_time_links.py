"""One-time links: a 256-bit token of which the SHA-256 is kept, good once, for ten minutes, and tied to a browser.

The browser that asked for a link has a secret in its session, of which the SHA-256 is stored with the link. What
a link does elsewhere is its owner's to say; here is only told whether it is the same browser. The tables share
their columns, `hubsync.store.people.OneTimeLink`.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import LinkSpent
from hubsync.services import now
from hubsync.store import changed
from hubsync.store.people import OneTimeLink

LINK_LIFE = timedelta(minutes=10)

Link = TypeVar("Link", bound=OneTimeLink)


def make_secret() -> str:
    """A token for a link, or a secret for a browser."""
    return secrets.token_urlsafe(32)


def make(session: Session, table: type[Link], browser_secret: str, **fields: Any) -> str:
    """Add a link to *table* and return its token; those that are too old go. Called inside `write_transaction`.

    An empty *browser_secret* stands for a link that no browser asked for.
    """
    token, moment = make_secret(), now()
    session.execute(delete(table).where(table.expires_at < moment))
    link = table(
        token_hash=fingerprint(token),
        browser_hash=fingerprint(browser_secret) if browser_secret else "",
        created_at=moment,
        expires_at=moment + LINK_LIFE,
        **fields,
    )
    session.add(link)
    return token


def find(session: Session, table: type[Link], token: str) -> Link:
    """The link with this token. Raises LinkSpent for one that was used, is too old, or never was."""
    query = select(table).where(table.token_hash == fingerprint(token))
    link = session.scalar(query, execution_options={"populate_existing": True})
    if link is None or link.used_at is not None or link.expires_at <= now():
        raise _spent()
    return link


def was_asked_with(link: OneTimeLink, browser_secret: str) -> bool:
    """Whether the browser that has this secret is the one that asked for the link."""
    return bool(browser_secret) and hmac.compare_digest(link.browser_hash, fingerprint(browser_secret))


def use_up(session: Session, link: OneTimeLink) -> None:
    """Use the link up. Called inside `write_transaction`. Raises LinkSpent; two at once: one wins."""
    table = type(link)
    used = update(table).where(table.id == link.id, table.used_at.is_(None)).values(used_at=now())
    if not changed(session, used):
        raise _spent()


def _spent() -> LinkSpent:
    return LinkSpent("the link was used already or is older than ten minutes")
