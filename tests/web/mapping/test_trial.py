"""The test of a mapping: its page says what will be created, and exactly that is created, once."""

from __future__ import annotations

import pytest

from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import Pairs, filled
from tests.kit.mapping_trials import button, outcomes, records
from tests.kit.page import Element, read_page, words

__all__ = ["connected_team"]


def spoiled(form: Pairs, name: str, value: str) -> Pairs:
    return [(each, value if each == name else old) for each, old in form if each != name or value]


def confirm(connected_team: ConnectedTeam) -> Element:
    connected_team.owner.press(connected_team.editor)
    return connected_team.owner.open(f"{connected_team.editor}/test")


def test_the_page_says_exactly_what_is_then_created(connected_team: ConnectedTeam) -> None:
    shown = confirm(connected_team)
    announced = [
        {words(name): words(value) for name, value in zip(each.select("dt"), each.select("dd"), strict=True)}
        for each in shown.select("section.panel")
    ]
    assert records(connected_team, "companies") == []
    answer = connected_team.owner.send(f"{connected_team.editor}/test/send", filled(shown))
    assert answer.status_code == 200
    [company], [contact] = records(connected_team, "companies"), records(connected_team, "contacts")
    assert announced[0] == {
        "Company name (name)": company["name"],
        "Company Domain Name (domain)": company["domain"],
    }
    assert announced[1] == {
        "Email(Required)": contact["email"],
        "Last Name (lastname)": contact["lastname"],
        "First Name (firstname)": contact["firstname"],
    }
    assert company["name"].startswith("HubSync test ")
    assert contact["lastname"] == company["name"]
    created = read_page(answer)
    assert outcomes(created) == {"Company": "created", "Contact": "created", "Association": "made"}
    assert len(created.select("table.parts a[href*='/record/0-']")) == 2


def test_a_second_press_on_the_same_page_creates_nothing(connected_team: ConnectedTeam) -> None:
    form = filled(confirm(connected_team))
    assert connected_team.owner.send(f"{connected_team.editor}/test/send", form).status_code == 200
    answer = connected_team.owner.send(f"{connected_team.editor}/test/send", form)
    assert answer.status_code == 409
    assert "This test was sent already." in words(read_page(answer))
    assert len(records(connected_team, "companies")) == len(records(connected_team, "contacts")) == 1
    again = filled(read_page(answer))
    assert connected_team.owner.send(f"{connected_team.editor}/test/send", again).status_code == 200
    assert len(records(connected_team, "contacts")) == 2


def test_what_hubspot_refuses_is_said_in_plain_words_with_the_row(connected_team: ConnectedTeam) -> None:
    confirm(connected_team)
    connected_team.own_property("companies", "rank", label="Our rank", type="string", fieldType="text")
    rank = {"companies-2-property_name": "rank", "companies-2-information": "fact:host"}
    connected_team.owner.press(connected_team.editor, ("refresh", "1"))
    connected_team.owner.press(connected_team.editor, **rank)
    connected_team.own_property("companies", "rank", type="number")
    form = filled(connected_team.owner.open(f"{connected_team.editor}/test"))
    answer = connected_team.owner.send(f"{connected_team.editor}/test/send", form)
    assert "Our rank (rank) was left out. HubSpot wants a whole number here." in words(read_page(answer))


def send_with(connected_team: ConnectedTeam, **rule: object) -> tuple[Element, str]:
    """Send a test while HubSpot behaves as *rule* says: the page, and what marks the test."""
    form = filled(confirm(connected_team))
    connected_team.fault(**rule)
    answer = connected_team.owner.send(f"{connected_team.editor}/test/send", form)
    assert answer.status_code == 200
    assert "Retry" not in words(read_page(answer))
    assert "it tries again" not in words(read_page(answer))
    assert "it is tried again" not in words(read_page(answer))
    return read_page(answer), dict(form)["code"]


