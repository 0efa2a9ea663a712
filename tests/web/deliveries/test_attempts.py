"""What the page of a delivery quotes of an attempt: HubSpot's answers, and no note of ours that says it twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.browser import Browser
from tests.kit.catalogues import installed
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.delivery_log import Log
from tests.kit.mapping_trials import book
from tests.kit.page import words
from tests.web.deliveries.test_delivery_page import opened

__all__ = ["connected_team"]

ATTEMPTS = "[aria-labelledby=attempts] tbody tr"
GERMAN = {
    "The request was sent, but the answer was not read: %(obstacle)s.": "Keine Antwort, denn %(obstacle)s.",
    "it took too long": "sie kam zu spät",
}


def test_a_booking_made_while_disconnected_says_so_once(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect()
    book(connected_team, company="Acme", name="Sato Mika", email="mika@acme.co.jp")
    [row] = connected_team.owner.open("/teams/acme/deliveries/1").select(ATTEMPTS)
    assert words(row).endswith("The team was not connected to HubSpot.")


def test_access_that_was_lost_before_the_attempt_is_told_once(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect("lost")
    book(connected_team, company="Acme", name="Sato Mika", email="mika@acme.co.jp")
    [row] = connected_team.owner.open("/teams/acme/deliveries/1").select(ATTEMPTS)
    assert words(row).endswith("HubSync has no access to the HubSpot account any more.")


@pytest.mark.parametrize(
    "code",
    [
        *("not_connected", "another_account", "idle_expired", "company_busy", "record_busy", "not_asked"),
        "secret_unreadable",
    ],
)
@pytest.mark.quick_cases(3)
def test_a_note_for_the_log_is_not_quoted(log: Log, owner: Browser, code: str) -> None:
    delivery = log.add("retrying")
    log.attempt(delivery, outcome="retrying", code=code, message="an internal note")
    assert "an internal note" not in words(opened(owner, delivery))


def test_two_readers_are_told_the_same_attempt_each_in_their_language(
    log: Log, owner: Browser, tmp_path: Path
) -> None:
    delivery = log.add("retrying")
    detail = {"code": "sent_not_read", "obstacle": "too_slow"}
    log.attempt(delivery, outcome="retrying", code="answer_lost", detail=detail)
    assert "The request was sent, but the answer was not read: it took too long." in words(opened(owner, delivery))
    with installed(log.app, tmp_path, {"de": GERMAN}):
        page = owner.open(f"/teams/acme/deliveries/{delivery}", headers={"Accept-Language": "de"})
        assert "Keine Antwort, denn sie kam zu spät." in words(page.select_one(ATTEMPTS))


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("access_lost", 400, "The authorization at HubSpot is gone (invalid_grant)."),
        ("permission_missing", 403, "HubSpot answered 403: a permission is missing: crm.objects.contacts.write."),
        ("hubspot_unreachable", None, "HubSpot could not be reached: its host name was not found."),
        ("answer_lost", None, "The request was sent, but the answer was not read: it took too long."),
        ("error", None, "HubSync made a mistake: KeyError"),
    ],
)
def test_what_a_former_version_kept_is_quoted_where_it_says_more_than_the_reason(
    log: Log, owner: Browser, code: str, status: int | None, said: str
) -> None:
    delivery = log.add("failed")
    log.attempt(delivery, outcome="failed", code=code, message=said, http_status=status)
    assert said in words(opened(owner, delivery).select_one(ATTEMPTS))
