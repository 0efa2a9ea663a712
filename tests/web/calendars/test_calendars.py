"""The pages of calendars."""

from __future__ import annotations

import re

import pytest

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.mapping.choices import offer_information
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import find_button
from tests.kit.page import read_page, words

__all__ = ["connected_team"]

LIST = "/teams/acme/calendars"


def make(person: Browser, name: str) -> str:
    answer = person.press(f"{LIST}/new", name=name, duration_minutes="45", time_zone="Asia/Tokyo")
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_new_calendar_has_an_unguessable_booking_page_and_the_default_questions(
    connected_team: ConnectedTeam,
) -> None:
    shown = connected_team.owner.open(make(connected_team.owner, "  導入の   ご相談  "))
    assert words(shown.select_one("h1")) == "導入の ご相談"
    link = shown.select_one("#booking-page-link")
    assert link is not None
    slug = str(link["value"]).removeprefix("http://localhost:8000/book/")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", slug)
    assert (
        connected_team.app.test_client().get(str(link["value"]), base_url="http://localhost:8000").status_code
        == 200
    )
    with connected_team.app.app_context():
        made = db.session.query(Calendar).filter_by(slug=slug).one()
        assert [(row.label, row.required) for row in made.questions] == [
            ("Company Name", False),
            ("Name", True),
            ("Email", True),
            ("Comment", False),
        ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "x" * 201),
        ("duration_minutes", "0"),
        ("duration_minutes", "1441"),
        ("duration_minutes", "half"),
        ("duration_minutes", "9" * 5000),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
    ],
)
@pytest.mark.quick_cases(4)
def test_a_calendar_that_cannot_be_is_refused_at_its_field(
    connected_team: ConnectedTeam, field: str, value: str
) -> None:
    sound = {"name": "Second call", "duration_minutes": "30", "time_zone": "UTC"}
    answer = connected_team.owner.press(f"{LIST}/new", **sound | {field: value})
    assert answer.status_code == 422
    assert read_page(answer).select_one(f"#{field}-error") is not None
    with connected_team.app.app_context():
        assert db.session.query(Calendar).count() == 1


def test_a_calendar_can_be_renamed_and_keeps_its_address(connected_team: ConnectedTeam) -> None:
    before = connected_team.owner.open(f"{LIST}/{connected_team.calendar_id}").select_one("#booking-page-link")
    connected_team.owner.press(
        f"{LIST}/{connected_team.calendar_id}/settings", name="Long call", duration_minutes="60"
    )
    shown = connected_team.owner.open(f"{LIST}/{connected_team.calendar_id}")
    assert words(shown.select_one("h1")) == "Long call"
    assert "60 minutes" in words(shown)
    assert shown.select_one("#booking-page-link") == before


def test_the_list_says_what_each_calendar_does_with_hubspot(connected_team: ConnectedTeam) -> None:
    assert "not set up" in words(connected_team.owner.open(LIST))
    connected_team.owner.press(connected_team.editor)
    assert "active" in words(connected_team.owner.open(LIST).select_one("tbody"))
    token = dict(csrf(connected_team))
    connected_team.owner.send(f"{connected_team.editor}/active", [*token.items(), ("active", "off")])
    assert "paused" in words(connected_team.owner.open(LIST).select_one("tbody"))
    assert "paused" in words(connected_team.owner.open(f"{LIST}/{connected_team.calendar_id}"))


def csrf(connected_team: ConnectedTeam) -> list[tuple[str, str]]:
    field = connected_team.owner.open(connected_team.editor).select_one("main input[name=csrf_token]")
    assert field is not None
    return [("csrf_token", str(field["value"]))]


def test_the_list_says_when_hubspot_is_not_connected_and_where_to_connect(connected_team: ConnectedTeam) -> None:
    assert "HubSpot is not connected" not in words(connected_team.owner.open(LIST))
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Connection).update({"state": "disconnected"})
        rows.add_mapping(session, connected_team.calendar_id)
    shown = connected_team.owner.open(LIST)
    assert "HubSpot is not connected: bookings are confirmed and kept" in words(shown)
    assert "Connect HubSpot" in [each.get_text() for each in shown.select("a")]


def test_of_access_that_is_lost_only_the_banner_tells(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.owner.open(LIST)  # takes the message of the press away
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Connection).update({"state": "lost", "lost_code": "access_lost", "lost_at": now()})
    shown = connected_team.owner.open(LIST)
    assert [words(link) for link in shown.select("main .notice a")] == ["Open the HubSpot page"]


def test_without_the_premium_plan_the_list_promises_no_waiting_and_no_connect(
    connected_team: ConnectedTeam,
) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect()
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Team).update({"plan": "basic"})
    shown = connected_team.owner.open(LIST)
    assert "HubSpot integration is available with the Premium Plan" in words(shown)
    assert "wait here" not in words(shown)
    assert "Connect HubSpot" not in [each.get_text() for each in shown.select("a")]


