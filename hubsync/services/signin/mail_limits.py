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

import logging
from dataclasses import dataclass

from hubsync.services.limits import LONGEST, Limit, network_of, take_turns
from hubsync.services.signin.known_browsers import KnownBrowser

COUNTED_FOR = LONGEST
FROM_NETWORK = 20  # an office behind one address signs in at nine
FROM_NETWORK_FOR_NOBODY = 5
FROM_KNOWN_BROWSER = 10
TO_MAILBOX = 5

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Requester:
    """Who asks: the network *address*, None when it is not known, and the *browser* if it was signed in before."""

    address: str | None = None
    browser: KnownBrowser | None = None


def allow(asker: Requester, kind: str, email: str, *, is_somebodys: bool, person_id: int | None = None) -> bool:
    """Count one more mail of *kind* to *email*; False when it may not be sent, and nothing is counted.

    *is_somebodys* says whether there is anything to send to this address; *person_id* is whose it is. Not to be
    called inside `write_transaction`.
    """
    where, limit = _limit_of(asker, is_somebodys)
    limits = [limit]
    if is_somebodys:
        known = asker.browser is not None and person_id is not None and asker.browser.knows(person_id)
        own = f" {asker.browser.id}" if asker.browser is not None and known else ""
        limits.append(Limit(f"mailbox {kind} {email}{own}", TO_MAILBOX))
    full = take_turns("asking for mail", limits)
    if full is not None:
        log.warning(
            "More mails are asked for than are sent %s.", where if full.limit is limit else "to one mailbox"
        )
    return full is None and is_somebodys


def _limit_of(asker: Requester, is_somebodys: bool) -> tuple[str, Limit]:
    """Where one asks from, for the log, and what is counted there."""
    if asker.browser is not None:
        return "from one browser", Limit(f"browser {asker.browser.id}", FROM_KNOWN_BROWSER)
    network = network_of(asker.address)
    if is_somebodys:
        return "from one network address", Limit(f"network {network}", FROM_NETWORK)
    where = "from one network address to addresses that nobody has"
    return where, Limit(f"nobody {network}", FROM_NETWORK_FOR_NOBODY)
