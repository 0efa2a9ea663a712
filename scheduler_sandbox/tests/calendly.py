"""Calendly's stand-in as a program with a token sees it, and a receiver of its webhooks."""

import json
from typing import Any

import requests
from flask import Flask, Response

from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.account import ORGANIZATION
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import Request, SchedulerServer

KEY = "key-of-the-subscription"
OF_INVITEES = ["invitee.created", "invitee.canceled", "invitee_no_show.created", "invitee_no_show.deleted"]


class Caller(requests.Session):
    """Calls of *server* with *token*."""

    def __init__(self, server: CalendlyServer, token: str) -> None:
        super().__init__()
        self.trust_env = False
        self.base, self.headers["Authorization"] = server.url, f"Bearer {token}"

    def request(self, method, url, **named):  # type: ignore[no-untyped-def,override]
        return super().request(method, self.base + url, timeout=60, **named)

    def subscribe(self, address: str, **more: Any) -> requests.Response:
        wanted = {"url": address, "events": OF_INVITEES, "organization": ORGANIZATION, "scope": "organization"}
        return self.post("/webhook_subscriptions", json={**wanted, "signing_key": KEY, **more})


class Receiver:
    """Answers webhooks with *status*, and keeps them."""

    def __init__(self) -> None:
        self.status = 200
        app = Flask("receiver")
        app.add_url_rule("/in", "take", self.take, methods=["POST"])
        self.server = SchedulerServer(app, Sender()).start()
        self.address = f"{self.server.url}/in"

    def take(self) -> Response:
        return Response("{}", self.status, {"Location": "/elsewhere"} if self.status < 400 else {})

    @property
    def came(self) -> list[Request]:
        return self.server.requests

    @property
    def messages(self) -> list[Any]:
        return [json.loads(each.body) for each in self.came]