def test_rows_that_need_somebody_are_marked_wherever_the_mapping_is(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    pages = (LIST, f"{LIST}/{connected_team.calendar_id}", connected_team.advanced)
    for each in pages:
        assert "needs you" not in words(connected_team.owner.open(each))
    asked = connected_team.token("Company Name").split(":")[1]
    connected_team.owner.press(f"{connected_team.advanced}/questions/{asked}/delete")
    for each in pages:
        assert words(connected_team.owner.open(each).select_one("main a.tone-care")) == "1 row needs you"


def test_the_list_costs_the_same_queries_with_one_or_many_calendars(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    one = connected_team.count_queries(lambda: connected_team.owner.open(LIST))
    for number in range(5):
        address = make(connected_team.owner, f"Call {number}")
        connected_team.owner.press(f"{address}/advanced/hubspot")
    assert connected_team.count_queries(lambda: connected_team.owner.open(LIST)) == one


def test_members_see_their_own_calendars_only(connected_team: ConnectedTeam) -> None:
    member = connected_team.add_person("member@acme.example", Role.MEMBER)
    assert "No calendar yet" in words(member.open(LIST))
    make(member, "Mine")
    assert "Intro call" not in words(member.open(LIST))
    assert "Mine" in words(connected_team.owner.open(LIST))
    for address in (f"{LIST}/{connected_team.calendar_id}", f"{LIST}/{connected_team.calendar_id}/settings"):
        assert member.get(address).status_code == 403


def test_a_calendar_from_a_booking_source_offers_no_booking_page(connected_team: ConnectedTeam) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        owner_id = session.get_one(Calendar, connected_team.calendar_id).owner_id
        rows.add_calendar(session, connected_team.team_id, owner_id, name="From outside", source="signed_json")
    assert "booked elsewhere" in words(connected_team.owner.open(LIST))
    shown = connected_team.owner.open(f"{LIST}/2")
    assert shown.select_one("#booking-page-link") is None


def test_a_new_calendar_proposes_the_readers_own_zone_until_one_is_chosen(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(f"{LIST}/new")
    assert shown.select_one("select[name=time_zone][data-own-zone]") is not None
    assert shown.select_one("script[src$='bookings/booking.js']") is not None
    refused = connected_team.owner.press(f"{LIST}/new", name="", duration_minutes="45", time_zone="Asia/Tokyo")
    assert read_page(refused).select_one("select[name=time_zone][data-own-zone]") is None


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Japan"])
def test_a_new_calendar_proposes_the_zone_of_the_account_whatever_the_browser_says(
    connected_team: ConnectedTeam, zone: str
) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Person).update({"time_zone": zone})
    asked = connected_team.owner.open(f"{LIST}/new").select_one("select[name=time_zone]")
    assert asked is not None
    assert [str(option["value"]) for option in asked.select("option[selected]")] == [zone]
    assert not asked.has_attr("data-own-zone"), "or the browser's zone takes its place"
    assert connected_team.owner.press(f"{LIST}/new", name="Second call").status_code == 302
    with connected_team.app.app_context():
        assert db.session.query(Calendar).filter_by(name="Second call").one().time_zone == zone


def test_query_names_to_keep_are_information_to_be_obtained_at_once(
    connected_team: ConnectedTeam, owner: Browser
) -> None:
    page = f"{LIST}/{connected_team.calendar_id}/settings"
    saved = owner.push(find_button(owner.open(page), "Save"), {"query_names": " partner, ref_id;partner"}, page)
    assert saved.status_code == 302
    shown = owner.open(page).select_one("#query_names")
    assert shown is not None
    assert shown["value"] == "partner ref_id"
    with connected_team.app.app_context():
        calendar = db.session.get_one(Calendar, connected_team.calendar_id)
        assert {"param:partner", "param:ref_id", "param:utm_source"} <= offer_information(calendar).tokens()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("partner=1", "letters without accents"),
        ("préf", "letters without accents"),
        ("x" * 101, "up to 100 of them"),
        ("ref guest_email", "The booking page uses guest_email itself."),
        (" ".join(f"p{number}" for number in range(26)), "At most 25 names"),
    ],
)
def test_query_names_that_cannot_be_kept_are_refused_at_their_field(
    connected_team: ConnectedTeam, owner: Browser, typed: str, sentence: str
) -> None:
    form = f"{LIST}/{connected_team.calendar_id}/settings"
    answer = owner.push(find_button(owner.open(form), "Save"), {"query_names": typed}, form)
    assert answer.status_code == 422
    page = read_page(answer)
    field, error = page.select_one("#query_names"), page.select_one("#query_names-error")
    assert field is not None
    assert error is not None
    assert (field["value"], sentence in words(error)) == (typed, True)
    with connected_team.app.app_context():
        assert db.session.get_one(Calendar, connected_team.calendar_id).query_names == []
