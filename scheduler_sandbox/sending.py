"""Deliveries of a stand-in: posted over real HTTP in bounded time, repeated, and given up as the vendor does.

Each delivery runs in a thread of its own, so that several arrive at one instant, as they do from a vendor.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import requests

LONGEST_ANSWER = 65_536
"""Bytes of an answer that are kept."""

Headers = Callable[[bytes], Mapping[str, str]]
"""(body) to the headers of one attempt: called for each of them, for a vendor that signs every one anew."""


class Verdict(Enum):
    """What a vendor makes of one answer."""

    DELIVERED = auto()
    AGAIN = auto()
    """Post it again after a pause, unless all of them are used up."""
    GIVE_UP = auto()


@dataclass(frozen=True)
class Attempt:
    """One post of a delivery: its answer's *status*, None when there was none, and then why not in *failure*."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    failure: str = ""


Judge = Callable[[Attempt], Verdict]


def take_2xx(attempt: Attempt) -> Verdict:
    """The judgement of most vendors: 2xx is delivered, everything else (a redirect, too) is tried again."""
    taken = attempt.status is not None and 200 <= attempt.status < 300
    return Verdict.DELIVERED if taken else Verdict.AGAIN


class Delivery:
    """One message on its way to *address*; *outcome* is None while it may still be repeated."""

    def __init__(self, address: str, body: bytes) -> None:
        self.address, self.body = address, body
        self.outcome: Verdict | None = None
        self._attempts: list[Attempt] = []
        self._changed = threading.Condition()

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts so far, oldest first."""
        with self._changed:
            return list(self._attempts)

    @property
    def status(self) -> int | None:
        """The status of the last attempt."""
        attempts = self.attempts
        return attempts[-1].status if attempts else None

    def wait(self, seconds: float = 60.0) -> "Delivery":
        """Wait for its end and return it; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.outcome is not None, seconds):
                raise TimeoutError(f"the delivery had not ended after {seconds} s")
        return self

    def wait_for_attempt(self, number: int = 1, seconds: float = 60.0) -> Attempt:
        """Wait for the answer to its attempt of this number, from 1; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._attempts) >= number, seconds):
                raise TimeoutError(f"the delivery had not been tried {number} times after {seconds} s")
            return self._attempts[number - 1]

    def add(self, attempt: Attempt) -> None:
        """Write an attempt down."""
        with self._changed:
            self._attempts.append(attempt)
            self._changed.notify_all()

    def end(self, outcome: Verdict) -> None:
        """Say how it ended."""
        with self._changed:
            self.outcome = outcome
            self._changed.notify_all()


class Sender:
    """Makes the deliveries of one stand-in and lists them.

    *pauses* are the seconds before the second, third … attempt; with none left a delivery is given up. *judge*
    says what an answer means. An attempt takes at most *seconds*.
    """

    def __init__(self, pauses: Sequence[float] = (), judge: Judge = take_2xx, seconds: float = 15.0) -> None:
        self.pauses, self.judge, self.seconds = tuple(pauses), judge, seconds
        self._deliveries: list[Delivery] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @property
    def deliveries(self) -> list[Delivery]:
        """All that were made, oldest first."""
        with self._lock:
            return list(self._deliveries)

    def send(
        self,
        address: str,
        body: bytes,
        headers: Headers,
        *,
        judge: Judge | None = None,
        on_lost: Callable[[], None] = lambda: None,
        at: threading.Barrier | None = None,
    ) -> Delivery:
        """Begin to deliver *body* to *address*, and return at once.

        *on_lost* runs when it is given up with all its pauses used up. Those that share the barrier *at* go off
        together.
        """
        delivery = Delivery(address, body)
        thread = threading.Thread(
            target=self._deliver,
            args=(delivery, headers, judge or self.judge, on_lost, at),
            name="delivery",
            daemon=True,
        )
        with self._lock:
            self._deliveries.append(delivery)
            self._threads.append(thread)
        thread.start()
        return delivery

    def stop(self) -> None:
        """End all pauses; deliveries that are not done are given up."""
        self._stopped.set()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(self.seconds)

    def forget(self) -> None:
        """Empty the list of deliveries."""
        with self._lock:
            self._deliveries.clear()

    def _deliver(
        self,
        delivery: Delivery,
        headers: Headers,
        judge: Judge,
        on_lost: Callable[[], None],
        at: threading.Barrier | None,
    ) -> None:
        outcome = Verdict.GIVE_UP
        try:
            if at is not None:
                at.wait(self.seconds)
            for pause in (0.0, *self.pauses):
                if self._stopped.wait(pause):
                    break
                attempt = post(delivery.address, delivery.body, headers(delivery.body), self.seconds)
                delivery.add(attempt)
                outcome = judge(attempt)
                if outcome is not Verdict.AGAIN:
                    break
            else:
                on_lost()
        finally:
            delivery.end(Verdict.GIVE_UP if outcome is Verdict.AGAIN else outcome)


def post(address: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Attempt:
    """Post once, in about *seconds* at most; no redirect is followed and no answer is too long."""
    until = time.monotonic() + seconds
    kept = b""
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.post(
                address, data=body, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
            ) as answer:
                for piece in answer.iter_content(4_096):
                    kept += piece
                    if len(kept) > LONGEST_ANSWER or time.monotonic() > until:
                        break
                return Attempt(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, kept)
        except requests.RequestException as fault:
            return Attempt(None, failure=type(fault).__name__)
