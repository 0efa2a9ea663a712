"""Whose a booking page is: what guests read at its foot, and at that of the confirmation."""

from __future__ import annotations

from typing import Any

from hubsync.store import write_transaction
from hubsync.store.teams import Team
from tests.kit.guest import Guest, guest
from tests.kit.page import read_page, words

__all__ = ["guest"]

LINK = "https://acme.example/privacy?a=1&b=2"


def describe_team(guest: Guest, **columns: Any) -> None:
    with guest.app.app_context(), write_transaction() as session:
        team = session.query(Team).one()
        for name, value in columns.items():
            setattr(team, name, value)


def test_without_details_the_foot_has_the_name_of_the_team_alone(guest: Guest) -> None:
    for page in (guest.open_times(), guest.open(), read_page(guest.get(guest.send().location))):
        foot = page.select_one("footer")
        assert foot is not None
        assert [words(each) for each in foot.select("p")] == ["Acme"]


def test_the_responsible_name_and_the_link_stand_on_every_page_of_a_booking(guest: Guest) -> None:
    describe_team(guest, responsible_name="Mika <Mori>", privacy_notice=LINK)
    for page in (guest.open_times(), guest.open(), read_page(guest.get(guest.send().location))):
        foot = page.select_one("footer")
        assert "Responsible: Mika <Mori>" in words(foot)
        link = foot.select_one("p a")
        assert (link["href"], link["rel"]) == (LINK, "noopener noreferrer")


def test_a_text_is_shown_as_one_even_where_it_has_markup(guest: Guest) -> None:
    describe_team(guest, privacy_notice="Kept <b>a year</b>, see https://acme.example")
    foot = guest.open_times().select_one("footer")
    assert "Privacy notice: Kept <b>a year</b>, see https://acme.example" in words(foot)
    assert foot.select("p a, b") == []


def test_an_address_that_got_into_the_database_otherwise_is_not_led_to(guest: Guest) -> None:
    describe_team(guest, privacy_notice="javascript:alert(1)")
    assert guest.open_times().select("footer p a") == []


def test_a_page_that_is_not_there_names_no_team(guest: Guest) -> None:
    assert read_page(guest.get("/book/unknown")).select("footer p") == []
