"""Team Settings > Privacy: the record of processing, and what is kept of one guest, for who may see it all."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask
from sqlalchemy import select

from hubsync.logs import SECURITY
from hubsync.services.sources import endpoint_setup
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.owners import KnownOwner
from hubsync.store.teams import AuditEntry, Team
from tests.kit import rows
from tests.kit.acme import Acme, acme
from tests.kit.browser import Browser
from tests.kit.chats import add_chat
from tests.kit.delivery_log import Log, begin_log
from tests.kit.page import words
from tests.kit.settings import OWNER, change_settings
from tests.kit.tab import Tab

__all__ = ["acme"]

PAGE = "/teams/acme/settings/privacy"
MIKA = {"guest_email": "mika@guest.example", "search_email": "mika@guest.example", "guest_name": "Sato Mika"}
REI = {"guest_email": "rei@guest.example", "search_email": "rei@guest.example", "guest_name": "Kato Rei"}


@pytest.fixture
def log(app: Flask) -> Log:
    return begin_log(app, "acme")


@pytest.fixture
def owner(log: Log) -> Browser:
    return Browser(log.app, signed_in=log.sessions["owner"])


def test_the_record_names_what_this_team_has_and_nothing_that_it_has_not(log: Log, owner: Browser) -> None:
    log.add("posted", **MIKA)
    log.add("failed", **REI)
    told = words(owner.open(PAGE))
    for sentence in (
        "2 bookings",
        "for ever: no time is set",
        "HubSpot; not connected, nothing is posted",
        "2 members",
        "Responsible not named",
    ):
        assert sentence in told
    for absent in (
        "Busy calendars",
        "Feeds of bookings",
        "Invitations",
        "Booking sources",
        "blocked guests",
        "Chat alerts",
    ):
        assert absent not in told, absent
    log.connect(account="7654321")
    with log.app.app_context(), write_transaction() as session:
        session.get_one(Team, log.team_id).blocked_guests = ["spam.example"]
    with log.app.app_context():
        endpoint_setup.make_endpoint(log.team_id, "timerex")
        add_chat(log.team_id, "ntfys://ntfy.example/acme")
        with write_transaction() as session:
            calendar_id = session.query(Calendar.id).filter_by(team_id=log.team_id).limit(1).scalar()
            rows.add_mapping(session, calendar_id).meetings_on = True
            session.add(KnownOwner(hubspot_account_id="7654321", owner_id="71002"))
    told = words(owner.open(PAGE))
    for sentence in (
        "HubSpot, account 7654321",
        "Bookings of 1 calendar are meetings there too",
        "Name and address of 1 HubSpot user are kept",
        "From: TimeRex",
        "30 days, the last 100 lines",
        "1 entry",
        "chats at ntfy",
    ):
        assert sentence in told


def test_the_times_of_the_record_are_those_of_the_settings(log: Log, owner: Browser) -> None:
    change_settings(log.app, retention_days=90, mail_default_sender="", migration_backups=0)
    told = words(owner.open(PAGE))
    assert "90 days; longer while they need somebody" in told
    assert "and 7 days after that" in told
    assert "mail is not set up, none leaves" in told
    assert "HubSync makes none by itself." in told
    change_settings(log.app, mail_default_sender="a@b.example", mail_server="smtp.b.example", retention_days=3)
    told = words(owner.open(PAGE))
    assert "the mail server smtp.b.example" in told
    assert "and 3 days after that" in told, "one that is settled late is not kept for longer than the retention"


def test_all_of_one_guest_is_exported_and_nothing_of_another_guest_or_team(
    log: Log, owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, SECURITY)
    label = next(iter(log.questions()))
    answers = {str(log.questions()[label]): "山田商事", "999": "to a question there is no more"}
    first = log.add("posted", **MIKA, answers=answers, url_params={"utm_source": "letter"}, contact_id="551")
    log.attempt(first, code="record_refused", message="HubSpot refused the record.")
    log.happen(first, "cancelled", reason="Illness")
    log.add("posted", **REI)
    begin_log(log.app, "globex").add("posted", **MIKA)
    answer = owner.post(f"{PAGE}/export-guest", page=PAGE, email=" Mika@GUEST.example ")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "mika" not in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    exported = json.loads(answer.text)
    (booking,) = exported["bookings"]
    assert (exported["team"], booking["name"], booking["query_names"]) == (
        "Acme",
        "Sato Mika",
        {"utm_source": "letter"},
    )
    assert {"question": label, "answer": "山田商事"} in booking["answers"]
    assert booking["hubspot"]["contact_id"] == "551"
    assert [each["code"] for each in booking["hubspot"]["attempts"]] == ["record_refused"]
    assert [each["reason"] for each in booking["history"]] == ["Illness"]
    assert "rei@" not in answer.text
    with log.app.app_context():
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "guest_exported"))
        assert entry.details == {"number": 1}
    events = [each.facts for each in caplog.records if each.name == SECURITY]  # type: ignore[attr-defined]
    assert [(each["event"], each.get("what")) for each in events] == [("exported", "guest_exported")]
    assert "owner@acme.example exported what is kept of a guest; bookings: 1." in words(
        owner.open("/teams/acme/settings/audit-trail")
    )


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("", "Enter the guest's e-mail address."),
        ("nobody@guest.example", "Nothing is kept of this address in this team."),
        ("%", "Nothing is kept of this address in this team."),
        ("x" * 321, "No e-mail address is longer than 320 characters."),
    ],
)
def test_an_address_of_which_nothing_is_kept_comes_back_with_the_reason(
    log: Log, owner: Browser, email: str, why: str
) -> None:
    log.add("posted", guest_email="", search_email="")
    answer = owner.post(f"{PAGE}/export-guest", page=PAGE, email=email)
    assert answer.status_code == 422
    assert why in words(answer)
    assert f'value="{email}"' in answer.text
    with log.app.app_context():
        assert db.session.scalars(select(AuditEntry)).all() == []
        assert db.session.query(Delivery).count() == 1


def test_a_guest_is_erased_once_the_address_was_typed_twice(log: Log, owner: Browser) -> None:
    log.add("posted", **MIKA)
    log.add("failed", **MIKA)
    other = log.add("posted", **REI)
    tab = Tab(owner).open(PAGE).press("Erase …", email="Mika@guest.example")
    assert "HubSync keeps 2 bookings of Mika@guest.example in this team. This cannot be undone." in tab.text
    tab.press("Erase this guest for good", typed_email="")
    assert (tab.status, "Type the guest's address again." in tab.text) == (422, True)
    tab.press("Erase this guest for good", typed_email="rei@guest.example")
    assert (tab.status, "This is another address than the one above." in tab.text) == (422, True)
    assert tab.page.select_one("#typed_email")["value"] == "rei@guest.example"
    with log.app.app_context():
        assert db.session.query(Delivery).count() == 3
    tab.press("Erase this guest for good", typed_email="mika@guest.example ")
    assert "What was kept here of the guest is erased. This is the receipt." in tab.text
    assert "mika@guest.example" not in tab.text.lower()
    with log.app.app_context():
        assert [row.id for row in db.session.query(Delivery.id)] == [other]
    tab.open(PAGE)
    assert "erased" in words(tab.page.select_one("table[aria-labelledby=receipts] tbody tr"))
    tab.press("Erase …", email="mika@guest.example")
    assert (tab.status, "Nothing is kept of this address in this team." in tab.text) == (422, True)


def test_no_press_that_leaves_the_first_address_out_erases_anything(log: Log, owner: Browser) -> None:
    log.add("posted", **MIKA)
    answer = owner.post(f"{PAGE}/erase-guest", page=PAGE, typed_email="mika@guest.example")
    assert (answer.status_code, "Enter the guest's e-mail address." in words(answer)) == (422, True)
    with log.app.app_context():
        assert db.session.query(Delivery).count() == 1


def test_a_contact_is_removed_in_hubspot_where_somebody_wants_it_and_the_receipt_tells_both(acme: Acme) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    end_read()
    tab = Tab(Browser(acme.app).sign_in(OWNER)).open(PAGE).press("Erase …", email="mika@acme.co.jp")
    assert "In HubSpot, account 1234567" in tab.text
    assert [each["value"] for each in tab.page.select("[name=wish][checked]")] == ["left_there"]
    acme.fault(action="status", status=403, path="gdpr-delete", times=1)
    tab.press("Erase this guest for good", typed_email="mika@acme.co.jp", wish="erase_there")
    assert "Erased in HubSync, but not in HubSpot." in tab.text
    assert "1 booking was erased." in tab.text
    assert "Not done: the contact in the account 1234567 may still be there." in tab.text
    assert "erased here, not in HubSpot" in tab.open(PAGE).text
    tab.press("Erase …", email="mika@acme.co.jp")  # nothing is kept here any more, but there may be there
    tab.press("Erase this guest for good", typed_email="mika@acme.co.jp", wish="archive_there")
    assert "The contact in the account 1234567 was archived." in tab.text
    assert acme.records("contacts") == []
    trail = words(Browser(acme.app).sign_in(OWNER).open("/teams/acme/settings/audit-trail"))
    assert "had a guest's contact removed from the HubSpot account 1234567." in trail
