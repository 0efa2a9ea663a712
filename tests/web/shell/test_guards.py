"""Who may see which page: signed out, in another team, with too low a role."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services.sources import endpoint_setup
from hubsync.services.teams import members
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.world import create_team

SETTINGS = (
    "/teams/acme/settings",
    "/teams/acme/settings/members",
    "/teams/acme/settings/audit-trail",
    "/teams/acme/settings/integrations",
    "/teams/acme/settings/integrations/hubspot",
    "/teams/acme/settings/integrations/hubspot/disconnect",
    "/teams/acme/settings/integrations/signed-json",
    "/teams/acme/settings/integrations/signed-json/secret",
)


@pytest.mark.parametrize("address", ["/", "/teams/acme/", *SETTINGS])
def test_nobody_sees_a_teams_page_signed_out(app: Flask, team: Team, address: str) -> None:
    assert Browser(app).get(address).headers["Location"] == "/signin"


@pytest.mark.parametrize("address", ["/teams/acme/", *SETTINGS])
@pytest.mark.quick_cases(4)
def test_another_teams_owner_sees_as_much_as_of_a_team_there_is_not(app: Flask, team: Team, address: str) -> None:
    create_team(app, "Other", "owner@other.example")
    stranger = Browser(app).sign_in("owner@other.example")
    answer = stranger.get(address)
    missing = stranger.get(address.replace("acme", "nowhere"))
    assert answer.status_code == missing.status_code == 404
    assert words(answer).replace(answer.headers["X-Request-ID"], missing.headers["X-Request-ID"]) == words(missing)
    assert "Acme" not in answer.text


@pytest.mark.parametrize("address", SETTINGS)
@pytest.mark.quick_cases(4)
def test_a_member_reads_why_team_settings_are_closed(app: Flask, team: Team, address: str) -> None:
    with app.app_context():
        join(team.id, "member@acme.example", Role.MEMBER)
    answer = Browser(app).sign_in("member@acme.example").get(address)
    assert answer.status_code == 403
    assert "Ask the owner or an administrator" in words(answer)


def test_every_page_of_a_team_is_guarded(app: Flask, team: Team) -> None:
    """Whatever blueprint it is in: a page with a team in its address is not for visitors."""
    visitor = Browser(app)
    rules = [rule for rule in app.url_map.iter_rules() if "team_slug" in rule.arguments and "GET" in rule.methods]
    assert len(rules) > 10
    for rule in rules:
        values = {name: "acme" if name == "team_slug" else 1 for name in rule.arguments}
        address = rule.build(values, append_unknown=False)
        assert address is not None, rule
        assert visitor.get(address[1]).headers.get("Location") == "/signin", rule


def test_a_role_counts_from_the_next_click_on(app: Flask, team: Team) -> None:
    with app.app_context():
        person = join(team.id, "admin@acme.example", Role.ADMINISTRATOR)
    admin = Browser(app).sign_in("admin@acme.example")
    admin.open("/teams/acme/settings")
    with app.app_context():
        members.change_role(team.id, person.id, Role.MEMBER)
    assert admin.get("/teams/acme/settings").headers["Location"] == "/signin"
    assert admin.sign_in("admin@acme.example").get("/teams/acme/settings").status_code == 403
    with app.app_context():
        members.remove_member(team.id, person.id)
    assert admin.get("/teams/acme/calendars").headers["Location"] == "/signin"
    assert admin.sign_in("admin@acme.example").get("/teams/acme/calendars").status_code == 404


def test_the_frame_offers_all_teams_and_no_closed_doors(app: Flask, team: Team) -> None:
    with app.app_context():
        join(team.id, "member@acme.example", Role.MEMBER)
    second = create_team(app, "Second", "member@acme.example")
    member = Browser(app).sign_in("member@acme.example")
    page = member.open("/teams/acme/calendars")
    side = page.select_one("aside.side-bar")
    assert "Second" in words(side)
    assert "Team Settings" not in words(side)
    assert "Team Settings" in words(member.open(f"/teams/{second.slug}/calendars").select_one("aside.side-bar"))


def test_every_page_has_one_heading_a_language_and_a_way_past_the_menu(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context():
        endpoint_setup.make_endpoint(team.id, "signed_json")  # or there is no secret to renew
    for address in SETTINGS:
        answer = owner.get(address)
        if answer.status_code == 302:  # nothing is connected that could be disconnected
            continue
        page = owner.open(address)
        assert len(page.select("h1")) == 1, address
        assert page.select_one("html")["lang"] == "en"
        assert page.select_one("a.skip-link")["href"] == "#content"
        ids = [each["id"] for each in page.select("[id]")]
        assert len(ids) == len(set(ids)), address
        assert page.select("[style], script:not([src]), style, [onclick]") == [], address
