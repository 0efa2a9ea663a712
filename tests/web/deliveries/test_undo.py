"""Undo of a delivery by its pages: it asks first, says what it does, and keeps who did it."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import WhenExists
from hubsync.services import now
from hubsync.services.connection import watch_only
from hubsync.services.deliveries.undoing import read_undoing
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import UNDOING
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.undoings import Undoing
from tests.kit import rows
from tests.kit.acme import Acme
from tests.kit.browser import Browser
from tests.kit.meetings import switch_meetings_on
from tests.kit.page import words
from tests.kit.world import World, world

PAGE = "/teams/acme/deliveries/1"


@pytest.fixture
def made(app: Flask, sandbox: SandboxServer) -> World:
    """A team with a posted booking of the member's calendar."""
    people = ("owner", "member")
    made = world(app, sandbox, people=people, calendars={"intro": "member"}, person={"name": "Mika Sato"})
    with app.app_context():
        Acme(app, sandbox, made.team_id, made.calendars["intro"]).book("Kato Rei", "rei@acme.co.jp", "Acme")
    return made


@pytest.fixture
def member(app: Flask, made: World) -> Browser:
    return Browser(app, signed_in=made.sessions["member"])


@pytest.fixture
def acme(app: Flask, sandbox: SandboxServer, made: World) -> Any:
    with app.app_context():
        yield Acme(app, sandbox, made.team_id, made.calendars["intro"])


def test_it_asks_first_and_says_what_it_does(member: Browser, acme: Acme) -> None:
    link = member.open(PAGE).select_one('a[href$="/undo"]')
    assert link.words == "Undo the delivery"
    asked = member.open(link["href"])
    assert "Undo this delivery?" in words(asked)
    assert [row.select_one("td").words for row in asked.select(".parts tbody tr")] == ["will be archived"] * 2
    assert "restored in HubSpot for 90 days" in words(asked)
    assert len(acme.records("contacts")) == 1


def test_what_lacked_a_part_and_was_undone_is_posted_again_and_not_retried(member: Browser, acme: Acme) -> None:
    with write_transaction() as session:
        delivery = session.get_one(Delivery, 1)
        delivery.state, delivery.reason = DeliveryState.PARTIAL, "record_refused"
    member.submit(member.open(f"{PAGE}/undo"), "Undo in HubSpot")
    assert "press Retry" not in words(member.open(PAGE).select_one(".outcome"))
    form = member.open(f"{PAGE}/answers")
    assert [each.words for each in form.select("form.panel button")] == ["Save"]
    name = next(iter(each["name"] for each in form.select("form.panel input[name^=question-]")))
    member.submit(form, "Save", **{name: "Another"})
    assert "Press Post again to post them." in words(member.open(PAGE))


def test_the_calendars_owner_undoes_it_and_the_page_keeps_who_and_when(member: Browser, acme: Acme) -> None:
    answer = member.submit(member.open(f"{PAGE}/undo"), "Undo in HubSpot")
    told = member.open(answer.location)
    assert "It is undone." in words(told)
    assert "By Mika Sato, " in words(told.select_one('[aria-labelledby="undone"]'))
    assert "This delivery was undone." in words(told.select_one(".outcome.tone-plain"))
    assert acme.records("contacts") == acme.records("companies") == []
    assert "undone" in words(member.open("/teams/acme/deliveries"))
    assert told.select_one('a[href$="/undo"]') is None


def test_an_archived_record_is_said_to_be_so_wherever_a_link_to_it_stood(member: Browser, acme: Acme) -> None:
    link = ".record a"
    assert len(member.open(PAGE).select(link)) == 2
    with write_transaction() as session:  # another booking that met the company, and was undone before
        first = session.get_one(Delivery, 1)
        booking = rows.add_booking(session, acme.team_id, acme.calendar_id)
        met = {"company": "duplicate", "company_id": first.company_id, "contact": "duplicate", "contact_id": "5"}
        account = first.hubspot_account_id
        other = rows.add_delivery(session, booking, "duplicate", hubspot_account_id=account, **met)
        session.flush()
        session.add(Undoing(delivery_id=other.id, asked_at=now(), undone_at=now(), finished_at=now()))
        other_page = f"/teams/acme/deliveries/{other.id}"
    member.submit(member.open(f"{PAGE}/undo"), "Undo in HubSpot")
    told = member.open(PAGE)
    assert told.select(link) == []
    records = told.select('[aria-labelledby="in-hubspot"] .record')
    assert [each.words.partition(" ")[2] for each in records] == ["(archived since)"] * 2
    badges = told.select('[aria-labelledby="in-hubspot"] .badge-state')
    assert [each.words for each in badges] == ["archived", "archived", "gone"]
    [association] = [each.words for each in told.select(".parts tbody tr") if "Association" in each.words]
    assert "gone It went with the records that are not in HubSpot any more." in association
    company, contact = member.open(other_page).select('[aria-labelledby="in-hubspot"] .record')
    assert company.words.endswith("(archived since)")
    assert contact.select_one("a") is not None
    exported = list(csv.reader(StringIO(member.get("/teams/acme/deliveries/export.csv").text)))
    column = exported[0].index("HubSpot company")
    assert [row[column] for row in exported[1:]] == ["archived since"] * 2


def test_a_meeting_that_undoing_archived_was_deleted_by_nobody(member: Browser, acme: Acme) -> None:
    switch_meetings_on(acme.calendar_id)
    acme.calendar()
    second = acme.book("Abe Ken", "ken@abe.co.jp", "Abe")
    page = f"/teams/acme/deliveries/{second.id}"
    member.submit(member.open(f"{page}/undo"), "Undo in HubSpot")
    (meeting,) = [each.words for each in member.open(page).select(".parts tr") if "Meeting" in each.words][:1]
    assert "archived It was archived when the delivery was undone." in meeting


