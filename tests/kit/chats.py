"""Chats in tests: a receiver of Apprise's on loopback, and what HubSync keeps of its address."""

from __future__ import annotations

import json
from typing import Any

from hubsync.services.alerts import addresses
from hubsync.store import db, end_read
from hubsync.store.chat_alerts import ChatAddress, ChatAlert
from tests.kit.busy_calendars import person_id
from tests.kit.http_server import Server

OWN_NETWORK = {"ALERT_PRIVATE_HOSTS": "127.0.0.1"}


def address_of(chat: Server, path: str = "room") -> str:
    """The address, as Apprise has it, of a receiver by http."""
    return f"json://127.0.0.1:{chat.port}/{path}"


def add_chat(team_id: int, address: str) -> int:
    return addresses.add_address(team_id, address, by=person_id())


def stored_chat(address_id: int) -> ChatAddress:
    """The row as it is in the database now."""
    row = db.session.get(ChatAddress, address_id, populate_existing=True)
    end_read()
    assert row is not None
    return row


def waiting_alerts() -> list[ChatAlert]:
    rows = db.session.query(ChatAlert).populate_existing().order_by(ChatAlert.id).all()
    end_read()
    return rows


def received(chat: Server) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in chat.requests]