@pytest.mark.parametrize("status", [500, 503])
def test_what_may_exist_is_said_with_where_to_look_for_it(connected_team: ConnectedTeam, status: int) -> None:
    shown, code = send_with(connected_team, action="status", status=status, times=None)
    assert outcomes(shown) == {"Company": "not known", "Contact": "not tried"}
    told = words(shown)
    assert "HubSpot did not confirm everything." in told
    assert (
        f"Look for “HubSync test {code}” in HubSpot under CRM > Companies, and delete it if it is there." in told
    )
    assert "HubSync does not send it again: send another test when HubSpot is back." in told
    assert "Nothing was sent for it, because HubSpot did not answer" in told


def test_a_contact_that_may_exist_is_looked_for_by_its_address(connected_team: ConnectedTeam) -> None:
    shown, code = send_with(connected_team, action="drop", when="after", path="/objects/2026-09/contacts")
    assert outcomes(shown) == {"Company": "created", "Contact": "not known"}
    address = f"hubsync-test@test-{code}.example.com"
    assert f"Look for “{address}” in HubSpot under CRM > Contacts, and delete it if it is there." in words(shown)
    assert [each["email"] for each in records(connected_team, "contacts")] == [address]


def test_what_was_not_created_for_now_is_sent_again_by_nobody(connected_team: ConnectedTeam) -> None:
    shown, _code = send_with(connected_team, action="status", status=429, times=None)
    assert outcomes(shown) == {"Company": "not created", "Contact": "not tried"}
    assert "HubSpot took nothing of it: nothing was created." in words(shown)
    assert "Send another test when HubSpot answers again." in words(shown)
    assert "HubSync does not remember these records" not in words(shown)


def test_a_permission_that_a_test_lacks_is_named(connected_team: ConnectedTeam) -> None:
    shown, _code = send_with(connected_team, action="status", status=403, path="/objects/2026-09/contacts")
    assert outcomes(shown) == {"Company": "created", "Contact": "not created"}
    told = words(shown)
    assert "A permission is missing in HubSpot. It named: crm.objects.contacts.write." in told
    assert "connect again, then send another test." in told


def test_a_section_that_is_off_has_nothing_to_create_whatever_hubspot_does(connected_team: ConnectedTeam) -> None:
    confirm(connected_team)
    connected_team.owner.press(connected_team.editor, contacts_on=None)
    form = filled(connected_team.owner.open(f"{connected_team.editor}/test"))
    connected_team.fault(action="status", status=503, times=None)
    shown = read_page(connected_team.owner.send(f"{connected_team.editor}/test/send", form))
    assert outcomes(shown) == {"Company": "not known", "Contact": "nothing to create"}
    assert "The mapping gives nothing for it." in words(shown)


@pytest.mark.parametrize("code", ["²", "A1B2C3D4", "x" * 5000, "<script>"])
def test_a_code_that_we_did_not_make_is_refused(connected_team: ConnectedTeam, code: str) -> None:
    form = spoiled(filled(confirm(connected_team)), "code", code)
    assert connected_team.owner.send(f"{connected_team.editor}/test/send", form).status_code == 400
    assert records(connected_team, "contacts") == []


def test_without_a_code_the_question_is_asked_again(connected_team: ConnectedTeam) -> None:
    form = [pair for pair in filled(confirm(connected_team)) if pair[0] != "code"]
    answer = connected_team.owner.send(f"{connected_team.editor}/test/send", form)
    assert answer.status_code == 422
    assert button(read_page(answer), "Create these in HubSpot") is not None
    assert records(connected_team, "contacts") == []


def test_without_access_no_button_is_offered_and_a_post_says_why(connected_team: ConnectedTeam) -> None:
    form = filled(confirm(connected_team))
    connected_team.disconnect("lost")
    shown = connected_team.owner.open(f"{connected_team.editor}/test")
    assert "Create these in HubSpot" not in words(shown)
    answer = connected_team.owner.send(f"{connected_team.editor}/test/send", form)
    assert answer.status_code == 409
    told = words(read_page(answer))
    assert "HubSync has no access to the HubSpot account any more." in told
    assert "Press Connect on the HubSpot page, then send another test." in told