def test_an_association_to_be_removed_is_named_with_both_ends(member: Browser, acme: Acme) -> None:
    seeded = {"properties": {"email": "ken@abe.co.jp"}}
    requests.post(f"{acme.sandbox.url}/sandbox/api/records/contacts", json=seeded, timeout=60).raise_for_status()
    with write_transaction() as session:
        session.query(MappingRecord).one().associates_existing = True
    acme.calendar()
    met = acme.book("Abe Ken", "ken@abe.co.jp", "Acme")
    page = f"/teams/acme/deliveries/{met.id}"
    asked = member.open(f"{page}/undo")
    [line] = [each.words for each in asked.select(".parts tbody tr") if "Association" in each.words]
    assert f"will be removed HubSync associated this contact with company #{met.company_id}" in line
    assert f"#{met.contact_id}" in line
    told = member.open(member.submit(asked, "Undo in HubSpot").location)
    [before, after] = [each.words for each in told.select(".parts tbody tr") if "Association" in each.words]
    assert "removed It was removed when the delivery was undone." in before
    assert "The contact and the company are apart again" in after


def test_a_value_that_is_empty_again_is_not_said_to_be_filled(member: Browser, acme: Acme) -> None:
    seeded = {"properties": {"email": "ken@abe.co.jp"}}
    requests.post(f"{acme.sandbox.url}/sandbox/api/records/contacts", json=seeded, timeout=60).raise_for_status()
    with write_transaction() as session:
        session.query(MappingRow).filter_by(property_name="lastname").one().when_exists = WhenExists.FILL
    acme.calendar()
    page = f"/teams/acme/deliveries/{acme.book('Abe Ken', 'ken@abe.co.jp', 'Acme').id}"
    filled = member.open(page)
    assert "What was empty was filled" in words(filled)
    told = member.open(member.submit(member.open(f"{page}/undo"), "Undo in HubSpot").location)
    assert told.select_one("[aria-labelledby=filled] dd").words == (
        "It was filled, and is empty again since the delivery was undone."
    )
    assert "What was empty was filled" not in words(told)


def test_what_stays_is_said_with_its_reason_and_nothing_can_be_pressed(member: Browser, acme: Acme) -> None:
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    asked = member.open(f"{PAGE}/undo")
    assert "1 other booking met it as a duplicate and needs it." in words(asked)
    assert "There is nothing that HubSync may take back." in words(asked)
    assert asked.select_one("main form") is None


def test_hubspot_that_cannot_be_asked_is_said_before_anything_is_done(member: Browser, acme: Acme) -> None:
    acme.fault(action="status", status=503, method="GET", path="/contacts", times=1)
    asked = member.open(f"{PAGE}/undo")
    assert "HubSpot could not be asked" in words(asked)
    assert asked.select_one("main form") is None


def test_what_could_not_be_undone_can_be_tried_again(member: Browser, acme: Acme) -> None:
    acme.fault(action="status", status=403, method="DELETE", path="/contacts", times=1)
    told = member.open(member.submit(member.open(f"{PAGE}/undo"), "Undo in HubSpot").location)
    assert "Not all of it could be undone." in words(told)
    again = next(each for each in told.select('a[href$="/undo"]') if "Try again" in each.words)
    member.submit(member.open(again["href"]), "Undo in HubSpot")
    assert acme.records("contacts") == acme.records("companies") == []


def test_one_that_was_interrupted_says_so_and_goes_on(member: Browser, acme: Acme) -> None:
    with write_transaction() as session:
        session.add(Undoing(delivery_id=1, asked_at=now(), undone_at=now()))
    told = member.open(PAGE)
    assert "It was interrupted." in words(told)


def test_while_somebody_is_at_it_nobody_else_begins(member: Browser, acme: Acme) -> None:
    asked = member.open(f"{PAGE}/undo")
    with write_transaction() as session:
        session.add(Undoing(delivery_id=1, asked_at=now(), **UNDOING.taken(now(), "somebody")))
    told = member.open(member.submit(asked, "Undo in HubSpot").location)
    assert "somebody else is at it" in words(told)
    assert len(acme.records("contacts")) == 1


def test_post_again_asks_first_and_posts(member: Browser, acme: Acme) -> None:
    told = member.open(member.submit(member.open(f"{PAGE}/undo"), "Undo in HubSpot").location)
    asked = member.open(told.select_one('a[href$="/post-again"]')["href"])
    assert "Do not restore the archived records" in words(asked)
    assert f"It is posted into the HubSpot account {rows.ACCOUNT}." in words(asked)
    member.submit(asked, "Post again")
    assert [len(acme.records(each)) for each in ("companies", "contacts")] == [1, 1]
    assert read_undoing(1) is None
    end_read()
    assert db.session.get_one(Delivery, 1).state == "posted"


def test_nothing_is_posted_again_while_the_team_watches_only(member: Browser, acme: Acme) -> None:
    member.submit(member.open(f"{PAGE}/undo"), "Undo in HubSpot")
    asked = member.open(f"{PAGE}/post-again")
    watch_only.switch_on(acme.team_id, acme.calendar().owner_id)
    told = member.open(member.submit(asked, "Post again").location)
    assert "HubSync watches only" in words(told.select_one(".notice.tone-care"))
    assert told.select_one('a[href$="/post-again"]') is None
    assert read_undoing(1) is not None
