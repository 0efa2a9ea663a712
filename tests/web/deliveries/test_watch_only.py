"""The watch only pages: switched on, what would have been posted, and going live."""

from __future__ import annotations

import csv
import io

import pytest

from hubsync.domain.delivery_states import DeliveryState
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from tests.kit import rows
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import words
from tests.kit.watching import writes

__all__ = ["connected_team"]

HUBSPOT = "/teams/acme/settings/integrations/hubspot"
PAGE = f"{HUBSPOT}/watch-only"
LOG = "/teams/acme/deliveries"


@pytest.fixture
def mapped_team(connected_team: ConnectedTeam) -> ConnectedTeam:
    with connected_team.app.app_context(), write_transaction() as session:
        rows.add_usual_mapping(session, connected_team.calendar_id)
    return connected_team


def delivery(team: ConnectedTeam) -> str:
    with team.app.app_context():
        return f"{LOG}/{db.session.query(Delivery.id).order_by(Delivery.id.desc()).first()[0]}"


def test_from_the_switch_to_the_sums_and_live(mapped_team: ConnectedTeam) -> None:
    owner = mapped_team.owner
    assert "No watched bookings" in words(owner.open(PAGE))
    begun = owner.submit(owner.open(HUBSPOT), "Watch only from now on")
    assert begun.location.endswith(PAGE)
    assert "Nothing was watched yet" in words(owner.open(PAGE))
    assert "watches only" in words(owner.open(LOG))  # on every page of the team
    saved = owner.open(owner.press(mapped_team.editor).location)
    assert "bookings are posted by it once the team has gone live" in words(saved)
    owner.post(f"{mapped_team.advanced}/hubspot/active", page=mapped_team.advanced, active="on")
    assert "bookings of this calendar are posted once the team has gone live" in words(
        owner.open(mapped_team.advanced)
    )
    mapped_team.calls()
    mapped_team.book()

    assert "1 skipped" in words(owner.open(HUBSPOT))  # so that nobody takes it for lost
    page = owner.open(PAGE)
    assert "1 New contacts" in words(page)
    listed = owner.open(page.select_one(".counts a")["href"])
    assert "Bookings that were watched only." in words(listed)
    [row] = listed.select("table.log tbody tr")
    assert "mika@example.com" in row.get_text(" ")

    shown = owner.open(delivery(mapped_team))
    assert "would be registered" in words(shown)
    assert "it read in HubSpot and wrote nothing" in words(shown)
    assert "mika@example.com" in words(shown.select_one("table.values"))
    assert "Retry" not in [button.words for button in shown.select("button")]
    owner.post(f"{delivery(mapped_team)}/retry", page=LOG)
    assert "Nothing was posted: HubSync watches only." in words(owner.open(LOG))
    assert writes(mapped_team.sandbox) == []

    question = owner.open(f"{PAGE}/go-live")
    assert f"1 booking was watched and not posted. Posting it registers in account {rows.ACCOUNT}" in words(
        question
    )
    going = owner.submit(question, "Go live and post 1 booking")
    assert going.location.endswith("/deliveries/missed")
    again = owner.submit(question, "Go live and post 1 booking")  # pressed twice
    assert again.status_code == 302
    with mapped_team.app.app_context():
        work_on_replays()
    assert words(owner.open(delivery(mapped_team))).count("Registered as a new contact.") == 1
    assert "watches only" not in words(owner.open(LOG))
    assert len([call for call in writes(mapped_team.sandbox) if call.endswith("/contacts")]) == 1


def test_what_was_missed_is_looked_up_while_the_team_watches_only(mapped_team: ConnectedTeam) -> None:
    owner = mapped_team.owner
    owner.submit(owner.open(HUBSPOT), "Watch only from now on")
    mapped_team.book()
    with mapped_team.app.app_context(), write_transaction() as session:
        session.query(Delivery).update({"state": DeliveryState.WAITING, "reason": "access_lost"})
    for page in (HUBSPOT, f"{LOG}/missed"):
        shown = owner.open(page)
        assert "they are looked up in HubSpot, and posted once the team has gone live" in words(shown)
        assert "Post 1 missed booking" not in words(shown)
    owner.submit(shown, "Look up 1 missed booking")
    with mapped_team.app.app_context():
        work_on_replays()
    assert "Not yet as it should be 0" in words(owner.open(f"{LOG}/missed"))
    assert "1 New contacts" in words(owner.open(PAGE))


