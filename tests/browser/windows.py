"""Windows of the browser whose test fails when their console complained."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page


def hear_complaints(page: Page) -> list[str]:
    """What the page's console says of errors and uncaught exceptions from now on, in a list that grows."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@contextmanager
def uncomplaining_window(chromium: Browser, **options: Any) -> Iterator[Page]:
    """A window in Tokyo's time with *options*, closed at the end; its console may not have complained."""
    context = chromium.new_context(timezone_id="Asia/Tokyo", **options)
    opened = context.new_page()
    complaints = hear_complaints(opened)
    yield opened
    context.close()
    assert complaints == []
