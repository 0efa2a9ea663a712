"""An alert is handed over once, by https or to what a setting names; its process makes no other connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hubsync.alerts.sending import AlertNotSent, AlertRoute, look_at, send_alert
from hubsync.domain.chat_alerts import AlertFault, mask_address
from hubsync.net.public_addresses import ONLY_PUBLIC, PublicAddresses, read_exceptions
from tests.kit.chats import address_of
from tests.kit.http_server import Server, serve

__all__ = ["serve"]
OWN = read_exceptions("127.0.0.1")
ROOT = Path(__file__).parent.parent.parent
Serve = Callable[..., Server]


def fault(address: str, exceptions: PublicAddresses = OWN) -> AlertFault:
    with pytest.raises(AlertNotSent) as met:
        send_alert(address, "Title", "Body", AlertRoute(exceptions))
    return met.value.fault


def test_an_alert_arrives_once_where_a_setting_allows_its_host(serve: Serve) -> None:
    chat = serve()
    send_alert(address_of(chat), "Title", "Body", AlertRoute(OWN))
    (request,) = chat.requests
    assert request.line == "POST /room HTTP/1.1"
    assert b'"title": "Title", "message": "Body"' in request.body


def test_a_chat_that_refuses_is_asked_once_whatever_its_address_asks_for(serve: Serve) -> None:
    chat = serve(status=500)
    assert fault(f"{address_of(chat)}?retry=3&wait=0") is AlertFault.REFUSED
    assert len(chat.requests) == 1


def test_no_redirect_is_followed(serve: Serve) -> None:
    elsewhere = serve()
    chat = serve(status=307, location=f"{elsewhere.url}/stolen")
    assert fault(address_of(chat)) is AlertFault.REDIRECTED
    assert elsewhere.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_connected_address_is_judged_whatever_name_led_to_it(serve: Serve, host: str) -> None:
    chat = serve()
    assert fault(f"jsons://{host}:{chat.port}/room?verify=no", ONLY_PUBLIC) is AlertFault.PRIVATE
    assert chat.connections == 0


def test_nothing_is_asked_by_http_but_what_a_setting_names(serve: Serve) -> None:
    chat = serve()
    assert fault(address_of(chat), ONLY_PUBLIC) is AlertFault.NOT_HTTPS
    assert chat.connections == 0


@pytest.mark.parametrize("address", ["mailto://user:word@mail.example", "json://a\nb"])
def test_what_is_no_chat_is_not_taken(address: str) -> None:
    with pytest.raises(AlertNotSent) as met:
        look_at(address, AlertRoute(OWN))
    assert met.value.fault is AlertFault.INVALID


def test_the_webhook_of_a_chat_is_taken_as_it_is_copied_and_nobody_is_asked() -> None:
    copied = "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV"
    assert look_at(copied, AlertRoute()) == "Discord"


@pytest.mark.parametrize(
    "act",
    [
        "import socket; socket.socket().connect(('127.0.0.1', 9))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
    ],
)
def test_the_process_makes_no_connection_past_the_guard_and_starts_no_program(act: str) -> None:
    code = f"from hubsync.alerts import worker; worker._limit_process()\n{act}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.endswith("PermissionError: not in the process that sends alerts\n")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV", "https://…o3dV"),
        ("ntfy://topic", "ntfy://…"),
    ],
)
def test_of_an_address_no_more_is_shown_than_tells_it_from_others(address: str, shown: str) -> None:
    assert mask_address(address) == shown
