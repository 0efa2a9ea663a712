"""Webhooks of the stand-in: to whom an event goes, how it is signed, and what ends a subscription.

Calendly repeats for 24 hours what is not answered with 2xx, then gives the message up, and disables the
subscription if another one was lost, too. On 410 it deletes the subscription at once.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from scheduler_sandbox.calendly.account import Account
from scheduler_sandbox.calendly.records import Invitee, Subscription, written
from scheduler_sandbox.sending import Attempt, Delivery, Sender, Verdict, take_2xx
from scheduler_sandbox.signing import time_stamped

HEADER = "Calendly-Webhook-Signature"
CREATED, CANCELED = "invitee.created", "invitee.canceled"
NO_SHOW, NO_SHOW_DELETED = "invitee_no_show.created", "invitee_no_show.deleted"
MOST_LOST = 2
"""Messages in a row that are given up before a subscription is disabled."""


@dataclass(frozen=True)
class Signing:
    """How deliveries are signed: not at all, with another *key*, or *seconds_ago*."""

    signed: bool = True
    key: str | None = None
    seconds_ago: int = 0


AS_USUAL = Signing()


class Webhooks:
    """Sends what happens in *account* to its subscriptions."""

    def __init__(self, account: Account, sender: Sender) -> None:
        self._account, self._sender = account, sender

    def send(
        self, event: str, invitee: Invitee, signing: Signing = AS_USUAL, at: Barrier | None = None
    ) -> list[Delivery]:
        """Begin to deliver *event* of *invitee* to every subscription that wants it."""
        with self._account.lock:
            body = self.body(event, invitee)
            subscriptions = [each for each in self._account.subscriptions.values() if _wants(each, event, invitee)]
        return [self._begin(each, body, signing, at) for each in subscriptions]

    def send_in_turn(self, events: Sequence[tuple[str, Invitee]]) -> list[Delivery]:
        """One after the other, each when the one before has ended."""
        return [delivery.wait() for event, invitee in events for delivery in self.send(event, invitee)]

    def send_raw(self, body: Any, signing: Signing = AS_USUAL) -> list[Delivery]:
        """Whatever body, to every subscription that is active."""
        with self._account.lock:
            active = [each for each in self._account.subscriptions.values() if each.state == "active"]
        return [self._begin(each, json.dumps(body).encode(), signing, None) for each in active]

    def body(self, event: str, invitee: Invitee) -> bytes:
        """The message as it is posted."""
        account = self._account
        payload = invitee.shown() | {"scheduled_event": invitee.event.shown()}
        envelope = {
            "event": event,
            "created_at": written(account.now()),
            "created_by": account.owner.uri,
            "payload": payload,
        }
        return json.dumps(envelope).encode()

    def _begin(self, subscription: Subscription, body: bytes, signing: Signing, at: Barrier | None) -> Delivery:
        first = int(time.time())

        def headers(body: bytes) -> dict[str, str]:
            key = signing.key or subscription.key
            plain = {"Content-Type": "application/json", "User-Agent": "Calendly"}
            if not signing.signed or key is None:
                return plain
            signed_at = int(time.time()) if self._account.switches.signs_anew else first
            return plain | {HEADER: time_stamped(key, body, signed_at - signing.seconds_ago)}

        return self._sender.send(
            subscription.address,
            body,
            headers,
            judge=lambda attempt: self._judge(subscription, attempt),
            on_lost=lambda: self._lose(subscription),
            at=at,
        )

    def _judge(self, subscription: Subscription, attempt: Attempt) -> Verdict:
        with self._account.lock:
            if attempt.status == 410:
                self._account.subscriptions.pop(subscription.id, None)
                return Verdict.GIVE_UP
            verdict = take_2xx(attempt)
            if verdict is Verdict.DELIVERED:
                subscription.retry_started_at, subscription.lost = None, 0
            elif subscription.retry_started_at is None:
                subscription.retry_started_at = self._account.now()
            return verdict

    def _lose(self, subscription: Subscription) -> None:
        with self._account.lock:
            subscription.lost += 1
            if subscription.lost >= MOST_LOST:
                subscription.state = "disabled"


def _wants(subscription: Subscription, event: str, invitee: Invitee) -> bool:
    covered = subscription.user in (None, invitee.event.type.host.uri)
    return subscription.state == "active" and covered and event in subscription.events
