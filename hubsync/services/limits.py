"""Limits on what strangers may do, counted in the database for all processes.

What is counted together is a keyed hash, so that the table tells nobody's address. What is refused is not counted,
and nothing is written for it: somebody who goes on all the same costs one reading each time, and is let in again
as soon as what was let in before is old enough.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.security_events import SecurityEvent
from hubsync.services import now
from hubsync.services.security_log import write
from hubsync.store import db, end_read, write_transaction
from hubsync.store.limits import CountedAct

LONGEST = timedelta(minutes=10)
"""Nothing is counted for longer."""
_TRANSLATOR = ipaddress.ip_network("64:ff9b::/96")
LOCK = 0x6C696D69  # "limi": the number under which PostgreSQL knows whoever counts


@dataclass(frozen=True)
class Limit:
    """Up to *most* acts within some time, of all those that are counted under one *key*."""

    key: str
    most: int
    within: timedelta = LONGEST


@dataclass(frozen=True)
class FullLimit:
    """A *limit* that lets no more in now; *again_in* is when it does, if nobody else is quicker."""

    limit: Limit
    again_in: timedelta


def take_turns(purpose: str, limits: Sequence[Limit]) -> FullLimit | None:
    """Count one more act under each of the *limits*, or none and return the first of them that is full already.

    Keys of one *purpose* are counted apart from those of others. Not to be called inside `write_transaction`.
    """
    moment = now()
    keys = [keyed_hash(purpose, each.key) for each in limits]
    full = _find_full(db.session(), limits, keys, moment)
    end_read()
    if full is not None:
        write(SecurityEvent.RATE_LIMITED, what=purpose.replace(" ", "_"))
        return full
    with write_transaction() as session:
        if session.get_bind().dialect.name == "postgresql":  # SQLite lets one write after the other anyway
            session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        old = or_(CountedAct.at < moment - LONGEST, CountedAct.at > moment + SKEW)
        session.execute(delete(CountedAct).where(old))
        full = _find_full(session, limits, keys, moment)
        if full is None:
            session.add_all(CountedAct(counted_as=key, at=moment) for key in keys)
    if full is not None:
        write(SecurityEvent.RATE_LIMITED, what=purpose.replace(" ", "_"))
    return full


def network_of(address: str | None) -> str:
    """What is counted as one network *address*: the 2**64 addresses of a household's IPv6 are.

    An IPv4 address that was put into one of IPv6 on its way counts as what it is.
    """
    try:
        ip = ipaddress.ip_address(_bare(address or ""))
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or _translated(ip) or ip
    return str(ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False))


def _bare(address: str) -> str:
    """An address without the port that some proxies add (RFC 7239, 6), and without the name of a link."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    before, _colon, port = address.partition(":")
    return before if port.isdecimal() else address.partition("%")[0]


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind a translator, who gives all of them the same 64 bits. RFC 6052, 2.1."""
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _TRANSLATOR else None


def keyed_hash(purpose: str, text: str, key: str = "") -> str:
    """A hash, in hex, that nobody can try out without SECRET_KEY, or the former *key* that is named."""
    secret = (key or settings().secret_key).encode()
    return hmac.new(secret, f"{purpose}: {text}".encode(), hashlib.sha256).hexdigest()


def _find_full(
    session: Session, limits: Sequence[Limit], keys: Sequence[str], moment: datetime
) -> FullLimit | None:
    for limit, key in zip(limits, keys, strict=True):
        # What lies ahead was counted before a clock was set back, and keeps nobody out.
        of_it = CountedAct.counted_as == key, CountedAct.at.between(moment - limit.within, moment + SKEW)
        counted, oldest = session.execute(select(func.count(), func.min(CountedAct.at)).where(*of_it)).one()
        if counted >= limit.most:
            waits = oldest + limit.within - moment if oldest is not None else limit.within
            return FullLimit(limit, min(max(waits, timedelta(seconds=1)), limit.within))
    return None
