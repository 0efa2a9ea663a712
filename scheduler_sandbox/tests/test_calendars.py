"""The stand-in of a calendar provider: its files, its bad days, and its page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from scheduler_sandbox.calendars import CalendarServer, write_event

START = datetime(2026, 12, 3, 9, tzinfo=UTC)


@pytest.fixture
def provider() -> Iterator[CalendarServer]:
    with CalendarServer() as server:
        server.account.calendars[0].put(write_event(START, START + timedelta(hours=1), "Dentist"))
        yield server


def test_a_calendar_is_a_file_at_its_secret_address(provider: CalendarServer) -> None:
    answer = requests.get(provider.feed_url(), timeout=60)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261203T090000Z" in answer.text
    again = requests.get(provider.feed_url(), headers={"If-None-Match": answer.headers["ETag"]}, timeout=60)
    assert again.status_code == 304
    assert requests.get(f"{provider.url}/ics/guess/work.ics", timeout=60).status_code == 404


def test_what_is_added_on_the_page_is_in_the_file(provider: CalendarServer) -> None:
    page = requests.get(provider.url, timeout=60).text
    assert provider.feed_url() in page
    assert provider.caldav_url in page
    filled = {"calendar": "work", "start": "2026-12-04T10:00", "minutes": "30"}
    requests.post(f"{provider.url}/add", data=filled, timeout=60)
    assert "DTEND:20261204T103000Z" in requests.get(provider.feed_url(), timeout=60).text


def test_a_bad_day(provider: CalendarServer) -> None:
    provider.switches.cut_off = True
    assert not requests.get(provider.feed_url(), timeout=60).text.rstrip().endswith("END:VCALENDAR")
    provider.switches.sign_in = True
    assert "Sign in" in requests.get(provider.feed_url(), timeout=60).text
    provider.switches.broken = True
    assert requests.get(provider.feed_url(), timeout=60).status_code == 500
    provider.switches.busy = 120
    answer = requests.get(provider.feed_url(), timeout=60)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "120")


def test_caldav_wants_the_app_password(provider: CalendarServer) -> None:
    assert requests.request("PROPFIND", provider.caldav_url, timeout=60).status_code == 401
    proof = (provider.account.user, provider.account.password)
    assert requests.request("PROPFIND", provider.caldav_url, auth=proof, timeout=60).status_code == 207
