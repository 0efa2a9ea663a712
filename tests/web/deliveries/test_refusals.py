"""What a delivery's page tells of refusals: HubSpot's own words beside the answers, and what to do next."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubspot_sandbox.pages.fault_text import PRESETS
from hubsync.domain.roles import Role
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.mapping_trials import book
from tests.kit.page import words

__all__ = ["connected_team"]

SAID = "mika@acme.co.jp is not what we like"
ODD = {"status": "error", "message": SAID, "category": "VALIDATION_ERROR"}
FAULTS = {key: fault for key, _, _, fault in PRESETS}
PAGE = "/teams/acme/deliveries/1"


def refused(connected_team: ConnectedTeam, **fault: Any) -> None:
    """A booking whose contact meets *fault*."""
    connected_team.owner.press(connected_team.editor)
    rule = {"action": "status", "method": "POST", "path": "/contacts", "times": None, **fault}
    requests.post(f"{connected_team.sandbox.url}/sandbox/api/faults", json=rule, timeout=60).raise_for_status()
    book(connected_team, company="Acme", name="Sato Mika", email="mika@acme.co.jp")


def outcome(connected_team: ConnectedTeam) -> str:
    return words(connected_team.owner.open(PAGE).select_one(".outcome"))


def test_hubspots_words_are_on_the_page_and_nowhere_else(connected_team: ConnectedTeam) -> None:
    refused(connected_team, status=400, body=ODD)
    shown = connected_team.owner.open(PAGE)
    assert [words(each) for each in shown.select(".hubspot-said q")] == [SAID]
    assert "Read under Attempts what HubSpot said" in words(shown.select_one(".outcome"))
    for page in (
        "/teams/acme/deliveries",
        "/teams/acme/deliveries/export.csv",
        "/teams/acme/calendars",
        connected_team.editor,
    ):
        assert "what we like" not in connected_team.owner.get(page).text


def test_a_member_who_does_not_see_the_answers_does_not_see_the_words(connected_team: ConnectedTeam) -> None:
    refused(connected_team, status=400, body=ODD)
    member = connected_team.add_person("member@acme.example", Role.MEMBER)
    answer = member.get(PAGE)
    assert (answer.status_code, "what we like" in answer.text) == (403, False)


def test_signs_of_markup_in_the_words_are_only_signs(connected_team: ConnectedTeam) -> None:
    refused(connected_team, status=400, body={"message": "<script>alert(1)</script> & co"})
    assert connected_team.owner.open(PAGE).select(".hubspot-said script") == []


def test_nobody_is_told_to_read_what_hubspot_did_not_say(connected_team: ConnectedTeam) -> None:
    refused(connected_team, status=400, body={"category": "VALIDATION_ERROR"})
    assert "HubSpot did not say why." in outcome(connected_team)
    assert "Read under Attempts" not in outcome(connected_team)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            FAULTS["full"],
            ("The HubSpot account is full", "Nothing in the mapping helps", "Go to the HubSpot page"),
        ),
        (FAULTS["suspended"], ("HubSpot has suspended or closed the account", "has it activated again")),
        (FAULTS["erased"], ("This person was erased in HubSpot and cannot be entered again.", "press Dismiss.")),
        ({"status": 503}, ("HubSpot had a fault of its own", "HubSync looks at HubSpot before it tries again.")),
        (FAULTS["conflict"], ("it has none when HubSync looks for it", "Nothing to do: it is tried again later.")),
    ],
    ids=["full", "suspended", "erased", "fault", "conflict"],
)
def test_known_answers_have_words_and_advice_of_their_own(
    connected_team: ConnectedTeam, fault: dict[str, Any], told: tuple[str, ...]
) -> None:
    refused(connected_team, **fault)
    shown = outcome(connected_team)
    for each in told:
        assert each in shown
    assert "enter the record in HubSpot yourself" not in shown


@pytest.mark.parametrize("key", ["full", "suspended"])
def test_trouble_of_the_account_is_on_the_hubspot_page_and_in_the_banner(
    connected_team: ConnectedTeam, key: str
) -> None:
    refused(connected_team, **FAULTS[key])
    sentence = {"full": "The HubSpot account is full", "suspended": "HubSpot has suspended or closed"}[key]
    banner = words(connected_team.owner.open("/teams/acme/calendars").select_one(".team-banner"))
    assert sentence in banner
    assert "1 booking waits to be posted." in banner
    shown = connected_team.owner.open("/teams/acme/settings/integrations/hubspot")
    assert words(shown).count(sentence) == 1
    assert "HubSync tries again by itself at:" in words(shown)


def test_the_sent_test_quotes_hubspot_too(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    rule = {"action": "status", "status": 400, "method": "POST", "path": "/contacts", "body": ODD, "times": None}
    requests.post(f"{connected_team.sandbox.url}/sandbox/api/faults", json=rule, timeout=60).raise_for_status()
    answer = connected_team.owner.send(
        f"{connected_team.editor}/test/send", filled(connected_team.owner.open(f"{connected_team.editor}/test"))
    )
    assert f"HubSpot said: “{SAID}”" in answer.text


def closed(connected_team: ConnectedTeam, **fault: Any) -> None:
    """HubSpot refuses the property Last Name whatever its value is, and a booking has met that."""
    errors = [{"message": "no", "code": "READ_ONLY_VALUE", "context": {"propertyName": ["lastname"]}}]
    refused(
        connected_team,
        **{"status": 400, "body": {"category": "VALIDATION_ERROR", "errors": errors}, "times": 1, **fault},
    )


def test_a_closed_property_is_marked_at_its_row_and_in_the_list_at_once(connected_team: ConnectedTeam) -> None:
    closed(connected_team)
    marked = [
        row
        for row in connected_team.owner.open(connected_team.editor).select(".map-row")
        if "refuses this" in words(row)
    ]
    assert len(marked) == 1
    assert "Last Name" in words(marked[0])
    assert "1 row needs you" in words(connected_team.owner.open("/teams/acme/calendars"))
    connected_team.owner.press(connected_team.editor)
    assert "refuses this property" not in words(connected_team.owner.open(connected_team.editor))
    assert "needs you" not in words(connected_team.owner.open("/teams/acme/calendars"))


def test_the_deliveries_name_it_and_lead_to_the_mapping(connected_team: ConnectedTeam) -> None:
    closed(connected_team)
    book(connected_team, company="Acme", name="Kato Rei", email="rei@acme.co.jp")
    for page in (PAGE, "/teams/acme/deliveries/2"):
        panel = connected_team.owner.open(page).select_one("[aria-labelledby=left-out]")
        assert "HubSpot lets nobody write this property." in words(panel)
        assert panel.select_one(f"a[href='{connected_team.editor}']") is not None


def test_the_preview_leaves_it_out(connected_team: ConnectedTeam) -> None:
    closed(connected_team)
    shown = words(connected_team.owner.open(f"{connected_team.editor}/preview"))
    assert "HubSpot lets nobody write this property." in shown