def test_live_without_them_they_can_be_posted_later(mapped_team: ConnectedTeam) -> None:
    owner = mapped_team.owner
    owner.post(f"{PAGE}/begin", page=HUBSPOT)
    mapped_team.book()
    owner.submit(owner.open(f"{PAGE}/go-live"), "Go live without them")
    assert "1 booking was watched before and is not posted." in words(owner.open(PAGE))
    assert owner.submit(owner.open(f"{PAGE}/go-live"), "Post 1 booking").location.endswith("/deliveries/missed")


def test_the_file_of_what_was_watched_says_what_would_have_become_of_it(
    mapped_team: ConnectedTeam,
) -> None:
    owner = mapped_team.owner
    owner.post(f"{PAGE}/begin", page=HUBSPOT)
    mapped_team.book()
    shown = owner.open(f"{LOG}?watched=new-contacts")
    [link] = shown.select(".export a")
    head, row = csv.reader(io.StringIO(owner.get(link["href"]).get_data(as_text=True).removeprefix("\ufeff")))
    told = dict(zip(head, row, strict=True))
    assert told["Would be: Contact"] == "would be registered"
    assert "Would be: Contact" not in owner.get(f"{LOG}/export.csv").get_data(as_text=True)
    assert "no such deliveries" in words(owner.open(f"{LOG}?watched=present-contacts"))
    assert owner.get(f"{LOG}?watched=nonsense").status_code == 404
    assert owner.get(f"{LOG}?watched=all-bookings&day=yesterday").status_code == 404
    for row in ("a.b", "a.b.c", "companies.a%00.c", "companies.a.%00", "companies.a.b.c"):
        assert owner.get(f"{LOG}?watched=omitted-rows&row={row}").status_code == 404


def test_a_refusal_that_is_certain_is_foretold_and_the_others_are_spoken_of_once(
    mapped_team: ConnectedTeam,
) -> None:
    owner = mapped_team.owner
    owner.post(f"{PAGE}/begin", page=HUBSPOT)
    mapped_team.book("mika@acme.test")
    page = owner.open(PAGE)
    assert "0 New contacts" in words(page)
    assert words(page).count("HubSpot may still refuse a record or a value when it is posted") == 1
    [refused] = [each for each in page.select("a") if "The contact of 1 booking would be refused" in each.words]
    listed = words(owner.open(refused["href"]))
    assert "Watched bookings whose contact would have been refused." in listed
    assert "mika@acme.test" in listed
    shown = words(owner.open(delivery(mapped_team)))
    assert "would be refused The ending of this e-mail address is kept for tests and documents." in shown


def test_no_test_is_sent_and_the_page_says_why(mapped_team: ConnectedTeam) -> None:
    owner = mapped_team.owner
    owner.post(f"{PAGE}/begin", page=HUBSPOT)
    page = owner.open(f"{mapped_team.editor}/test")
    assert "HubSync watches only" in words(page)
    assert "Create these in HubSpot" not in words(page)


def test_another_account_meanwhile_is_not_posted_into(mapped_team: ConnectedTeam) -> None:
    owner = mapped_team.owner
    owner.post(f"{PAGE}/begin", page=HUBSPOT)
    mapped_team.book()
    question = owner.open(f"{PAGE}/go-live")
    with mapped_team.app.app_context(), write_transaction() as session:
        session.query(Connection).update({"hubspot_account_id": "7654321"})
    owner.submit(question, "Go live and post 1 booking")
    assert "Meanwhile the team was connected to another account" in words(owner.open(PAGE))
