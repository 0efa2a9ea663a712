"""JSON documents of one address: asked for once, in bounded time and size, without any secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from hubsync.net.adapter import BoundedAdapter, Failure
from hubsync.net.deadline import Deadline

LARGEST_BYTES = 200_000
_HEADERS = {"User-Agent": "HubSync/1.0", "Accept": "application/json", "Connection": "close"}


class NoDocument(Exception):
    """There is no JSON at the address, or nobody answered in time."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was answered: any status, and the JSON that came with it."""

    status: int
    content: Any = field(repr=False)


def read_document(
    url: str,
    seconds: float,
    *,
    https_proxy: str | None = None,
    ca_bundle: str | None = None,
    before_send: Callable[[], None] | None = None,
) -> Document:
    """Ask for *url* once, within so many *seconds*; no redirect is followed. Raises NoDocument."""
    adapter = BoundedAdapter(https_proxy=https_proxy, ca_bundle=ca_bundle, before_send=before_send)
    try:
        request = requests.Request("GET", url, _HEADERS).prepare()
        answer = adapter.exchange(request, Deadline.after(seconds), LARGEST_BYTES)
    except (requests.RequestException, ValueError) as fault:
        raise NoDocument("the address cannot be asked") from fault
    finally:
        adapter.close()
    if isinstance(answer, Failure):
        raise NoDocument(answer.reason)
    try:
        return Document(answer.status_code, json.loads(answer.content))
    except (ValueError, RecursionError):
        raise NoDocument(f"it answered {answer.status_code}, and no JSON") from None
