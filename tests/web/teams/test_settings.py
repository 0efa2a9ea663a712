from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import read_page, words
from tests.kit.tab import Tab
from tests.kit.world import create_team

SETTINGS = "/teams/acme/settings"
KENJI = "kenji@acme.example"


def test_the_name_is_changed_and_the_address_stays(owner: Browser) -> None:
    assert owner.post(f"{SETTINGS}/name", page=SETTINGS, name=" Acme Trading ").headers["Location"] == SETTINGS
    page = owner.open(SETTINGS)
    assert "The team has a new name." in words(page)
    assert page.select_one("#name")["value"] == "Acme Trading"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_that_will_not_do_comes_back_as_typed(owner: Browser, name: str) -> None:
    answer = owner.post(f"{SETTINGS}/name", page=SETTINGS, name=name)
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert f'value="{name}"' in answer.text
    assert "Acme" in words(owner.open(SETTINGS).select_one(".team-name"))


def test_the_owner_changes_the_plan(owner: Browser) -> None:
    owner.post(f"{SETTINGS}/plan", page=SETTINGS, plan="free")
    page = owner.open(SETTINGS)
    assert "on the plan Free now" in words(page)
    assert page.select_one("#plan option[selected]")["value"] == "free"


def test_a_plan_there_is_not_is_refused(owner: Browser) -> None:
    assert owner.post(f"{SETTINGS}/plan", page=SETTINGS, plan="golden").status_code == 422


def test_an_administrator_sees_the_plan_but_cannot_change_it(app: Flask, team: Team) -> None:
    with app.app_context():
        join(team.id, KENJI, Role.ADMINISTRATOR)
    admin = Browser(app).sign_in(KENJI)
    page = admin.open(SETTINGS)
    assert page.select_one("#plan") is None
    assert "The owner can change it" in words(page)
    assert admin.post(f"{SETTINGS}/plan", page=SETTINGS, plan="free").status_code == 403


def test_the_page_says_what_another_plan_means_before_it_is_saved(owner: Browser) -> None:
    assert "bookings are taken and not posted; the connection to HubSpot and the mappings are kept" in words(
        owner.open(SETTINGS)
    )
    owner.post(f"{SETTINGS}/plan", page=SETTINGS, plan="basic")
    page = words(owner.open(SETTINGS))
    assert "HubSpot integration is available with the Premium Plan" in page
    assert "a connection that was kept works again" in page


def test_another_plan_counts_at_once(owner: Browser) -> None:
    hubspot = f"{SETTINGS}/integrations/hubspot"
    assert "available with the Premium Plan" not in words(owner.open(hubspot))
    owner.post(f"{SETTINGS}/plan", page=SETTINGS, plan="basic")
    page = owner.open(hubspot)
    assert "HubSpot integration is available with the Premium Plan" in words(page)
    assert [button for button in page.select("main button") if "Connect" in button.text] == []


def test_a_name_with_markup_stays_text(owner: Browser) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}"
    owner.post(f"{SETTINGS}/name", page=SETTINGS, name=hostile)
    page = owner.open(SETTINGS)
    assert page.select("script:not([src])") == []
    assert page.select_one("#name")["value"] == hostile


DETAILS = f"{SETTINGS}/public-details"


