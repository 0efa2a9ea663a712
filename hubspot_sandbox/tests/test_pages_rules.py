"""The page on which a person sets an account's rules."""

from collections.abc import Iterator

import pytest

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.tests.browsing import Browser

CONTACTS = "/crm/objects/2026-09/contacts"


@pytest.fixture
def person(sandbox: SandboxServer) -> Iterator[Browser]:
    with Browser(sandbox.url) as browser:
        yield browser.open("/settings/1234567/rules")


def test_a_required_property_is_set_said_enforced_and_removed(hubspot, person: Browser) -> None:
    assert "No rule in force" in person.words
    person.press("Require it", property="jobtitle")
    assert "A new contact needs jobtitle." in person.words
    body = {"properties": {"email": "a@acme.co.jp"}}
    assert hubspot.post(CONTACTS, json=body).status_code == 400
    person.press("Remove")
    assert "No rule in force" in person.words
    assert hubspot.post(CONTACTS, json=body).status_code == 201


def test_conditions_and_validations_are_said_in_sentences(person: Browser) -> None:
    person.press("Require it then", property="fax", when_property="hs_lead_status", when_value="OPEN")
    person.press("Set the validation", object="companies", property="name", rule_type="MAX_LENGTH", arguments="9")
    person.press(
        "Set the validation", property="email", rule_type="EMAIL_BLOCKED_DOMAINS", arguments="home.net, x.org"
    )
    for words in (
        "A contact needs fax when hs_lead_status is “OPEN”.",
        "name of a company: MAX_LENGTH 9.",
        "email of a contact: EMAIL_BLOCKED_DOMAINS home.net, x.org.",
    ):
        assert words in person.words


def test_a_rule_about_nothing_comes_back_with_what_was_typed(sandbox: SandboxServer, person: Browser) -> None:
    person.press("Require it then", property="fax", when_property="nonsense", when_value="x")
    assert person.answer.status_code == 400
    assert "The rule was not set: Contacts have no property “nonsense”." in person.words
    wrong = person.page.find("input", id="conditional-when_property")
    assert (wrong["value"], wrong["aria-invalid"]) == ("nonsense", "true")
    assert person.page.find("input", id="conditional-when_value")["value"] == "x"
    assert len(sandbox.state.admin_rules) == 0


def test_another_accounts_rule_is_not_removed_from_here(sandbox: SandboxServer, person: Browser) -> None:
    person.press("Require it", property="fax")
    person.post(person.base + "/settings/7654321/rules/1/remove", timeout=10)
    assert len(sandbox.state.admin_rules) == 1
