"""Which sites may show a booking page inside theirs, and the snippet that they are given."""

from __future__ import annotations

from flask import Flask
from lxml import html
from werkzeug.test import TestResponse

from hubsync.store import write_transaction
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.guest import ADDRESS, Guest, guest
from tests.kit.page import read_page
from tests.kit.world import world

__all__ = ["guest"]

SITES = ["https://www.acme.example", "https://shop.acme.example:8443"]


def list_sites(app: Flask, *sites: str) -> None:
    with app.app_context(), write_transaction() as session:
        session.query(Team).one().parent_sites = list(sites)


def parents(answer: TestResponse) -> str:
    policy = answer.headers["Content-Security-Policy"]
    (found,) = [part.strip() for part in policy.split(";") if "frame-ancestors" in part]
    return found.removeprefix("frame-ancestors ")


def test_every_answer_of_the_page_may_be_inside_the_sites_that_are_listed(guest: Guest) -> None:
    sent = guest.send()
    for listed, allowed in (([], "'none'"), (SITES, " ".join(SITES))):
        list_sites(guest.app, *listed)
        token = guest.token()
        answers = [guest.get(ADDRESS), guest.send(token, Name=""), guest.send("forged"), guest.get(sent.location)]
        assert [parents(each) for each in answers] == [allowed] * 4
        lets_others = "cross-origin" if listed else "same-origin"
        assert [each.headers["Cross-Origin-Resource-Policy"] for each in answers] == [lets_others] * 4
    guest.change(archived_at=guest.bookings()[0].created_at)
    closed = guest.get(ADDRESS)
    assert (closed.status_code, parents(closed)) == (410, " ".join(SITES))


def test_no_other_page_may(guest: Guest) -> None:
    list_sites(guest.app, *SITES)
    owner = Browser(guest.app).sign_in("owner@acme.example")
    for address in ("/book/unknown", "/signin", "/nowhere"):
        assert parents(guest.get(address)) == "'none'"
    for address in (f"/teams/acme/calendars/{guest.calendar_id}", "/account"):
        assert parents(owner.get(address)) == "'none'"


def test_the_page_of_the_calendar_has_the_snippet_once_a_site_is_listed(app: Flask) -> None:
    calendar_id = world(app, mapped=False, connected=None).calendars["intro"]
    owner, page = Browser(app).sign_in("owner@acme.example"), f"/teams/acme/calendars/{calendar_id}"
    assert owner.open(page).select("#booking-page-snippet") == []
    list_sites(app, *SITES)
    owner.post(f"{page}/settings", page=f"{page}/settings", name='"><b>', duration_minutes=30, time_zone="UTC")
    shown = owner.open(page).select_one("#booking-page-snippet")["value"]
    snippet = html.fragment_fromstring(shown, create_parent="div")
    assert [each.tag for each in snippet] == ["iframe", "script"]
    frame, script = snippet
    assert (frame.get("src"), frame.get("title")) == ("http://localhost:8000/book/acme-intro", '"><b>')
    with Browser(app).get(script.get("src").removeprefix("http://localhost:8000")) as found:
        assert found.status_code == 200
        assert "javascript" in found.headers["Content-Type"]


def test_the_page_loads_nothing_from_elsewhere_and_sets_no_cookie(guest: Guest) -> None:
    list_sites(guest.app, *SITES)
    answer = guest.get(ADDRESS)
    assert "Set-Cookie" not in answer.headers
    assert all(each["src"].startswith("/") for each in read_page(answer).select("script"))
