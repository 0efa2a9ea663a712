"""The mapping editor while HubSpot is away, and how seldom it is asked while it is there."""

from __future__ import annotations

import pytest

from hubsync.store import write_transaction
from hubsync.store.mappings import CachedProperties
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.page import Element, read_page, words

__all__ = ["connected_team"]


def selected(shown: Element, id: str) -> tuple[str, str]:
    found = shown.select_one(f"#{id} option[selected]")
    assert found is not None
    return str(found["value"]), words(found)


@pytest.mark.parametrize(
    ("state", "code", "told"),
    [
        ("disconnected", "", "HubSpot is not connected."),
        ("lost", "access_lost", "Access to HubSpot is lost."),
        ("lost", "idle_expired", "Access to HubSpot is lost."),
    ],
)
def test_without_access_the_editor_opens_with_what_was_read_last(
    connected_team: ConnectedTeam, state: str, code: str, told: str
) -> None:
    connected_team.owner.press(connected_team.editor)
    connected_team.disconnect(state, code)
    connected_team.calls()
    shown = read_page(connected_team.owner.press(connected_team.editor, ("refresh", "1")))
    assert told in words(shown)
    assert selected(shown, "companies-0-property_name") == ("name", "Company name (name)")
    assert shown.select_one('main a[href="/teams/acme/settings/integrations/hubspot"]') is not None
    assert connected_team.calls() == []


def test_with_hubspot_down_from_the_start_saved_rows_are_shown_unmarked(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(CachedProperties).delete()
    connected_team.fault(action="status", status=503, times=None)
    shown = connected_team.owner.open(connected_team.editor)
    assert "HubSpot could not be reached." in words(shown)
    assert selected(shown, "companies-0-property_name") == ("name", "Company name (name)")
    assert words(shown.select_one("#companies-0-hints")) == ""
    assert (
        connected_team.owner.press(connected_team.editor, **{"companies-0-information": "fact:host"}).status_code
        == 302
    )
    assert connected_team.rows()[0][1:] == ("name", "Company name", "string", "fact:host")


def test_properties_are_read_twice_once_and_then_not_for_minutes(connected_team: ConnectedTeam) -> None:
    connected_team.calls()
    connected_team.owner.open(connected_team.editor)
    assert len(connected_team.calls()) == 2
    connected_team.owner.open(connected_team.editor)
    connected_team.owner.press(connected_team.editor)
    connected_team.owner.press(connected_team.editor, ("add", "contacts"))
    assert connected_team.calls() == []
    connected_team.owner.press(connected_team.editor, ("refresh", "1"))
    assert len(connected_team.calls()) == 2
