"""Blocking a guest from a delivery: the address stands in the team's list, for somebody to save."""

from __future__ import annotations

from hubsync.store import db
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log
from tests.kit.tab import Tab


def entries(log: Log) -> list[str]:
    with log.app.app_context():
        found = list(db.session.query(Team).filter_by(slug="acme").one().blocked_guests)
        db.session.remove()
        return found


def test_a_guest_is_blocked_from_the_delivery_by_two_presses(log: Log, owner: Browser) -> None:
    delivery = log.add("posted", guest_email="jun@spam.example")
    tab = Tab(owner).open(f"/teams/acme/deliveries/{delivery}").follow("Block this guest")
    assert "jun@spam.example stands at the end of the list now" in tab.text
    assert "jun" not in tab.url, "addresses of pages get into logs"
    assert entries(log) == []
    tab.press("Save blocked guests")
    assert entries(log) == ["jun@spam.example"]
    again = tab.open(f"/teams/acme/deliveries/{delivery}").follow("Block this guest")
    assert "stands at the end" not in again.text


def test_nobody_is_blocked_who_did_not_book_here_or_has_no_address(log: Log, owner: Browser) -> None:
    for booked in ({"guest_email": ""}, {"guest_email": "jun@spam.example", "source": "timerex"}):
        shown = Tab(owner).open(f"/teams/acme/deliveries/{log.add('posted', **booked)}")
        assert "Block this guest" not in shown.text


def test_an_address_that_names_no_delivery_of_the_team_proposes_nobody(log: Log, owner: Browser) -> None:
    settings = "/teams/acme/settings"
    assert [owner.get(f"{settings}?block={name}").status_code for name in ("x", "-1", "9" * 9, "9" * 17)] == [
        *(200, 200, 404, 404),
    ]
