"""The daily check: what HubSpot took away is noticed within a day, and nothing is taken for lost that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from hubsync.domain.owners import OwnerChoice
from hubsync.services import now, tools
from hubsync.services.connection.status import read_status
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.operations.daily_check import check_due, check_now
from hubsync.store import end_read, write_transaction
from hubsync.store.mappings import MappingRecord
from tests.kit.clock import later
from tests.kit.connections import (
    change,
    clear_faults,
    expire_token,
    give_app_another_secret,
    revoke,
    stored,
    uninstall,
)
from tests.kit.owners import give_owner


def found() -> list[tuple[str, str]]:
    return [(each.team_slug, each.code) for each in check_due()]


def take_scopes_back(acme: Any, *scopes: str) -> None:
    """HubSpot no longer grants these to the refresh token."""
    shelf = acme.sandbox.state.refresh_tokens
    for token in list(shelf.values()):
        shelf.put(replace(token, scopes=[each for each in token.scopes if each not in scopes]))


def test_a_connection_is_checked_once_a_day(oauth_acme: Any) -> None:
    calls = oauth_acme.calls_of(lambda: found())
    assert calls == [
        "POST /oauth/2026-09/token/introspect",
        "GET /crm/properties/2026-09/companies",
        "GET /crm/properties/2026-09/contacts",
    ]
    assert stored().checked_at is not None
    for after, due in ((1, []), (23, []), (24.1, [("acme", "")]), (25, [])):
        with later(hours=after):
            assert (after, found()) == (after, due)


def test_a_check_is_no_post(oauth_acme: Any) -> None:
    found()
    assert stored().last_posted_at is None


@pytest.mark.parametrize("end", [revoke, uninstall, lambda acme: revoke(acme, access_tokens=False)])
def test_access_that_ended_at_hubspot_is_lost(oauth_acme: Any, end: Callable[[Any], None]) -> None:
    end(oauth_acme)
    assert found() == [("acme", "access_lost")]
    standing = read_status(oauth_acme.team_id)
    end_read()
    assert (standing.state, standing.code) == ("lost", "access_lost")
    with later(days=2):
        assert oauth_acme.calls_of(lambda: found()) == []


def test_a_service_key_is_checked_by_reading_properties(acme: Any) -> None:
    assert acme.calls_of(lambda: found()) == [
        "GET /crm/properties/2026-09/companies",
        "GET /crm/properties/2026-09/contacts",
    ]


def test_owners_are_read_once_a_day_where_a_calendar_goes_by_them_and_for_nobody_else(acme: Any) -> None:
    """HubSpot has not said what the key may do, so that only the calendars keep it from being asked."""
    change(scopes=[])
    owners = ["GET /crm/owners/2026-09"] * 2  # active ones and others
    asked = []
    for day, choice in enumerate((OwnerChoice.NONE, OwnerChoice.HOST, OwnerChoice.HOST, OwnerChoice.NONE)):
        give_owner(acme, choice)
        with later(hours=24.5 * day):
            asked.append([call for call in acme.calls_of(lambda: found()) if "/owners/" in call])
    assert asked == [[], owners, owners, []]


def test_a_service_key_that_is_gone_is_lost(acme: Any) -> None:
    change(access_sealed=tools().vault.seal(sealed_place(acme.team_id, "access token"), "pat-na1-gone"))
    assert found() == [("acme", "access_lost")]
    assert stored().state == "lost"


def test_hubspot_down_is_trouble_but_never_a_loss(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=503, times=None)
    for hours in range(0, 30, 2):
        with later(hours=hours):
            assert found() == [("acme", "hubspot_busy")]  # it is asked again every hour
    assert (stored().state, stored().checked_at) == ("connected", None)
    since = stored().trouble_at
    assert since is not None
    assert since < now() + timedelta(minutes=1)
    clear_faults(oauth_acme)
    with later(hours=31):
        assert found() == [("acme", "")]
    assert (stored().trouble_code, stored().trouble_at) == ("", None)


def test_a_wrong_client_secret_is_named_and_never_a_loss(oauth_acme: Any) -> None:
    give_app_another_secret(oauth_acme)
    assert found() == [("acme", "app_misconfigured")]
    assert (stored().state, stored().trouble_code) == ("connected", "app_misconfigured")
    give_app_another_secret(oauth_acme, oauth_acme.sandbox.settings.client_secret)
    with later(hours=1, minutes=1):
        assert found() == [("acme", "")]
    assert stored().trouble_code == ""


def test_check_now_sees_at_once_that_the_client_secret_is_right_again(oauth_acme: Any) -> None:
    expire_token(oauth_acme)
    give_app_another_secret(oauth_acme)
    assert check_now(oauth_acme.team_id).code == "app_misconfigured"
    give_app_another_secret(oauth_acme, oauth_acme.sandbox.settings.client_secret)
    standing = check_now(oauth_acme.team_id)
    assert (standing.state, standing.code) == ("connected", "")


def test_a_scope_that_was_taken_back_is_a_missing_permission_and_no_loss(oauth_acme: Any) -> None:
    found()
    granted = stored().scopes
    take_scopes_back(oauth_acme, "crm.objects.companies.write")
    with later(days=1, minutes=1):
        assert found() == [("acme", "permission_missing")]
    assert (stored().state, stored().trouble_code) == ("connected", "permission_missing")
    assert set(granted) - set(stored().scopes) == {"crm.objects.companies.write"}
    shelf = oauth_acme.sandbox.state.refresh_tokens
    for token in list(shelf.values()):
        shelf.put(replace(token, scopes=granted))
    with later(days=2, minutes=2):
        assert found() == [("acme", "")]
    assert stored().trouble_code == ""


def test_a_permission_that_hubspot_refused_on_a_call_is_not_called_given_by_the_check(oauth_acme: Any) -> None:
    change(trouble_code="permission_missing", trouble_call="write contacts", trouble_at=now())
    assert check_now(oauth_acme.team_id).code == "permission_missing"


def test_after_idle_expiry_hubspot_is_not_asked(oauth_acme: Any) -> None:
    change(connected_at=now() - timedelta(days=181))
    calls: list[str] = []

    def check() -> None:
        calls.extend(code for _, code in found())
        calls.append(check_now(oauth_acme.team_id).code)

    assert oauth_acme.calls_of(check) == []
    assert calls == ["idle_expired", "idle_expired"]
    assert found() == []  # until tomorrow
    assert stored().state == "connected"  # the next post is told that it is over


@pytest.mark.parametrize("state", ["lost", "disconnected"])
def test_nobody_asks_about_a_connection_that_is_none(oauth_acme: Any, state: str) -> None:
    change(state=state, lost_code="access_lost" if state == "lost" else "")
    checked: list[tuple[str, str]] = []
    assert oauth_acme.calls_of(lambda: (checked.extend(found()), check_now(oauth_acme.team_id))) == []
    assert checked == []
    assert read_status(oauth_acme.team_id).state == state


def test_check_now_asks_although_no_check_is_due(oauth_acme: Any) -> None:
    found()
    assert len(oauth_acme.calls_of(lambda: check_now(oauth_acme.team_id))) == 3


@pytest.mark.parametrize("feature", ["meetings_on", "associates_existing"])
def test_a_permission_that_nothing_wants_any_more_is_missing_no_longer(oauth_acme: Any, feature: str) -> None:
    path = "/meetings" if feature == "meetings_on" else "/associations"
    switch(feature, True)
    has_contact(oauth_acme, "mika@acme.co.jp")
    body = {"status": "error", "category": "MISSING_SCOPES", "message": "No."}
    oauth_acme.fault(action="status", status=403, path=path, body=body, times=None)
    assert oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"
    assert read_status(oauth_acme.team_id).code == "permission_missing"
    assert check_now(oauth_acme.team_id).code == "permission_missing"
    switch(feature, False)
    assert check_now(oauth_acme.team_id).code == ""


def switch(feature: str, on: bool) -> None:
    with write_transaction() as session:
        mapping = session.query(MappingRecord).one()
        setattr(mapping, feature, on)
        mapping.meeting_title = "Call"


def has_contact(acme: Any, email: str) -> None:
    """Let HubSpot have a contact without a company."""
    url = f"{acme.sandbox.url}/sandbox/api/records/contacts"
    requests.post(url, json={"properties": {"email": email}}, timeout=60).raise_for_status()
