"""Rate limits on mails that people ask for who are not signed in, counted in the database for all processes.

Nobody may use them to fill mailboxes, and nobody may use them up for others:

- A browser that was signed in before has a count of its own; what others ask for behind the same network address,
  or for the same mailbox, does not hold it up.
- Everybody else is counted by network address. Mails asked for to addresses that nobody has are counted apart and
  more strictly: nothing is sent, and nobody's turns are used up.
- A mailbox gets only so many mails of a kind from all browsers in which its owner was never signed in.

Who asks learns nothing of all this, by answer or by time: counting happens after the answer.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from hubsync.services import now
from hubsync.services.signin.known_browsers import KnownBrowser, keyed_hash
from hubsync.store import write_transaction
from hubsync.store.people import MailAsk

COUNTED_FOR = timedelta(minutes=10)
FROM_NETWORK = 20  # an office behind one address signs in at nine
FROM_NETWORK_FOR_NOBODY = 5
FROM_KNOWN_BROWSER = 10
TO_MAILBOX = 5
LOCK = 0x6D61696C  # "mail": the number under which PostgreSQL knows whoever counts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Requester:
    """Who asks: the network *address*, None when it is not known, and the *browser* if it was signed in before."""

    address: str | None = None
    browser: KnownBrowser | None = None


@dataclass(frozen=True)
class _Count:
    """What is counted under *key*, up to *limit*; *where* is for the log."""

    key: str
    limit: int
    where: str


def allow(asker: Requester, kind: str, email: str, *, is_somebodys: bool, person_id: int | None = None) -> bool:
    """Count one more mail of *kind* to *email*; False when it may not be sent, and nothing is counted.

    *is_somebodys* says whether there is anything to send to this address; *person_id* is whose it is. Not to be
    called inside `write_transaction`.
    """
    counts = [_count_of(asker, is_somebodys)]
    if is_somebodys:
        known = asker.browser is not None and person_id is not None and asker.browser.knows(person_id)
        own = f" {asker.browser.id}" if asker.browser is not None and known else ""
        counts.append(_Count(f"mailbox {kind} {email}{own}", TO_MAILBOX, "to one mailbox"))
    full = _take_turns(counts)
    if full is not None:
        log.warning("More mails are asked for than are sent %s.", full.where)
    return full is None and is_somebodys


def _count_of(asker: Requester, is_somebodys: bool) -> _Count:
    if asker.browser is not None:
        return _Count(f"browser {asker.browser.id}", FROM_KNOWN_BROWSER, "from one browser")
    network = _network_of(asker.address)
    if is_somebodys:
        return _Count(f"network {network}", FROM_NETWORK, "from one network address")
    where = "from one network address to addresses that nobody has"
    return _Count(f"nobody {network}", FROM_NETWORK_FOR_NOBODY, where)


def _take_turns(counts: Sequence[_Count]) -> _Count | None:
    """Note one more under each key; return the first that is full already, and then note nothing."""
    moment = now()
    keys = [keyed_hash("asking for mail", count.key) for count in counts]
    with write_transaction() as session:
        if session.get_bind().dialect.name == "postgresql":  # SQLite lets one write after the other anyway
            session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        session.execute(delete(MailAsk).where(MailAsk.asked_at < moment - COUNTED_FOR))
        for key, count in zip(keys, counts, strict=True):
            asked = select(func.count(MailAsk.id)).where(MailAsk.asked_from == key)
            if session.scalars(asked).one() >= count.limit:
                return count
        session.add_all(MailAsk(asked_from=key, asked_at=moment) for key in keys)
    return None


def _network_of(address: str | None) -> str:
    """A household's 2**64 addresses of IPv6 count as one."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False))
