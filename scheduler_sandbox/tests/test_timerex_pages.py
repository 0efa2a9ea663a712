"""TimeRex's stand-in as people use it: make the webhook, book, change and cancel on its pages."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask, Response

from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer
from scheduler_sandbox.timerex import TimeRexServer

NOW = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
WEBHOOK = "/settings/integrations/webhook"
GUEST = {"name": "Mika Sato", "email": "mika@acme.example", "company": "Acme", "q0": "120", "comment": "Hello"}


@pytest.fixture
def timerex() -> Iterator[TimeRexServer]:
    with TimeRexServer((0.0, 0.0), now=lambda: NOW) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[SchedulerServer]:
    app = Flask("receiver")
    app.add_url_rule("/in", "take", lambda: Response(status=200), methods=["POST"])
    with SchedulerServer(app, Sender()) as server:
        yield server


def page(answer: requests.Response, status: int = 200) -> BeautifulSoup:
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def test_the_webhook_is_made_with_its_url_and_shows_its_token(
    timerex: TimeRexServer, receiver: SchedulerServer
) -> None:
    address = f"{receiver.url}/in"
    refused = page(requests.post(timerex.url + WEBHOOK, {"url": "mailto:me"}, timeout=60), 400)
    assert (refused.select_one("#token"), timerex.space.address) == (None, "")
    shown = page(requests.post(timerex.url + WEBHOOK, {"url": f" {address} "}, timeout=60)).select_one("#token")
    assert shown is not None
    assert (shown.text, timerex.space.address) == (timerex.space.token, address)
    gone = page(requests.post(f"{timerex.url}{WEBHOOK}/deletion", timeout=60))
    assert (gone.select_one("#url") is not None, timerex.space.token) == (True, "")


def test_a_guest_books_changes_and_cancels_and_each_is_posted(
    timerex: TimeRexServer, receiver: SchedulerServer
) -> None:
    timerex.space.make_webhook(f"{receiver.url}/in")
    home = page(requests.get(timerex.url, timeout=60))
    path = str(home.select("main li a")[0]["href"])
    form = page(requests.get(f"{timerex.url}{path}", timeout=60))
    starts_at = str(form.select("#starts_at")[0]["value"])
    assert starts_at == "2026-12-04T11:00"
    booked = requests.post(f"{timerex.url}{path}?utm_source=mail", {**GUEST, "starts_at": starts_at}, timeout=60)
    assert "Your booking is confirmed" in page(booked).text
    change, cancel = (str(each["action"]) for each in page(booked).select("main form"))
    changed = requests.post(timerex.url + change, {"starts_at": "2026-12-05T09:00"}, timeout=60)
    assert "2026-12-05 09:00" in page(changed).text
    assert requests.post(timerex.url + cancel, timeout=60).status_code == 409  # it was changed
    assert "This time was changed" in page(requests.get(booked.url, timeout=60)).text
    _, cancel = (str(each["action"]) for each in page(changed).select("main form"))
    assert "is cancelled" in page(requests.post(timerex.url + cancel, {"reason": "Ill"}, timeout=60)).text
    told = [each.wait() for each in timerex.space.sender.deliveries]
    assert [each.status for each in told] == [200] * 3
    first = timerex.space.bookings[booked.url.rsplit("/", 1)[-1]]
    assert (first.starts_at, first.url_params) == (datetime(2026, 12, 4, 2, tzinfo=UTC), {"utm_source": "mail"})
    assert (first.guest.company, first.guest.answers["Number of employees"]) == ("Acme", "120")
    states = [each.select("td")[-1].text for each in page(requests.get(timerex.url, timeout=60)).select("tr")[1:]]
    assert states == ["cancelled", "changed"]


def test_what_is_not_filled_in_comes_back_as_it_was(timerex: TimeRexServer) -> None:
    address = f"{timerex.url}/s/{timerex.space.calendars[0].path}"
    for wrong in ({"name": " "}, {"email": "mika"}, {"starts_at": "soon"}, {"starts_at": "0001-01-01T00:00"}):
        answer = requests.post(address, {**GUEST, "starts_at": "2026-12-04T11:00", **wrong}, timeout=60)
        form = page(answer, 400)
        assert form.select_one("[role=alert]") is not None
        assert str(form.select("#company")[0]["value"]) == "Acme"
    assert timerex.space.bookings == {}
    for path in ("/s/unknown", "/schedule/unknown"):
        assert requests.get(timerex.url + path, timeout=60).status_code == 404
