"""HubSync on a real port, and a headless Chromium that opens its pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hubsync.config import settings
from hubsync.services.signin import links
from tests.browser.windows import hear_complaints
from tests.kit.browser import Browser as KitBrowser
from tests.kit.listening import listening
from tests.kit.ports import free_port
from tests.kit.waiting import LONGEST

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Names of Chromium, the best first: the headless shell shows the same pages without its own windows, which take
three quarters of the processor time of a new context."""


def find_chromium() -> str:
    """Where Chromium is; where none is installed the test is skipped, or fails if HUBSYNC_BROWSER says so."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        reason = "no Chromium is installed"
        if os.environ.get("HUBSYNC_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


@pytest.fixture(scope="session")
def port_of_pages() -> int:
    """Where the browser looks for what is at localhost:8000."""
    return free_port()


@pytest.fixture(scope="session")
def chromium(port_of_pages: int) -> Iterator[Browser]:
    """A headless Chromium, which is given time on a busy machine, for all tests of a worker.

    Whatever a test opens is in a context of its own.
    """
    expect.set_options(timeout=LONGEST * 1000)
    there = f"--host-resolver-rules=MAP localhost:8000 127.0.0.1:{port_of_pages}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, there])
        yield browser
        browser.close()


@pytest.fixture
def given() -> dict[str, str]:
    """HubSync's address has the port that the browser will call."""
    return {"BASE_URL": f"http://localhost:{free_port()}"}


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """HubSync's address, while it is served there."""
    url = settings(app).base_url
    with listening(app, int(url.rsplit(":", 1)[1])):
        yield url


@dataclass
class Visitor:
    """Somebody at a browser; *complaints* are what its console said."""

    url: str
    context: BrowserContext
    page: Page
    complaints: list[str]

    def sign_in(self, app: Flask, email: str) -> None:
        """Be whoever has this address; opening the pages of the way there takes as long as most tests."""
        cookie = KitBrowser(app).sign_in(email).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])

    def sign_in_by_link(self, app: Flask, email: str) -> None:
        """Open the link that is mailed, and press its button."""
        with app.app_context():
            link = links.make_link(email)
        self.page.goto(link)
        self.page.locator("main form button").click()
        self.page.wait_for_url(f"{self.url}/teams/**")

    def open(self, address: str) -> Page:
        self.page.goto(self.url + address)
        return self.page


@pytest.fixture
def visitor(chromium: Browser, served: str) -> Iterator[Visitor]:
    """A browser window of its own; the test fails if its console complained."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints = hear_complaints(page)
    yield Visitor(served, context, page, complaints)
    context.close()
    assert complaints == []
