"""Bookings of the stand-in: what guests and hosts do, each with the deliveries that it makes."""

from collections.abc import Sequence
from datetime import datetime
from threading import Barrier
from typing import Any

from scheduler_sandbox.calendly.account import Account
from scheduler_sandbox.calendly.records import Invitee
from scheduler_sandbox.calendly.webhooks import CANCELED, CREATED, NO_SHOW, NO_SHOW_DELETED, Webhooks
from scheduler_sandbox.sending import Delivery


class Bookings:
    """Changes *account* and lets its subscribers know."""

    def __init__(self, account: Account, webhooks: Webhooks) -> None:
        self.account, self.webhooks = account, webhooks

    def book(self, *args: Any, **named: Any) -> tuple[Invitee, list[Delivery]]:
        """`Account.book`, and its deliveries under way."""
        invitee = self.account.book(*args, **named)
        return invitee, self.webhooks.send(CREATED, invitee)

    def cancel(self, invitee: Invitee, reason: str = "", **named: Any) -> list[Delivery]:
        """`Account.cancel`, and its deliveries under way."""
        self.account.cancel(invitee, reason, **named)
        return self.webhooks.send(CANCELED, invitee)

    def reschedule(
        self,
        invitee: Invitee,
        starts_at: datetime | None = None,
        *,
        order: Sequence[str] = (CREATED, CANCELED),
        together: bool = False,
    ) -> tuple[Invitee, list[Delivery]]:
        """`Account.reschedule`, and its two deliveries in *order*: one when the other has ended, or *together*."""
        moved = self.account.reschedule(invitee, starts_at)
        sides = {CREATED: moved, CANCELED: invitee}
        if not together:
            return moved, self.webhooks.send_in_turn([(event, sides[event]) for event in order])
        at = Barrier(len(order))
        return moved, [each for event in order for each in self.webhooks.send(event, sides[event], at=at)]

    def mark_no_show(self, invitee: Invitee, *, missed: bool = True) -> list[Delivery]:
        """`Account.mark_no_show`, and its deliveries under way."""
        self.account.mark_no_show(invitee, missed=missed)
        return self.webhooks.send(NO_SHOW if missed else NO_SHOW_DELETED, invitee)
