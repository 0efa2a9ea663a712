"""The mapping editor while HubSpot is away, and how seldom it is asked while it is there."""

from __future__ import annotations

import pytest

from hubsync.store import write_transaction
from hubsync.store.mappings import CachedProperties
from tests.kit.page import Element, read_page, words
from tests.kit.workshop import Workshop, workshop

__all__ = ["workshop"]


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
    workshop: Workshop, state: str, code: str, told: str
) -> None:
    workshop.owner.press(workshop.editor)
    workshop.disconnect(state, code)
    workshop.calls()
    shown = read_page(workshop.owner.press(workshop.editor, ("refresh", "1")))
    assert told in words(shown)
    assert selected(shown, "companies-0-property_name") == ("name", "Company name (name)")
    assert shown.select_one('main a[href="/teams/acme/settings/integrations/hubspot"]') is not None
    assert workshop.calls() == []


def test_with_hubspot_down_from_the_start_saved_rows_are_shown_unmarked(workshop: Workshop) -> None:
    workshop.owner.press(workshop.editor)
    with workshop.app.app_context(), write_transaction() as session:
        session.query(CachedProperties).delete()
    workshop.fault(action="status", status=503, times=None)
    shown = workshop.owner.open(workshop.editor)
    assert "HubSpot could not be reached." in words(shown)
    assert selected(shown, "companies-0-property_name") == ("name", "Company name (name)")
    assert words(shown.select_one("#companies-0-hints")) == ""
    assert workshop.owner.press(workshop.editor, **{"companies-0-information": "fact:host"}).status_code == 302
    assert workshop.rows()[0][1:] == ("name", "Company name", "string", "fact:host")


def test_properties_are_read_twice_once_and_then_not_for_minutes(workshop: Workshop) -> None:
    workshop.calls()
    workshop.owner.open(workshop.editor)
    assert len(workshop.calls()) == 2
    workshop.owner.open(workshop.editor)
    workshop.owner.press(workshop.editor)
    workshop.owner.press(workshop.editor, ("add", "contacts"))
    assert workshop.calls() == []
    workshop.owner.press(workshop.editor, ("refresh", "1"))
    assert len(workshop.calls()) == 2
