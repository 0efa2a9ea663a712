"""Cal.com's stand-in on one port: its API and its pages over one account."""

from flask import Flask

from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.api import blueprint
from scheduler_sandbox.calcom.pages import Pages
from scheduler_sandbox.server import SchedulerServer


class CalComServer(SchedulerServer):
    """Answers as Cal.com does; ``account`` has what it knows and its switches, and lets things happen."""

    def __init__(self, account: CalCom | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.account = account or CalCom()
        super().__init__(Flask("scheduler_sandbox.calcom"), self.account.sender, host, port)
        self.lock = self.account.lock
        self.app.register_blueprint(blueprint(self.account))
        self.app.register_blueprint(Pages(self.account).blueprint())

    @property
    def api_url(self) -> str:
        """Where its API is."""
        return f"{self.url}/v2"
