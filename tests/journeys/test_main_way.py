"""The main way, end to end and over real sockets: connect, map, book, and find everything in HubSpot, once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests

from hubsync.services import now
from hubsync.sources import signed_json
from tests.journeys.conftest import first_delivery

SEARCH = "POST /crm/objects/2026-09/companies/search"
COMPANY = "POST /crm/objects/2026-09/companies"
CONTACT = "POST /crm/objects/2026-09/contacts"


@pytest.fixture
def calendar(installation: Any, browser: Any) -> str:
    """The address of a calendar whose team is connected and whose mapping was made with "+"."""
    browser.open(installation.signin_link()).press("Sign in")
    browser.follow("Team Settings").follow("Integrations").follow("HubSpot")
    browser.press("Connect").press("Sign in").press("Choose account").press("Connect app")
    browser.follow("Calendars").follow("New calendar")
    browser.press("calendar", name="Intro call", duration_minutes="30", time_zone="Asia/Tokyo")
    address = str(browser.url)
    browser.follow("Advanced settings").follow("HubSpot")
    fill_in_mapping(browser)
    return address


def fill_in_mapping(browser: Any) -> None:
    """Whatever the new editor proposes is taken away, then every row is added with "+" and filled in."""
    while remove := browser.page.select_one("button[name=remove]"):
        browser.press("", sends=f"remove={remove['value']}")
    rows = [
        ("companies", "(name)", "Company Name"),
        ("companies", "(domain)", "Email (question)"),
        ("contacts", "(lastname)", "Name: text before the first space"),
        ("contacts", "(firstname)", "Name: text after the first space"),
    ]
    typed: dict[str, str] = {}
    for section, name, information in rows:
        browser.press("", sends=f"add={section}")
        index = sum(key.startswith(section) for key in typed) // 2
        row = f"{section}-{index}"
        typed[f"{row}-property_name"] = browser.option(name, f"{row}-property_name")
        typed[f"{row}-information"] = browser.option(information, f"{row}-information")
        for key in list(typed):
            select = browser.page.select_one(f"select[name='{key}']")
            for option in select.select("option"):
                del option["selected"]
                if option.get("value") == typed[key]:
                    option["selected"] = ""
    browser.press("Save", email=browser.option("Email (question)", "email"))
    assert "aved" in browser.text, browser.text[:600]


def booking_page(browser: Any, calendar: str) -> str:
    browser.open(calendar)
    link = browser.page.select_one("a[href*='/book/']")
    return str(link["href"])


def book(browser: Any, page: str, name: str, email: str, company: str = "") -> None:
    labels = {"Company Name": company, "Name": name, "Email": email}
    browser.open(page)
    browser.open(str(browser.page.select_one("a.btn-time")["href"]))
    fields = {}
    for label, value in labels.items():
        found = next(
            each for each in browser.page.select("label") if each.get_text(" ", strip=True).split(" (")[0] == label
        )
        fields[browser.page.select_one(f"[id='{found['for']}']")["name"]] = value
    browser.press("Complete Booking", **fields)
    assert "/confirmed/" in browser.url, browser.text[:500]


def test_guests_of_the_booking_page_arrive_once_and_associated(
    installation: Any, browser: Any, calendar: str
) -> None:
    page = booking_page(browser, calendar)
    installation.switch(search_lag_seconds=3600)  # HubSpot's search is of no help between the first two
    installation.calls()

    book(browser, page, "Sato Mika", "mika@acme.co.jp", "Acme株式会社")
    assert installation.calls() == [SEARCH, COMPANY, CONTACT]
    (company,) = installation.records("companies")
    (contact,) = installation.records("contacts")
    assert (company["properties"]["name"], company["properties"]["domain"]) == ("Acme株式会社", "acme.co.jp")
    assert (contact["properties"]["email"], contact["properties"]["lastname"]) == ("mika@acme.co.jp", "Sato")
    assert companies_of(contact) == {company["id"]}

    book(browser, page, "Kato Rei", "rei@acme.co.jp", "acme株式会社")
    assert installation.calls() == [CONTACT]  # the company is remembered
    assert len(installation.records("companies")) == 1
    assert [companies_of(each) for each in installation.records("contacts")] == [{company["id"]}] * 2

    book(browser, page, "Sato Mika", "mika@acme.co.jp", "Acme株式会社")
    assert len(installation.records("companies")) == 1
    assert len(installation.records("contacts")) == 2

    book(browser, page, "Ito Ken", "ken.ito@gmail.com")
    assert len(installation.records("companies")) == 1
    (gmail,) = [each for each in installation.records("contacts") if "gmail" in each["properties"]["email"]]
    assert companies_of(gmail) == set()


@pytest.mark.slow
def test_a_delivery_page_says_what_happened_and_leads_to_the_records(
    installation: Any, browser: Any, calendar: str
) -> None:
    book(browser, booking_page(browser, calendar), "Sato Mika", "mika@acme.co.jp", "Acme")
    browser.open(installation.url).follow("Deliveries")
    browser.open(first_delivery(browser.page))
    assert "Sato Mika" in browser.text
    record_links = {link["href"] for link in browser.page.select("a[href*='/contacts/1234567/record/']")}
    (company,) = installation.records("companies")
    (contact,) = installation.records("contacts")
    assert record_links == {
        f"{installation.sandbox.url}/contacts/1234567/record/0-1/{contact['id']}",
        f"{installation.sandbox.url}/contacts/1234567/record/0-2/{company['id']}",
    }
    for link in record_links:
        assert browser.open(link).status == 200
        assert "Acme" in browser.text


@pytest.mark.slow
def test_the_same_through_signed_json(installation: Any, browser: Any, calendar: str) -> None:
    browser.open(installation.url).follow("Team Settings").follow("Integrations").follow("Signed JSON")
    browser.press("address") if any(
        "address" in each.text for each in browser.page.select("button")
    ) else browser.press("Make")
    url = re.search(rf"{installation.url}/intake/json/[\w-]+", str(browser.page))
    assert url is not None
    secret = str(browser.page.select_one("#secret")["value"])

    first = send_json(url[0], secret, "b-1", "Sato Mika", "mika@acme.co.jp", "Acme")
    assert first["state"] == "waiting"  # its calendar was made just now, nobody mapped it
    assert installation.records("contacts") == []
    browser.open(installation.url).follow("Calendars").follow("Demo by JSON")
    browser.follow("Advanced settings").follow("HubSpot")
    fill_in_mapping(browser)
    browser.open(f"{installation.url}/teams/acme/deliveries/{first['delivery']}").press("Retry")
    assert len(installation.records("contacts")) == 1

    installation.calls()
    second = send_json(url[0], secret, "b-2", "Kato Rei", "rei@acme.co.jp", "Acme")
    assert (second["state"], installation.calls()) == ("posted", [CONTACT])
    again = send_json(url[0], secret, "b-2", "Kato Rei", "rei@acme.co.jp", "Acme")
    assert (again, installation.calls()) == (second, [])
    third = send_json(url[0], secret, "b-3", "Sato Mika", "mika@acme.co.jp", "Acme")
    assert third["state"] == "duplicate"
    fourth = send_json(url[0], secret, "b-4", "Ito Ken", "ken.ito@gmail.com", "")
    assert fourth["state"] == "posted"
    (company,) = installation.records("companies")
    found = {each["properties"]["email"]: companies_of(each) for each in installation.records("contacts")}
    assert found == {
        "mika@acme.co.jp": {company["id"]},
        "rei@acme.co.jp": {company["id"]},
        "ken.ito@gmail.com": set(),
    }


@pytest.mark.slow
def test_hubspot_down_confirms_the_guest_and_keeps_the_booking(
    installation: Any, browser: Any, calendar: str
) -> None:
    page = booking_page(browser, calendar)
    requests.post(
        f"{installation.sandbox.url}/sandbox/api/faults",
        json={"action": "status", "status": 503, "times": None},
        timeout=60,
    ).raise_for_status()
    book(browser, page, "Sato Mika", "mika@acme.co.jp", "Acme")
    browser.open(installation.url).follow("Deliveries")
    browser.open(first_delivery(browser.page))
    assert "tried again" in browser.text
    requests.delete(f"{installation.sandbox.url}/sandbox/api/faults", timeout=60).raise_for_status()
    browser.press("Retry")
    assert len(installation.records("contacts")) == 1


def companies_of(contact: dict[str, Any]) -> set[str]:
    linked = contact.get("associations", {}).get("companies", {}).get("results", [])
    return {str(each["id"]) for each in linked}


def send_json(url: str, secret: str, booking_id: str, name: str, email: str, company: str) -> dict[str, Any]:
    body = {
        "id": booking_id,
        "event": "booking.completed",
        "calendar": {"id": "json-1", "name": "Demo by JSON"},
        "guest": {"name": name, "email": email, "company": company, "timezone": "Asia/Tokyo"},
        "start": "2026-12-01T10:00:00+09:00",
        "end": "2026-12-01T10:30:00+09:00",
        "answers": [],
    }
    raw = json.dumps(body).encode()
    proof = signed_json.prove(secret, raw, now()).headers
    answer = requests.post(url, data=raw, headers=proof, timeout=60)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