def test_what_guests_read_of_the_team_is_saved_and_recorded(owner: Browser) -> None:
    sent = {"responsible_name": " Mika  Mori ", "privacy_notice": " https://acme.example/privacy "}
    assert owner.post(DETAILS, page=SETTINGS, **sent).headers["Location"] == SETTINGS
    page = owner.open(SETTINGS)
    assert page.select_one("#responsible_name")["value"] == "Mika Mori"
    assert page.select_one("#privacy_notice")["value"] == "https://acme.example/privacy"
    sentence = "Responsible: Mika Mori. Privacy notice: https://acme.example/privacy."
    assert sentence in words(owner.open(f"{SETTINGS}/audit-trail"))
    owner.post(DETAILS, page=SETTINGS, **sent)
    assert words(owner.open(f"{SETTINGS}/audit-trail")).count(sentence) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("privacy_notice", "javascript:alert(1)"),
        ("privacy_notice", "x" * 501),
        ("responsible_name", "x" * 201),
    ],
)
def test_what_guests_shall_not_read_comes_back_as_typed(owner: Browser, field: str, typed: str) -> None:
    answer = owner.post(DETAILS, page=SETTINGS, **{field: typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert owner.open(SETTINGS).select_one(f"#{field}").get("value", "") == ""


SITES = f"{SETTINGS}/parent-sites"


def test_the_sites_that_may_show_booking_pages_are_saved_and_recorded(owner: Browser) -> None:
    typed = "www.acme.example\nhttps://shop.acme.example/book\n"
    assert owner.post(SITES, page=SETTINGS, parent_sites=typed).headers["Location"] == SETTINGS
    kept = owner.open(SETTINGS).select_one("#parent_sites").text.split()
    assert kept == ["https://www.acme.example", "https://shop.acme.example"]
    sentence = "show booking pages: https://www.acme.example, https://shop.acme.example."
    assert sentence in words(owner.open(f"{SETTINGS}/audit-trail"))
    owner.post(SITES, page=SETTINGS, parent_sites="")
    assert "show booking pages: –." in words(owner.open(f"{SETTINGS}/audit-trail"))


@pytest.mark.parametrize("typed", ["https://a.example\n*", "\n".join(f"https://s{n}.example" for n in range(21))])
def test_a_list_of_sites_that_will_not_do_comes_back_as_typed(owner: Browser, typed: str) -> None:
    answer = owner.post(SITES, page=SETTINGS, parent_sites=typed)
    assert answer.status_code == 422
    assert 'href="#parent_sites"' in answer.text
    assert read_page(answer).select_one("#parent_sites").text.split() == typed.split()
    assert owner.open(SETTINGS).select_one("#parent_sites").text.split() == []


BLOCKED = f"{SETTINGS}/blocked-guests"


@pytest.mark.parametrize(
    ("button", "field", "entries"),
    [
        ("Save sites", "parent_sites", ("https://a.example", "https://b.example")),
        ("Save blocked guests", "blocked_guests", ("a.example", "b.example")),
    ],
)
def test_of_two_who_change_a_list_at_one_time_the_second_is_told_and_may_insist(
    owner: Browser, button: str, field: str, entries: tuple[str, str]
) -> None:
    first, second = (Tab(owner).open(SETTINGS) for _ in range(2))
    first.press(button, **{field: entries[0]})
    second.press(button, **{field: entries[1]})
    assert (second.status, f"it has {entries[0]} now" in second.text) == (422, True)
    assert second.page.select_one(f"#{field}").text.split() == [entries[1]]
    second.press(button)
    assert owner.open(SETTINGS).select_one(f"#{field}").text.split() == [entries[1]]


def test_the_blocked_guests_are_saved_and_the_trail_says_how_many_and_not_who(owner: Browser) -> None:
    typed = "Spam@Acme.example\n*.アクメ.jp\n"
    assert owner.post(BLOCKED, page=SETTINGS, blocked_guests=typed).headers["Location"] == SETTINGS
    kept = owner.open(SETTINGS).select_one("#blocked_guests").text.split()
    assert kept == ["spam@acme.example", "*.アクメ.jp"]
    trail = words(owner.open(f"{SETTINGS}/audit-trail"))
    assert "changed the list of blocked guests. Entries now: 2." in trail
    assert "spam@" not in trail
    owner.post(BLOCKED, page=SETTINGS, blocked_guests="")
    assert owner.open(SETTINGS).select_one("#blocked_guests").text.split() == []


@pytest.mark.parametrize("typed", ["spam.example\nnobody", "\n".join(f"s{n}.example" for n in range(501))])
def test_a_list_of_guests_that_will_not_do_comes_back_as_typed(owner: Browser, typed: str) -> None:
    answer = owner.post(BLOCKED, page=SETTINGS, blocked_guests=typed)
    assert answer.status_code == 422
    assert 'href="#blocked_guests"' in answer.text
    assert read_page(answer).select_one("#blocked_guests").text.split() == typed.split()
    assert owner.open(SETTINGS).select_one("#blocked_guests").text.split() == []


def test_every_page_of_team_settings_marks_them_in_the_menu_and_is_kept_in_another_team(
    app: Flask, owner: Browser
) -> None:
    create_team(app, "Beta")
    tabs = [str(each["href"]) for each in owner.open(SETTINGS).select(".tabs a")]
    assert len(tabs) > 4
    for tab in tabs:
        page = owner.open(tab)
        assert [words(each) for each in page.select(".side-bar .places [aria-current]")] == ["Team Settings"], tab
        others = [str(each["href"]) for each in page.select(".side-bar .team-switcher a:not([aria-current])")]
        assert tab.replace("/acme/", "/beta/") in others
