"""What a team switches on, in a browser: an owner of new records, Undo, one trouble of many bookings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from hubspot_sandbox.crm.owners import add_owner
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.owners import OWNER_PROPERTY
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.owners import KnownOwner, OwnerReading
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.browser.windows import uncomplaining_window
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.installation import Installation, installation
from tests.kit.page_bookings import complete_page_booking
from tests.kit.settings import OWNER

__all__ = ["installation"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
HUBSPOT = "/teams/acme/settings/integrations/hubspot"
EDITOR = "/teams/acme/calendars/1/advanced/hubspot"
WAITS = "Owner of new records: waits for a permission of HubSpot"


@pytest.fixture
def acme(installation: Installation) -> Installation:
    """With a mapped calendar, and users in HubSpot: its host, and Ada Admin as in every account."""
    with installation.app.app_context(), write_transaction() as session:
        team, owner = session.query(Team).one(), session.query(Person).one()
        calendar = rows.add_calendar(session, team.id, owner.id, "intro")
        rows.add_usual_mapping(session, calendar.id)
    add_owner(installation.sandbox.state, DEFAULT_ACCOUNT, OWNER, first_name="Rei")
    return installation


@pytest.fixture
def page(chromium: Browser, acme: Installation) -> Iterator[Page]:
    """A window in which the team's owner has signed in and pressed Connect."""
    options = {"base_url": acme.url, "locale": "en-US", "viewport": {"width": 1280, "height": 900}}
    with uncomplaining_window(chromium, **options) as window:
        window.goto(acme.signin_link())
        press(window, re.compile("^Sign in as "))
        window.goto(HUBSPOT)
        connect(window, "Connect", "Sign in to the sandbox")
        expect(window.locator("main")).to_contain_text("Connected to")
        yield window


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()


def connect(page: Page, *names: str) -> None:
    """Press what is called so, and then what HubSpot asks whoever is signed in there."""
    for each in (*names, "Choose account", "Connect app"):
        press(page, each)


def book(acme: Installation, number: int) -> str:
    """A booking of another guest and company each; the address of its delivery."""
    with acme.app.app_context():
        calendar = db.session.query(Calendar).one()
        asked = {row.part: row.id for row in calendar.questions}
        said = {"company": f"Company {number}", "name": "Sato", "email": f"mika@company{number}.co.jp"}
        delivery = complete_page_booking(calendar, {asked[part]: text for part, text in said.items()})
        return f"/teams/acme/deliveries/{delivery.id}"


def owners_of(acme: Installation, kind: str) -> list[str]:
    """Whom the records in HubSpot belong to that are not archived, oldest first; "" for nobody."""
    records = acme.sandbox.state.records_of(DEFAULT_ACCOUNT, kind)
    return [each.properties.get(OWNER_PROPERTY, "") for each in records if not each.archived]


def choose_owner(page: Page, choice: str, user: str = "") -> None:
    page.goto(EDITOR)
    page.locator(".map-more summary").click()
    page.get_by_role("radio", name=choice).check()
    if user:
        press(page, "Read HubSpot's users")
        page.get_by_label("HubSpot user", exact=True).select_option(label=user)
    press(page, "Save")
    expect(page.locator(".notice").first).to_contain_text("The mapping is saved.")
    expect(page.locator(".map-more summary")).to_contain_text("Owner of new records")


def test_owners_are_chosen_and_granted_and_troubles_said_once(page: Page, acme: Installation) -> None:
    choose_owner(page, "The host of the booking")
    page.goto(HUBSPOT)
    expect(page.get_by_text(WAITS)).to_have_count(1)
    page.get_by_label("Our app in HubSpot lists the optional permissions").check()
    press(page, "Save")
    connect(page, "Connect again")
    expect(page.locator("[aria-labelledby=optional-permissions]")).to_contain_text(
        "HubSpot has given the permission"
    )
    first = book(acme, 1)
    choose_owner(page, "Always the same user", "Ada Admin (admin@acme.example.com)")
    book(acme, 2)
    host, ada = owners_of(acme, "contacts")
    assert owners_of(acme, "companies") == [host, ada]
    assert "" not in (host, ada)
    assert host != ada
    permission_is_taken_away(page, acme)
    delivery_is_undone(page, acme, first)
    account_is_full(page, acme)


def permission_is_taken_away(page: Page, acme: Installation) -> None:
    """Said on each delivery, which is posted all the same, and once on the HubSpot page."""
    acme.sandbox.state.change_scopes(DEFAULT_ACCOUNT, give=[], take=[OWNERS_READ])
    with acme.app.app_context(), write_transaction() as session:
        session.query(OwnerReading).delete()  # they were read long ago
        session.query(KnownOwner).delete()
    for address in [book(acme, number) for number in (3, 4)]:
        page.goto(address)
        expect(page.locator("main")).to_contain_text("without an owner")
        expect(page.locator("main .badge-state").first).to_have_text("posted")
    assert owners_of(acme, "contacts")[2:] == ["", ""]
    page.goto(HUBSPOT)
    expect(page.get_by_text(WAITS)).to_have_count(1)


def delivery_is_undone(page: Page, acme: Installation, delivery: str) -> None:
    """It is asked first; the company, which somebody has changed in HubSpot, stays."""
    with acme.sandbox.state.lock:
        company = acme.sandbox.state.records_of(DEFAULT_ACCOUNT, "companies")[0].id
    changed = f"{acme.sandbox.url}/sandbox/api/records/companies/{company}"
    requests.patch(changed, json={"properties": {"city": "Nara"}}, timeout=60).raise_for_status()
    page.goto(delivery)
    page.get_by_role("link", name="Undo the delivery").click()
    expect(page.locator(".parts tbody tr")).to_contain_text(["will be archived", "stays"])
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Undo the delivery").click()
    press(page, "Undo in HubSpot")
    undone = page.locator("section[aria-labelledby=undone]")
    expect(undone.locator(".parts tbody tr")).to_contain_text(["archived", "stays"])
    assert [len(owners_of(acme, kind)) for kind in ("companies", "contacts")] == [4, 3]


def account_is_full(page: Page, acme: Installation) -> None:
    """Said once with how many bookings it holds up, which are posted when there is room."""
    fault = {"action": "status", "status": 402, "path": "/companies", "except_path": "/search", "times": 1}
    requests.post(f"{acme.sandbox.url}/sandbox/api/faults", json=fault, timeout=60).raise_for_status()
    for number in (5, 6):
        book(acme, number)
    page.goto(HUBSPOT)
    full = page.locator(".notice", has_text="It holds up 2 bookings.")
    expect(full).to_have_count(1)
    full.get_by_role("link", name="Show them").click()
    expect(page.locator("table.log tbody tr")).to_have_count(2)
    page.get_by_label("all on this page").check()
    press(page, re.compile("^Retry"))
    page.locator("main .button-row button").first.click()
    expect(page.locator("[data-told]")).to_have_text("0 of 2 bookings")
    with later(hours=2):
        with acme.app.app_context():
            work_on_replays()
        expect(page.get_by_role("heading", name="All have been tried")).to_be_visible()
        assert len(owners_of(acme, "companies")) == 6
        page.goto(HUBSPOT)
        expect(page.locator("main")).to_contain_text("Connected to")
        expect(page.get_by_text("It holds up")).to_have_count(0)
