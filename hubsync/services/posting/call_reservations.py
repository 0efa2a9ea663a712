"""Rate limiter of one process: its threads reserve calls to a HubSpot account, and hear of other processes."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from hubsync.domain.pacing import (
    LONGEST_UNDER_WAY,
    SEARCHES_PER_SECOND,
    AnsweredCalls,
    CallCount,
    RateLimit,
    Usage,
    has_room,
    seconds_until_change,
)


@dataclass
class _Account:
    """One HubSpot account: calls of this process, calls other processes announced, and who waits."""

    limit: RateLimit = field(default_factory=RateLimit)
    own: Usage = field(default_factory=Usage)
    others: dict[str, list[AnsweredCalls]] = field(default_factory=dict)
    waiting: list[tuple[bool, object]] = field(default_factory=list)

    def made(self) -> list[AnsweredCalls]:
        return [*self.own.made, *(each for told in self.others.values() for each in told)]

    def used(self, moment: float) -> CallCount:
        everybody = Usage(self.made(), self.own.calls_under_way, self.own.searches_under_way)
        return everybody.used(moment, self.limit)

    def is_first(self, waiter: tuple[bool, object]) -> bool:
        """Whether nobody waits for longer for the same: who waits for a search does not hold up others."""
        return next(each for each in self.waiting if each[0] == waiter[0]) is waiter


class CallReservations:
    """The reservations of one process at each HubSpot account.

    A reservation is the right to make some calls. It is taken before the first of them and counts from then on, so
    that threads together never call faster than HubSpot's limits allow. Usage is exchanged with other processes in
    the transactions that are made anyway (`services/posting/shared_pace`).
    """

    def __init__(self) -> None:
        self.process = secrets.token_hex(4)
        self._changed = threading.Condition()
        self._accounts: dict[str, _Account] = {}
        self._searches = SEARCHES_PER_SECOND

    def allow_searches(self, per_second: int) -> None:
        """Say how many searches a second HubSpot takes, which its answers do not tell."""
        with self._changed:
            self._searches = per_second

    def take(
        self, account_id: str, need: CallCount, *, share: float = 1.0, seconds: float = 0.0
    ) -> Reservation | None:
        """A reservation for *need* calls once *share* of the limits has room for them; None if not in *seconds*.

        Who waited for longer comes first.
        """
        reservation = Reservation(self, account_id, share, paced=True)
        return reservation if self._take(reservation, need, seconds) else None

    def open(self, account_id: str) -> Reservation:
        """A reservation for calls that wait for nothing, such as those of a Retry; they are counted."""
        return Reservation(self, account_id)

    def are_waited_for(self) -> bool:
        """Whether anybody waits for a reservation: then HubSpot's limits are what everything waits for."""
        return any(account.waiting for account in list(self._accounts.values()))

    def merge_usage(
        self, account_id: str, calls: Mapping[str, list[AnsweredCalls]], limit: RateLimit | None
    ) -> None:
        """Replace what is known of other processes' calls to the account by what they announced now."""
        with self._account(account_id) as account:
            account.others = {process: list(made) for process, made in calls.items() if process != self.process}
            if limit is not None:
                account.limit = limit

    def own_usage(self, account_id: str) -> tuple[list[AnsweredCalls], RateLimit]:
        """What this process has to announce of its calls to the account, those under way included.

        These count as made by the time at which their process is likely to be gone.
        """
        with self._account(account_id) as account:
            own, moment = account.own, _clock()
            own.forget(moment, account.limit)
            under_way = AnsweredCalls(moment + LONGEST_UNDER_WAY, own.calls_under_way, own.searches_under_way)
            return [*own.made, *([under_way] if under_way[1:] != (0, 0) else [])], account.limit

    def exceeds(self, account_id: str) -> bool:
        """Whether all reservations together, those of other processes included, are more than the limits allow."""
        with self._account(account_id) as account:
            if not account.others:
                return False
            used = account.used(_clock())
            return used.calls > account.limit.calls or used.searches > self._searches

    @contextmanager
    def _account(self, account_id: str) -> Iterator[_Account]:
        with self._changed:
            yield self._accounts.setdefault(account_id, _Account())

    def _take(self, reservation: Reservation, need: CallCount, seconds: float) -> bool:
        ends = time.monotonic() + seconds
        with self._account(reservation.account_id) as account:
            waiter = (bool(need.searches), object())
            account.waiting.append(waiter)
            try:
                while True:
                    moment = _clock()
                    account.own.forget(moment, account.limit)
                    free = has_room(account.used(moment), need, account.limit, self._searches, reservation.share)
                    if free and account.is_first(waiter):
                        account.own.begin(need)
                        reservation.left = need
                        return True
                    left = ends - time.monotonic()
                    if left <= 0:
                        return False
                    self._changed.wait(min(left, seconds_until_change(account.made(), moment, account.limit)))
            finally:
                account.waiting.remove(waiter)
                if account.waiting:
                    self._changed.notify_all()


class Reservation:
    """The right to make some calls to one HubSpot account; used up call by call, the rest is released."""

    def __init__(
        self, reservations: CallReservations, account_id: str, share: float = 1.0, *, paced: bool = False
    ) -> None:
        self.account_id = account_id
        self.share = share
        self.paced = paced
        self.left = CallCount()
        self._reservations = reservations

    def suffices(self, need: CallCount) -> bool:
        """Whether *need* calls may be made; whoever does not keep the pace always may."""
        return not self.paced or (self.left.calls >= need.calls and self.left.searches >= need.searches)

    def widen(self, need: CallCount, seconds: float) -> bool:
        """Take room for *need* calls in place of what is left, within *seconds*; nothing is left if there is none.

        Meanwhile others may have what was left: whoever waits for a search holds nobody up.
        """
        self.release()
        return self._reservations._take(self, need, seconds)

    def release(self) -> None:
        """Release what is left, so that others may call; the reservation may go on without."""
        if self.left != CallCount():
            with self._reservations._account(self.account_id) as account:
                account.own.end(self.left)
                self.left = CallCount()
                self._reservations._changed.notify_all()

    def sends(self, *, search: bool) -> None:
        """A call is about to be sent; one for which no room was taken counts all the same."""
        one = _one(search)
        with self._reservations._account(self.account_id) as account:
            rest = CallCount(self.left.calls - one.calls, self.left.searches - one.searches)
            if min(rest) >= 0:
                self.left = rest
            else:
                account.own.begin(one)

    def answered(self, *, search: bool, limit: RateLimit | None, remaining: int | None) -> None:
        """The call is over, and HubSpot told of its *limit* and of the calls that it takes yet, or of neither.

        What HubSpot counts and we do not, calls of another machine perhaps, is counted from here on.
        """
        one = _one(search)
        with self._reservations._account(self.account_id) as account:
            moment = _clock()
            account.own.end(one)
            account.own.add(moment, one)
            if limit is not None:
                account.limit = limit
                unknown = limit.calls - (remaining or 0) - account.used(moment).calls
                if remaining is not None and unknown > 0:
                    account.own.add(moment, CallCount(unknown))
            if account.waiting:
                self._reservations._changed.notify_all()


def _one(search: bool) -> CallCount:
    return CallCount(0, 1) if search else CallCount(1, 0)


def _clock() -> float:
    """This moment on the clock that all processes share."""
    return time.time()
