"""CalDAV accounts on their way to becoming busy calendars: what was found in one, until its calendars are chosen.

Between the two steps the account goes through the person's page, sealed for that person and for an hour: nothing
is stored of an account that nobody goes on with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from flask_babel import gettext as _

from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.errors import Refused, SecretUnreadable
from hubsync.feeds.addresses import read_address
from hubsync.feeds.caldav import Account, find_calendars
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.busy_calendars.access import Access, read_access
from hubsync.services.busy_calendars.own_calendars import add
from hubsync.services.busy_calendars.readings import SECONDS
from hubsync.store import end_read
from hubsync.store.sealed_text import Sealed

GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class FoundAccount:
    """A CalDAV account, and the *names* of its calendars; their addresses are those of *access*, in this order."""

    names: tuple[str, ...]
    access: Access = field(repr=False)


def find_account(server: str, user: str, password: str) -> FoundAccount:
    """The account of *user* at *server*, an address with or without https. Raises FeedError."""
    route = tools().feed_route
    server = server.strip()
    address = read_address(server if "://" in server else f"https://{server}", route)
    end_read()
    found = find_calendars(Account(address, user, password), Deadline.after(SECONDS), route)
    calendars = tuple(each.address for each in found)
    return FoundAccount(tuple(each.name for each in found), Access(address, user, password, calendars))


def add_account(
    person_id: int, found: FoundAccount, chosen: Sequence[int], name: str, when_unreadable: WhenUnreadable
) -> int:
    """Add one busy calendar that reads the *chosen* calendars (their places in *found*); return its id.

    Raises FeedError, or Refused with the field.
    """
    calendars = tuple(each for place, each in enumerate(found.access.calendars) if place in chosen)
    if not calendars:
        raise Refused(_("Choose at least one calendar."))
    return add(person_id, replace(found.access, calendars=calendars), name, when_unreadable)


def seal_account(person_id: int, found: FoundAccount) -> str:
    """What the person's page carries from one step to the next."""
    kept = {**asdict(found), "until": (now() + GOOD_FOR).timestamp()}
    return tools().vault.seal(_place_of(person_id), json.dumps(kept))


def open_account(person_id: int, carried: str) -> FoundAccount:
    """What `seal_account` gave to this person. Raises Refused for anything else, and when its time is over."""
    try:
        kept = json.loads(tools().vault.open(_place_of(person_id), Sealed(carried)))
    except SecretUnreadable:
        kept = {"until": 0.0}
    if not now().timestamp() < kept["until"] <= (now() + GOOD_FOR).timestamp():
        raise Refused(_("This step was left open for too long. Please enter the account again."))
    return FoundAccount(tuple(kept["names"]), read_access(kept["access"]))


def _place_of(person_id: int) -> str:
    return f"caldav-account:{person_id}"
