"""The guard of the bounded adapter: it judges the address that is connected to, also behind a proxy."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import requests

from hubsync.errors import Obstacle
from hubsync.net.adapter import BoundedAdapter, Failure
from hubsync.net.deadline import Deadline
from tests.kit.http_server import Server, reply

Serve = Callable[..., Server]


def exchange(url: str, allows: Callable[[str, str], bool], **options: str) -> requests.Response | Failure:
    with closing(BoundedAdapter(allows=allows, **options)) as adapter:  # type: ignore[arg-type]
        return adapter.exchange(requests.Request("GET", url).prepare(), Deadline.after(5), 1_000)


def test_the_guard_is_asked_of_the_name_and_of_the_address_that_it_led_to(serve: Serve) -> None:
    server, asked = serve(), []

    def allows(host: str, address: str) -> bool:
        asked.append((host, address))
        return address == "127.0.0.1"

    answer = exchange(server.host_url, allows)
    assert isinstance(answer, requests.Response)
    assert ("localhost", "127.0.0.1") in asked


def test_nothing_is_connected_to_what_is_refused(serve: Serve) -> None:
    server = serve()
    outcome = exchange(server.host_url, lambda host, address: False)
    assert isinstance(outcome, Failure)
    assert (outcome.obstacle, outcome.sent, server.connections) == (Obstacle.ADDRESS_REFUSED, False, 0)


def test_what_a_proxy_is_to_connect_to_is_judged_and_the_proxy_is_not(serve: Serve) -> None:
    proxy, asked = serve(reply(502, b"")), []

    def allows(host: str, address: str) -> bool:
        asked.append(host)
        return False

    outcome = exchange("https://localhost:1/", allows, https_proxy=proxy.url)
    assert isinstance(outcome, Failure)
    assert (outcome.obstacle, proxy.connections, asked[0]) == (Obstacle.ADDRESS_REFUSED, 0, "localhost")


def test_a_name_that_only_the_proxy_knows_is_left_to_it(serve: Serve) -> None:
    proxy = serve(reply(502, b""))
    outcome = exchange("https://nowhere.invalid/", lambda host, address: False, https_proxy=proxy.url)
    assert isinstance(outcome, Failure)
    assert "proxy refused" in outcome.reason
    assert proxy.requests[0].line.startswith("CONNECT nowhere.invalid:443")
