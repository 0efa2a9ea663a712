"""The account page: name, time zone, language, and the frame around a page that belongs to no team."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from hubsync.domain.roles import Role
from hubsync.services.teams import members
from hubsync.store import write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import read_page, words
from tests.kit.settings import OWNER
from tests.kit.world import create_team

ACCOUNT = "/account"
PROFILE = {"name": "", "time_zone": "UTC", "language": ""}


def saved(visitor: Browser, **changed: str) -> str:
    answer = visitor.post(ACCOUNT, page=ACCOUNT, **(PROFILE | changed))
    assert answer.headers["Location"] == ACCOUNT, words(answer)
    return words(visitor.open(ACCOUNT))


def test_the_name_takes_the_place_of_the_address(owner: Browser) -> None:
    assert OWNER in words(owner.open("/teams/acme/calendars").select_one("aside .account"))
    assert "Your account is saved." in saved(owner, name=" Mika  Sato ")
    assert "Mika Sato" in words(owner.open("/teams/acme/calendars").select_one("aside .account"))
    assert owner.open(ACCOUNT).select_one("#name")["value"] == "Mika Sato"


def test_times_are_in_the_chosen_zone(owner: Browser) -> None:
    saved(owner, time_zone="Asia/Tokyo")
    page = owner.open(ACCOUNT)
    assert page.select_one("#time_zone option[selected]").text == "Asia/Tokyo (UTC+9)"
    assert "Japan Standard Time" in page.select_one("#sessions ~ ul time")["title"]


def test_zones_stand_under_their_region_with_their_distance(owner: Browser) -> None:
    groups = {group["label"]: words(group) for group in owner.open(ACCOUNT).select("#time_zone optgroup")}
    assert next(iter(groups)) == "World"
    assert "Asia/Kolkata (UTC+5:30)" in groups["Asia"]
    assert "America/Phoenix (UTC-7)" in groups["America"]
    assert "Africa/Abidjan (UTC)" in groups["Africa"]
    assert len(groups) == len(set(groups)) == 11


def test_a_zone_by_its_old_name_is_taken_and_stays_chosen(owner: Browser) -> None:
    saved(owner, time_zone="Asia/Calcutta")
    assert owner.open(ACCOUNT).select_one("#time_zone option[selected]")["value"] == "Asia/Calcutta"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "x" * 201}, "up to 200 characters"),
        ({"time_zone": "Mars/Olympus"}, "Select a time zone."),
        ({"time_zone": ""}, "Select a time zone."),
        ({"language": "tlh"}, "Select a language."),
    ],
)
def test_what_will_not_do_comes_back_at_its_field_and_nothing_typed_is_lost(
    owner: Browser, wrong: dict[str, str], message: str
) -> None:
    typed = {"name": "Mika Sato", "time_zone": "Asia/Tokyo", "language": "en"} | wrong
    answer = owner.post(ACCOUNT, page=ACCOUNT, **typed)
    (field,) = wrong
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert message in words(answer)
    assert f'value="{typed["name"]}"' in answer.text
    again = read_page(answer.text)
    for other in {"time_zone", "language"} - {field}:
        assert again.select_one(f"#{other} option[selected]")["value"] == typed[other]
    page = owner.open(ACCOUNT)
    assert page.select_one("#name")["value"] == ""
    assert page.select_one("#time_zone option[selected]")["value"] == "UTC"


def test_the_page_is_reached_from_the_frame_twice_and_leads_back(owner: Browser) -> None:
    page = owner.open("/teams/acme/calendars")
    assert page.select_one("aside.side-bar a.account-name")["href"] == ACCOUNT
    assert page.select_one("details.menu a.account-name")["href"] == ACCOUNT
    assert owner.open(ACCOUNT).select_one("aside .wordmark")["href"] == "/teams/acme/calendars"


def test_the_frame_is_that_of_the_team_last_visited(app: Flask, owner: Browser) -> None:
    create_team(app, "Second", OWNER)
    for slug in ("second", "acme", "second"):
        owner.open(f"/teams/{slug}/calendars")
        shown = owner.open(ACCOUNT)
        assert shown.select_one("aside .wordmark")["href"] == f"/teams/{slug}/calendars"
        assert shown.select_one("title").text == "Your account · HubSync"


def test_a_team_one_was_removed_from_frames_nothing_any_more(app: Flask, team: Team) -> None:
    second = create_team(app, "Second", "boss@second.example")
    with app.app_context():
        person = join(second.id, OWNER, Role.MEMBER)
    visitor = Browser(app).sign_in()
    visitor.open("/teams/second/calendars")
    with app.app_context(), write_transaction() as session:
        # Without the end of sessions that removing brings, to look at the frame alone.
        session.query(members.Membership).filter_by(team_id=second.id, person_id=person.id).delete()
    assert visitor.open(ACCOUNT).select_one("aside .wordmark")["href"] == "/teams/acme/calendars"


def test_without_a_team_the_page_is_plain_and_complete(app: Flask, team: Team) -> None:
    with app.app_context():
        person = join(team.id, "kenji@acme.example", Role.MEMBER)
        members.remove_member(team.id, person.id)
    kenji = Browser(app).sign_in("kenji@acme.example")
    assert kenji.open("/").select_one(f"a[href='{ACCOUNT}']") is not None
    page = kenji.open(ACCOUNT)
    assert page.select_one("aside.side-bar") is None
    assert "You do not belong to a team." in words(page)
    assert page.select_one("header form[action='/signout'] button") is not None
    saved(kenji, name="Kenji")
    assert kenji.open(ACCOUNT).select_one("#name")["value"] == "Kenji"
    assert kenji.get("/account/teams/acme/leave").status_code == 404


def test_nobody_sees_an_account_signed_out(app: Flask, team: Team) -> None:
    visitor = Browser(app)
    assert visitor.get(ACCOUNT).headers["Location"] == "/signin"
    assert visitor.post(ACCOUNT, **PROFILE).headers["Location"] == "/signin"


def test_a_hostile_name_stays_text(owner: Browser) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}} %(x)s %s"
    saved(owner, name=hostile)
    page = owner.open(ACCOUNT)
    assert page.select("script:not([src])") == []
    assert page.select_one("#name")["value"] == hostile
    assert page.select_one("aside .account-name").text.strip().endswith(hostile)


def test_one_button_is_filled_and_the_page_is_sound(owner: Browser) -> None:
    page = owner.open(ACCOUNT)
    assert len(page.select("main .btn-primary")) == 1
    assert len(page.select("h1")) == 1
    ids = [each["id"] for each in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert page.select("[style], style, [onclick]") == []


def test_a_zone_nobody_knows_any_more_shows_times_in_utc(app: Flask, owner: Browser) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(update(Person).values(time_zone="Soviet/Union"))
    page = owner.open(ACCOUNT)
    assert "Coordinated Universal Time" in page.select_one("#sessions ~ ul time")["title"]
