"""Calendly's stand-in on one port: API, webhooks and pages over one account."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import Flask

from scheduler_sandbox.calendly.account import Account
from scheduler_sandbox.calendly.api import Api
from scheduler_sandbox.calendly.bookings import Bookings
from scheduler_sandbox.calendly.pages import Pages
from scheduler_sandbox.calendly.webhooks import Webhooks
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer


class CalendlyServer(SchedulerServer):
    """Answers as Calendly does; ``account`` has what it knows and its switches, ``bookings`` lets things happen.

    *pauses* are those between the attempts of one delivery, in seconds; *now* is its clock. With a *token* of its
    own it knows that one from the beginning, and its page gives no other.
    """

    def __init__(
        self,
        pauses: Sequence[float] = (0.0, 0.0),
        host: str = "127.0.0.1",
        port: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        token: str = "",
    ) -> None:
        super().__init__(Flask("scheduler_sandbox.calendly"), Sender(pauses), host, port)
        self.account = Account(self.lock, now, token)
        self.webhooks = Webhooks(self.account, self.sender)
        self.bookings = Bookings(self.account, self.webhooks)
        self.app.register_blueprint(Api(self.account, self.webhooks).blueprint())
        self.app.register_blueprint(Pages(self.bookings, self.sender).blueprint())

    def empty(self) -> None:
        """As good as new: no bookings, tokens and subscriptions."""
        self.reset(self.account.empty)
