"""Source client: the calls that a source's own API answers, in one shape for every source that has such an API.

Every call takes the team's *token* and a `Deadline`, is one exchange (or a few that belong together), and raises
one of the errors of `hubsync/errors/sources`, whatever the vendor's status and body are. No redirect is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hubsync.domain.booking import Booking
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.net.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Route:
    """How an API is reached: its *base_url* without a slash at the end, and what an installation says of the way.

    *before_send* runs before every exchange and may raise.
    """

    base_url: str
    https_proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    before_send: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class AccountHolder:
    """Whose token it is: *account* identifies the account there, *shown* is what a person calls it, *scope* names
    what of it is covered (a user, an organisation), and *details* are what later calls need of it."""

    account: str
    shown: str
    scope: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscription:
    """The source's own record that it posts to *address*; *id* is how its API calls it."""

    id: str
    address: str = field(repr=False)
    state: SubscriptionState


@dataclass(frozen=True, slots=True)
class BookingList:
    """One page of the source's own list of bookings; *cursor* leads to the next one and is empty at the end."""

    bookings: tuple[Booking, ...]
    cursor: str = ""
    pause_seconds: float = 0.0
    """How long to wait before the next page, to stay within the vendor's limits."""


Known = Callable[[str], bool]
"""Whether a booking of this id is known here, so that nothing more need be asked about it."""


class SourceClient(Protocol):
    """Calls of one vendor's API. Each raises SourceError."""

    def look_up_holder(self, token: str, deadline: Deadline) -> AccountHolder:
        """Whose *token* this is, and that it may do what we need; raises where it lacks a right."""

    def subscribe(
        self, token: str, holder: AccountHolder, address: str, secret: str, deadline: Deadline
    ) -> Subscription:
        """Let the source post to *address*, signed with *secret*.

        Where it has a subscription for *address* already (an answer that was lost, say), that one is put right or
        replaced: its secret is *secret* then.
        """

    def find_subscription(
        self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline
    ) -> Subscription:
        """The subscription as it is now; `SubscriptionState.GONE` when there is none of that id."""

    def unsubscribe(self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline) -> None:
        """End it; one that is gone has ended."""

    def list_bookings(
        self,
        token: str,
        holder: AccountHolder,
        cursor: str,
        since: datetime,
        until: datetime,
        is_known: Known,
        deadline: Deadline,
    ) -> BookingList:
        """One page of the bookings whose appointment is from *since* to *until* (aware), beginning at *cursor*.

        Bookings that *is_known* knows need not be in it.
        """


@dataclass(frozen=True, slots=True)
class SourceApi:
    """What a source says of its own API: where it is, how a client of it is made, and what it is good for.

    *compares* tells that `SourceClient.list_bookings` gives whole bookings. *token_label* is what the source calls
    its token on its own screens, marked for the catalogue. *is_only_way* tells that it has no screen for webhooks:
    nothing but its API lets it send.
    """

    base_url: str
    make_client: Callable[[Route], SourceClient]
    token_label: str
    compares: bool = True
    is_only_way: bool = False
