"""The page of a booking source: its secret, its switch, and the list of what came."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.booking import BookingEvent
from hubsync.domain.received import Result
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.sources import endpoint_setup, endpoints, received
from hubsync.services.sources.received import Line
from hubsync.sources.registry import SOURCES
from hubsync.store import end_read
from hubsync.store.teams import Team
from hubsync.web.sources.result_text import EVENTS, RESULTS
from tests.kit.browser import Browser
from tests.kit.clock import later
from tests.kit.page import Element, read_page, words
from tests.kit.source_bookings import source_booking
from tests.kit.tab import Tab

INTEGRATIONS = "/teams/acme/settings/integrations"
ENTERED, MADE = f"{INTEGRATIONS}/timerex", f"{INTEGRATIONS}/calcom"
SEVERAL = f"{INTEGRATIONS}/signed-webhook"


def card(owner: Browser, page: str) -> str:
    return words(owner.open(INTEGRATIONS).select_one(f"a.card-link[href='{page}']"))


def press(owner: Browser, page: str, button: str, **fields: str) -> Element:
    """Press the button with these words on *page* and follow where it leads."""
    return Tab(owner).open(page).press(button, **fields).page


def note(app: Flask, team: Team, *lines: Line) -> None:
    """Let this have come to the address of Cal.com."""
    with app.app_context():
        shown = endpoints.show_endpoint(team.id, "calcom")
        assert shown is not None
        for each in lines:
            received.note(shown.id, each)
        end_read()


def test_a_secret_that_the_tool_makes_is_entered_in_its_step(owner: Browser) -> None:
    page = press(owner, ENTERED, "Add", name="Team space")
    assert "The secret is missing" in words(page)
    assert "Team space secret missing" in words(owner.open(INTEGRATIONS))
    empty = Tab(owner).open(f"{ENTERED}/1").press("Keep it")
    error = "Enter the secret that your booking tool shows."
    assert (empty.status, words(empty.page.select_one("#entered-secret-error"))) == (422, error)
    kept = press(owner, f"{ENTERED}/1", "Keep it", secret="token that TimeRex shows")
    assert "Ready. Nothing received yet." in words(kept)
    assert "token that TimeRex shows" not in str(kept)
    assert "Team space ready" in words(owner.open(INTEGRATIONS))


def test_a_secret_that_is_made_here_can_be_made_anew_or_entered(owner: Browser) -> None:
    first = press(owner, MADE, "Make address and secret").select_one("#secret")["value"]
    assert press(owner, f"{MADE}/secret", "Make a new secret").select_one("#secret")["value"] != first
    assert press(owner, f"{MADE}/secret", "Keep it", secret="one of the tool's").select_one("#secret") is None


def test_a_tool_that_makes_its_own_secret_is_offered_no_other(owner: Browser) -> None:
    press(owner, ENTERED, "Add", name="Team space")
    page = f"{ENTERED}/1/secret"
    assert "Make a new secret" not in words(owner.open(page))
    answer = owner.post(page, page=page)
    assert (answer.status_code, "Enter the secret that your booking tool shows." in answer.text) == (422, True)


def test_a_new_secret_is_shown_once_and_loading_its_page_again_makes_no_other(
    app: Flask, team: Team, owner: Browser
) -> None:
    made = Tab(owner).open(MADE).press("Make address and secret")
    secret, its_page = made.page.select_one("#secret")["value"], made.url
    assert owner.client.head(its_page, base_url="http://localhost:8000").status_code == 302  # shows it to nobody
    again = Tab(owner).open(its_page)
    assert again.url.endswith(MADE)
    assert secret not in str(again.page)
    token = str(again.page.select_one("#address")["value"]).rsplit("/", 1)[-1]
    with app.app_context():
        assert endpoints.find_endpoint(SOURCES["calcom"], token).secrets == (secret,)


@pytest.mark.parametrize(("minutes", "is_shown"), [(10, True), (20, False)])
def test_a_press_whose_answer_was_lost_is_made_good_for_a_while(
    owner: Browser, minutes: int, is_shown: bool
) -> None:
    its_page = owner.post(MADE, page=MADE).headers["Location"]
    with later(minutes=minutes):
        tab = Tab(owner).open(its_page)
    assert tab.page.select_one("#address") is not None
    assert (tab.page.select_one("#secret") is not None) is is_shown


def test_no_other_secret_is_shown_than_the_one_that_was_made(app: Flask, team: Team, owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    its_page = owner.post(f"{MADE}/secret", page=f"{MADE}/secret").headers["Location"]
    with app.app_context():
        endpoint_setup.renew_secret(team.id, "calcom")  # by somebody else
    assert Tab(owner).open(its_page).page.select_one("#secret") is None


def test_a_former_secret_is_named_with_its_end_and_can_be_ended(owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    press(owner, f"{MADE}/secret", "Make a new secret")
    notice = "The former secret counts, too, until"
    assert notice in words(owner.open(MADE))
    assert "By then your booking tool has to have the new one." in words(owner.open(MADE))
    ended = press(owner, MADE, "End it now")
    assert "The former secret no longer counts." in words(ended)
    assert notice not in words(ended)


def test_an_address_is_switched_off_after_a_question_and_on_again(owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    assert "do not come in later" in words(owner.open(f"{MADE}/disable"))
    assert "Switched off" in words(press(owner, f"{MADE}/disable", "Disable"))
    assert "switched off" in card(owner, MADE)
    assert "Ready. Nothing received yet." in words(press(owner, MADE, "Enable"))


def test_an_address_that_is_switched_off_is_removed_after_a_question(owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    assert words(owner.open(MADE).select_one("main")).count("Remove") == 0
    assert Tab(owner).open(f"{MADE}/remove").url.endswith(MADE)
    owner.post(f"{MADE}/remove", page=MADE)
    assert "Disable the address first" in words(owner.open(MADE))
    tab = Tab(owner).open(f"{MADE}/disable").press("Disable").follow("Remove")
    assert "This cannot be undone" in tab.text
    assert "The address is removed." in tab.press("Remove for good").text
    assert "Make address and secret" in tab.text
    trail = owner.open("/teams/acme/settings/audit-trail")
    assert "removed an address of the booking source Cal.com" in words(trail)


def test_one_of_several_addresses_is_removed_and_the_others_stay(owner: Browser) -> None:
    for name in ("Team space", "My Space"):
        press(owner, ENTERED, "Add", name=name)
    tab = Tab(owner).open(f"{ENTERED}/1/disable").press("Disable").follow("Remove")
    assert "Remove Team space?" in tab.text
    assert words(tab.press("Remove for good").page.select_one(".plain-list")) == "My Space secret missing"
    assert owner.get(f"{ENTERED}/1").status_code == 404


def test_a_source_that_is_no_sender_is_not_called_one(owner: Browser) -> None:
    page = press(owner, f"{INTEGRATIONS}/signed-json", "Make address and secret")
    assert "What your booking tool sends to the address is listed here" in words(page)


def test_what_came_is_listed_with_its_result_and_its_booking(app: Flask, team: Team, owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    with app.app_context():
        delivery_id = complete(team.id, source_booking()).id
    note(
        app,
        team,
        Line(Result.UNREADABLE, faults=[("payload.startTime", "is missing")]),
        Line(Result.BOOKED, BookingEvent.COMPLETED, delivery_id),
    )
    page = owner.open(MADE)
    booked, unreadable = page.select("table.received tbody tr")
    assert "a booking taken in A new booking, with its delivery. Sato Mika waiting" in words(booked)
    assert booked.select_one("a")["href"] == f"/teams/acme/deliveries/{delivery_id}"
    assert "could not be read: payload.startTime is missing" in words(unreadable)
    assert "Last received" in words(page.select_one(".state-line"))
    assert "receiving" in card(owner, MADE)


def test_refused_ones_are_counted_and_say_so_on_the_card(app: Flask, team: Team, owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    note(app, team, *[Line(Result.NOT_PROVED, proved=False)] * 3)
    with app.app_context():
        received.list_waiting()
    assert "3 times since" in words(owner.open(MADE).select_one("table.received"))
    assert "last one refused" in card(owner, MADE)
    assert "Last received" not in card(owner, MADE)  # whoever sent that knows no secret
    note(app, team, Line(Result.TESTED))
    assert "receiving" in card(owner, MADE)


def test_the_steps_stand_first_until_something_has_come(app: Flask, team: Team, owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    page = str(owner.open(MADE))
    assert page.index('ol class="steps"') < page.index("state-line")
    note(app, team, Line(Result.TESTED))
    assert owner.open(MADE).select_one("details.set-up ol.steps") is not None


def test_the_script_is_told_what_is_new_and_nothing_else(app: Flask, team: Team, owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    page = owner.open(MADE).select_one("[data-live]")
    address, seen = page["data-live"], page["data-seen"]
    assert owner.get(f"{address}?seen={seen}").status_code == 204
    note(app, team, Line(Result.TESTED))
    news = owner.get(f"{address}?seen={seen}").json
    assert news["seen"] != seen
    assert words(read_page(news["html"]).select_one(".state-line")).startswith("Last received")


def test_a_team_that_made_no_address_has_nothing_to_change(owner: Browser) -> None:
    for what in ("secret", "disable", "remove", "received.json"):
        assert owner.get(f"{MADE}/{what}").status_code == 404
    for what in ("secret", "secret/end", "disable", "enable", "remove"):
        assert owner.post(f"{MADE}/{what}", page=MADE).status_code == 404


def test_a_source_of_several_senders_has_an_address_for_each(owner: Browser) -> None:
    tab = Tab(owner).open(SEVERAL).press("Add", sends="preset=zoom", name="")
    assert (tab.url.rsplit("/", 1)[-1], words(tab.page.select_one("h1"))) == ("1", "Zoom Scheduler")
    assert "Secret that Zoom Scheduler shows" in words(tab.page)
    tab.open(SEVERAL).press("Add", sends="preset=another", name="Our own form")
    assert words(tab.page.select_one("h1")) == "Our own form"
    assert tab.page.select_one("#secret")["value"]  # this sender is given one
    listed = words(owner.open(SEVERAL).select_one(".plain-list"))
    assert listed == "Zoom Scheduler secret missing Our own form ready"
    assert listed in words(owner.open(INTEGRATIONS))
    assert owner.get(f"{SEVERAL}/3").status_code == 404
    assert owner.post(SEVERAL, page=SEVERAL, preset="nobody's").status_code == 400
    tab.open(SEVERAL).press("Add", sends="preset=another", name="")
    assert words(tab.page.select_one("h1")) == "Signed webhook 3"  # nobody knows whose it is


def test_addresses_of_one_sender_are_told_apart_and_can_be_renamed(owner: Browser) -> None:
    for name in ("Tally", "Tally 2", "Tally 3"):
        tab = Tab(owner).open(SEVERAL).press("Add", sends="preset=tally", name="")
        assert words(tab.page.select_one("h1")) == name
    tab.follow("Rename")
    assert tab.page.select_one("input[name=name]")["value"] == "Tally 3"
    tab.press("Save", name="  Feedback  of visitors ")
    assert "The name is saved." in tab.text
    assert words(tab.page.select_one("h1")) == "Feedback of visitors"
    tab.follow("Rename").press("Save", name="")
    assert words(tab.page.select_one("h1")) == "Signed webhook 3"


@pytest.mark.parametrize("result", Result)
def test_every_result_has_its_sentence(result: Result) -> None:
    assert str(RESULTS[result].word)
    assert str(RESULTS[result].sentence)


@pytest.mark.parametrize("event", BookingEvent)
def test_every_event_has_its_words(event: BookingEvent) -> None:
    assert str(EVENTS[event])


def test_a_former_secret_that_ended_by_itself_is_not_named(app: Flask, owner: Browser) -> None:
    press(owner, MADE, "Make address and secret")
    press(owner, f"{MADE}/secret", "Make a new secret")
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert "The former secret counts" not in words(Browser(app).sign_in().open(MADE))
