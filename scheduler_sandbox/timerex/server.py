"""TimeRex's stand-in on one port: its pages over one space."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import Flask

from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer
from scheduler_sandbox.timerex.pages import Pages
from scheduler_sandbox.timerex.records import Calendar
from scheduler_sandbox.timerex.space import PAUSES, TimeRex, take_200

CALENDARS = (
    Calendar("Product tour", questions=("Number of employees", "What would you like to see?"), path="70a7f00d"),
    Calendar("導入相談", minutes=60, questions=("従業員数", "ご興味のある機能"), path="9d41e7aa"),
)


class TimeRexServer(SchedulerServer):
    """Shows TimeRex's pages; ``space`` has what it knows and its switches, and lets things happen.

    *pauses* are those between the attempts of one delivery, in seconds; *now* is its clock.
    """

    def __init__(
        self,
        pauses: Sequence[float] = PAUSES,
        host: str = "127.0.0.1",
        port: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(Flask("scheduler_sandbox.timerex"), Sender(pauses, take_200), host, port)
        self.space = TimeRex(self.sender, now, CALENDARS, self.lock)
        self.app.register_blueprint(Pages(self.space).blueprint())
