"""The server of a stand-in: started, listed what it was asked, emptied, stopped."""

import socket

import pytest
import requests
from flask import Flask

from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer


def made(port: int = 0) -> SchedulerServer:
    app = Flask("stand-in")
    app.add_url_rule("/hello", "hello", lambda: {"hello": "there"})
    return SchedulerServer(app, Sender(), port=port)


def test_it_answers_until_it_is_stopped() -> None:
    with made() as server:
        assert requests.get(f"{server.url}/hello?a=1", timeout=60).json() == {"hello": "there"}
        assert requests.get(f"{server.url}/nowhere", timeout=60).status_code == 404
        assert [(each.path, each.query, each.status) for each in server.requests] == [
            *(("/hello", {"a": "1"}, 200), ("/nowhere", {}, 404)),
        ]
        server.reset()
        assert server.requests == []
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/hello", timeout=60)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        made(taken.getsockname()[1]).start()
