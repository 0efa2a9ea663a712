"""Whom new records belong to, as a calendar's owner chooses it: nobody, the host, or one of HubSpot's users."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.owners import OwnerChoice, OwnerRule
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.services.mapping.storage import load_mapping
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.mapping_trials import from_editor, records
from tests.kit.owners import change_scopes, hubspot_user
from tests.kit.page import Element, read_page, words
from tests.web.mapping.test_copying import Second, second
from tests.web.mapping.test_mapping_files import exported, pressed, upload

__all__ = ["connected_team", "second"]
BY_HOST, ONE_USER = OwnerChoice.HOST.value, OwnerChoice.FIXED.value


def rule_of(team: Any, calendar_id: int = 0) -> tuple[str, str, str]:
    with team.app.app_context():
        rule: OwnerRule = load_mapping(calendar_id or team.calendar_id).edited.owner
        return rule.choice.value, rule.owner_id, rule.owner_name


def more(shown: Element) -> str:
    return words(shown.select_one(".map-more"))


def offered(shown: Element) -> list[str]:
    return [words(each) for each in shown.select("#owner_id option")][1:]


def read_users(team: ConnectedTeam, **changed: str) -> Element:
    """Press "Read HubSpot's users"."""
    return read_page(team.owner.press(team.editor, ("owners", "1"), **changed))


def test_nobody_is_asked_of_hubspot_before_somebody_wants_to_know(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(connected_team.editor)
    assert offered(shown) == []
    assert connected_team.owner.press(connected_team.editor).status_code == 302
    assert rule_of(connected_team) == (OwnerChoice.NONE.value, "", "")
    assert not [each for each in connected_team.sandbox.state.calls.all() if "owners" in each.path]


def test_a_user_is_chosen_from_those_that_can_own(connected_team: ConnectedTeam) -> None:
    mika = hubspot_user(connected_team, "mika@acme.example", first_name="Mika", last_name="Sato")
    hubspot_user(connected_team, "gone@acme.example", archived=True)
    hubspot_user(connected_team, "", kind="QUEUE", first_name="Sales")
    shown = read_users(connected_team, owner_choice=ONE_USER)
    assert offered(shown) == ["Ada Admin (admin@acme.example.com)", "Mika Sato (mika@acme.example)"]
    assert shown.select_one(".map-more[open]") is not None
    assert str(shown.select_one("[name=owner_choice][checked]")["value"]) == ONE_USER
    answer = connected_team.owner.press(connected_team.editor, owner_choice=ONE_USER, owner_id=mika)
    assert answer.status_code == 302
    assert rule_of(connected_team) == (ONE_USER, mika, "Mika Sato")
    assert "Owner of new records" in more(connected_team.owner.open(connected_team.editor))


@pytest.mark.parametrize(
    ("owner_id", "read", "said"),
    [
        ("", False, "Read HubSpot's users, then"),
        ("", True, "Select a user."),
        ("5", True, "one of the"),
    ],
)
def test_no_user_and_an_unknown_one_come_back_at_the_field(
    connected_team: ConnectedTeam, owner_id: str, read: bool, said: str
) -> None:
    if read:
        read_users(connected_team)
    answer = connected_team.owner.press(connected_team.editor, owner_choice=ONE_USER, owner_id=owner_id)
    shown = read_page(answer)
    assert answer.status_code == 422
    assert said in words(shown.select_one("#owner_id + .field-error#owner_id-error"))
    assert shown.select_one(".error-summary a[href='#owner_id']") is not None
    assert shown.select_one(".map-more[open]") is not None
    assert connected_team.mapping() is None


@pytest.mark.parametrize("sent", [{"owner_choice": "everybody"}, {"owner_choice": ONE_USER, "owner_id": "a"}])
def test_what_no_editor_sends_is_refused(connected_team: ConnectedTeam, sent: dict[str, str]) -> None:
    assert connected_team.owner.press(connected_team.editor, **sent).status_code == 400


def test_the_editor_says_who_the_hosts_are_in_hubspot(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor, owner_choice=BY_HOST)
    assert "HubSpot has no user with the e-mail address of the host." in more(
        connected_team.owner.open(connected_team.editor)
    )
    hubspot_user(connected_team, "OWNER@acme.example", first_name="Rei")
    assert "owner@acme.example: the HubSpot user Rei (" in more(read_users(connected_team))


def test_a_user_who_was_deactivated_is_said_and_keeps_nobody_from_saving(connected_team: ConnectedTeam) -> None:
    mika = hubspot_user(connected_team, "mika@acme.example", first_name="Mika")
    read_users(connected_team)
    connected_team.owner.press(connected_team.editor, owner_choice=ONE_USER, owner_id=mika)
    held = connected_team.sandbox.state.owners.get(f"{DEFAULT_ACCOUNT}:{mika}")
    assert held is not None
    held.archived = True
    assert "Mika: The user is deactivated in HubSpot." in more(read_users(connected_team))
    assert connected_team.owner.press(connected_team.editor).status_code == 302
    assert rule_of(connected_team) == (ONE_USER, mika, "Mika")


def test_without_the_permission_the_choice_is_saved_all_the_same(
    connected_team: ConnectedTeam,
) -> None:
    change_scopes(connected_team, take=[OWNERS_READ])
    assert "the HubSpot page says what to press" in more(read_users(connected_team, owner_choice=ONE_USER))
    assert connected_team.owner.press(connected_team.editor, owner_choice=ONE_USER).status_code == 302
    assert rule_of(connected_team) == (ONE_USER, "", "")
    page = words(connected_team.owner.open("/teams/acme/settings/integrations/hubspot"))
    assert "Owner of new records: waits for a permission of HubSpot" in page


def test_a_service_key_is_looked_at_when_the_feature_is_switched_on(connected_team: ConnectedTeam) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Connection).update({"method": "service_key", "scopes": ["crm.objects.contacts.read"]})
    connected_team.owner.press(connected_team.editor, owner_choice=BY_HOST)
    with connected_team.app.app_context(), write_transaction() as session:
        assert OWNERS_READ in session.query(Connection).one().scopes


def test_the_preview_names_the_owner_and_a_test_record_gets_one(connected_team: ConnectedTeam) -> None:
    host = hubspot_user(connected_team, "owner@acme.example")
    shown = read_page(from_editor(connected_team, "preview", owner_choice=BY_HOST))
    assert "Owner of new records: The host of the booking" in words(shown)
    asked = read_page(from_editor(connected_team, "test", owner_choice=BY_HOST))
    connected_team.owner.send(f"{connected_team.editor}/test/send", filled(asked))
    assert [each["hubspot_owner_id"] for each in records(connected_team, "contacts")] == [host]


def test_the_rule_goes_along_with_a_copy_and_by_name_with_a_file(second: Second) -> None:
    team = second.connected_team
    mika = hubspot_user(team, "mika@acme.example", first_name="Mika")
    read_users(team)
    team.owner.press(team.editor, owner_choice=ONE_USER, owner_id=mika)
    raw = exported(second)
    assert json.loads(raw)["new_owner"] == {"choice": ONE_USER, "name": "Mika"}
    taken = read_page(pressed(second, upload(second, raw), "replace"))
    assert str(taken.select_one("#owner_id option[selected]")["value"]) == mika
    unknown = raw.replace(b'"name": "Mika"', b'"name": "Somebody else"')
    taken = read_page(pressed(second, upload(second, unknown), "replace"))
    assert taken.select_one("#owner_id option[selected]") is None
    assert str(taken.select_one("[name=owner_choice][checked]")["value"]) == ONE_USER
    assert upload(second, raw.replace(b"one_user", b"all_users")).status_code == 422
    copied = read_page(second.take("replace"))
    assert str(copied.select_one("#owner_id option[selected]")["value"]) == mika


def test_whoever_saves_too_late_reads_which_owner_was_saved_meanwhile(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor)
    late = connected_team.owner.press(connected_team.editor, owner_choice=BY_HOST, version="0")
    assert late.status_code == 409
    told = words(read_page(late).select_one(".difference tbody"))
    assert told == "Owner of new records Nobody The host of the booking"
