"""A booking page inside the page of another site: all of it works, without a cookie, in a frame of its height."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from hubsync.store import write_transaction
from hubsync.store.teams import Team
from hubsync.web.bookings.embedding import write_snippet
from tests.browser.guest_windows import ADDRESS, DESKTOP, PHONE, Guest, Open, guest, page_of_mornings, window
from tests.kit.http_server import Server, reply

__all__ = ["guest", "page_of_mornings", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

LISTEN = """addEventListener("message", ({source, data}) => {
  if (source === document.querySelector("iframe")?.contentWindow) window.told = data.height;
});"""
AS_HIGH = "() => Math.abs(document.querySelector('iframe').getBoundingClientRect().height - window.told) <= 1"
LOWER = "height => document.querySelector('iframe').getBoundingClientRect().height < height"
FORGE = """() => new Promise((heard) => {
  addEventListener("message", heard, { once: true });
  const other = document.createElement("iframe");
  other.srcdoc = "<script>parent.postMessage({ hubsync: 'height', height: 9999 }, '*')</script>";
  document.body.append(other);
})"""
"""Another frame, of another origin, says that it is high."""


@pytest.fixture
def site(page_of_mornings: Guest, served: str) -> Iterator[Server]:
    """Another site, whose page has the snippet and is listed by the team; 127.0.0.1 is no part of localhost."""
    with page_of_mornings.app.test_request_context():
        snippet = write_snippet(served + ADDRESS, "Intro call")
    body = f"<!doctype html><title>Acme</title><h1>Book</h1><script>{LISTEN}</script>{snippet}"
    server = Server(reply(body=body.encode(), content_type="text/html"))
    with page_of_mornings.app.app_context(), write_transaction() as session:
        session.query(Team).one().parent_sites = [server.url]
    yield server
    server.close()


def wait_until_as_high(page: Page, frame: FrameLocator) -> None:
    """Until the frame is as high as the page in it, which does not scroll then."""
    page.wait_for_function(AS_HIGH)
    root = frame.locator("html")
    expect(root).to_have_class("embedded")
    assert root.evaluate("each => each.scrollHeight <= innerHeight + 1")


def height_of_frame(page: Page) -> float:
    return float(page.locator("iframe").evaluate("each => each.getBoundingClientRect().height"))


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_guest_books_inside_another_site(site: Server, window: Open, width: int) -> None:
    page = window(width)
    page.goto(site.url)
    frame = page.frame_locator("iframe")
    frame.locator(".time-list a").first.click()
    expect(frame.locator(".chosen-time")).to_be_visible()
    wait_until_as_high(page, frame)
    frame.get_by_label("Name (required)", exact=True).fill("Mika Sato")
    frame.get_by_label("Email (required)", exact=True).fill("mika@acme.example")
    frame.get_by_role("button", name="Complete Booking").click()
    expect(frame.get_by_text("Your booking is confirmed")).to_be_visible()
    wait_until_as_high(page, frame)
    assert page.context.cookies() == []


def test_the_frame_follows_a_page_that_becomes_lower_and_nobody_elses_word(site: Server, window: Open) -> None:
    page = window()
    page.goto(site.url)
    frame = page.frame_locator("iframe")
    wait_until_as_high(page, frame)
    before = height_of_frame(page)
    frame.locator("main").evaluate("each => { each.style.display = 'none' }")
    page.wait_for_function(LOWER, arg=before)
    wait_until_as_high(page, frame)
    lower = height_of_frame(page)
    page.evaluate(FORGE)
    heights = page.locator("iframe").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert heights[0] == lower
    assert heights[1] < 1000
