"""The pages that show an account's contacts and companies."""

from collections.abc import Iterator

import pytest

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.tests.browsing import Browser

BOTH = [
    {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1},
    {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279},
]


@pytest.fixture
def person(sandbox: SandboxServer) -> Iterator[Browser]:
    with Browser(sandbox.url) as browser:
        yield browser


@pytest.fixture
def pair(hubspot) -> tuple[str, str]:
    """A contact and its primary company."""
    company = hubspot.make("companies", {"name": "Acme株式会社", "domain": "acme.co.jp"}, associations=[])["id"]
    link = [{"to": {"id": company}, "types": BOTH}]
    values = {"email": "mika@acme.co.jp", "firstname": "Mika", "lastname": "Sato"}
    return hubspot.make("contacts", values, associations=link)["id"], company


def test_a_record_opens_at_hubspots_address_without_signing_in(person: Browser, pair: tuple[str, str]) -> None:
    contact, company = pair
    person.open(f"/contacts/1234567/record/0-1/{contact}")
    assert person.answer.status_code == 200
    for words in ("Mika Sato", "mika@acme.co.jp", "Posted by Service key", "Acme株式会社 Primary"):
        assert words in person.words
    person.follow("Acme株式会社")
    assert person.answer.url.endswith(f"/contacts/1234567/record/0-2/{company}")
    assert "acme.co.jp" in person.words
    assert "Mika Sato" in person.words


def test_a_company_hubspot_made_itself_says_so(sandbox: SandboxServer, hubspot, person: Browser) -> None:
    account = sandbox.state.accounts.get(1234567)
    assert account is not None
    account.auto_companies = True
    hubspot.make("contacts", {"email": "mika@acme.co.jp"}, associations=[])
    person.open("/contacts/1234567/objects/0-2").follow("acme")
    assert 'HubSpot itself: the account\'s "Create and associate companies with contacts" setting' in person.words


def test_what_a_guest_typed_is_shown_as_text_never_as_markup(hubspot, person: Browser) -> None:
    nasty = "<script>alert(1)</script>"
    made = hubspot.make("contacts", {"email": "a@acme.co.jp", "firstname": nasty}, associations=[])
    person.open(f"/contacts/1234567/record/0-1/{made['id']}")
    assert nasty in person.words
    assert person.page.find("script") is None


def test_the_tables_list_newest_first_and_find_any_value(hubspot, person: Browser, pair: tuple[str, str]) -> None:
    hubspot.make("contacts", {"email": "jo@blue.example.com", "jobtitle": "Harbour master"}, associations=[])
    names = [
        a.get_text() for a in person.open("/contacts/1234567/objects/0-1").page.select("tbody td:first-child a")
    ]
    assert names == ["jo@blue.example.com", "Mika Sato"]
    assert "Acme株式会社 Primary" in person.words
    person.press("Search", q="HARBOUR")
    assert "1 of 2 mention" in person.words
    assert "Mika Sato" not in person.words
    assert "Nothing mentions" in person.press("Search", q="nobody").words
    person.open("/contacts/1234567/objects/0-2/views/all/list")
    assert "Mika Sato" in person.words


def test_a_long_table_has_pages(sandbox: SandboxServer, hubspot, person: Browser) -> None:
    for number in range(51):
        hubspot.seed("companies", {"name": f"Company number {number}"})
    person.open("/contacts/1234567/objects/0-2")
    assert "Page 1 of 2" in person.words
    assert "Company number 0 " not in person.words
    assert "Company number 0 " in person.follow("Older").words


def test_archiving_takes_the_record_out_of_the_account(hubspot, person: Browser, pair: tuple[str, str]) -> None:
    person.open(f"/contacts/1234567/record/0-1/{pair[0]}").press("Archive Mika Sato")
    assert "Archived on" in person.words
    assert person.page.select_one("main button") is None
    assert hubspot.get(f"/crm/objects/2026-09/contacts/{pair[0]}").status_code == 404
    assert "No contacts yet" in person.open("/contacts/1234567/objects/0-1").words


def test_a_record_takes_another_one_in_and_the_old_page_leads_to_it(
    hubspot, person: Browser, pair: tuple[str, str]
) -> None:
    gone = hubspot.make("contacts", {"email": "m@home.net", "jobtitle": "Buyer"}, associations=[])["id"]
    person.open(f"/contacts/1234567/record/0-1/{pair[0]}")
    person.press("Merge into Mika Sato", other="7")
    assert person.answer.status_code == 400
    assert "There is no such record among the contacts" in person.words
    assert person.page.find("input", id="other")["value"] == "7"
    person.press("Merge into Mika Sato", other=gone)
    assert person.answer.url.endswith(f"/0-1/{pair[0]}")
    assert "Buyer" in person.words
    assert "m@home.net" in person.words
    person.open(f"/contacts/1234567/record/0-1/{gone}")
    assert "Merged into Mika Sato" in person.words
    assert person.page.select_one("main button") is None
    person.follow("Mika Sato")
    assert person.answer.url.endswith(f"/0-1/{pair[0]}")


@pytest.mark.parametrize(
    "path",
    [
        "/contacts/42/objects/0-1",
        "/contacts/1234567/objects/0-5",
        "/contacts/1234567/record/0-1/999",
        "/contacts/7654321/record/0-1/501",
        "/integrations-settings/42/installed",
        "/sandbox/mails/9",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(person: Browser, pair: tuple[str, str], path: str) -> None:
    person.open(path)
    assert person.answer.status_code == 404
    assert "Not Found" in person.words
    assert person.page.find("a", class_="brand") is not None
