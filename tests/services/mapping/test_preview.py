"""A preview: what would be posted and whether HubSpot has it, while nothing is written anywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.mapping import LeftOutCode, Section
from hubsync.domain.questions import Kind, Part
from hubsync.services import now
from hubsync.services.mapping.preview import Preview, latest_booking, preview
from hubsync.services.posting.draft import mapping_of, material_of, rows_of
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import AuditEntry, Team
from tests.kit.previews import look, seed

SEARCH = "POST /crm/objects/2026-09/companies/search"


def sent(found: Preview) -> dict[str, str]:
    return {f"{each.row.section}.{each.row.property_name}": each.text for each in found.filled if each.is_sent}


def test_every_value_is_shown_as_it_would_be_sent(acme: Any) -> None:
    found = look(acme, "Sato Mika", "Mika@Acme.CO.JP", "  Acme ")
    assert sent(found) == {
        "companies.name": "Acme",
        "companies.domain": "acme.co.jp",
        "contacts.email": "Mika@acme.co.jp",
        "contacts.lastname": "Sato",
        "contacts.firstname": "Mika",
    }
    assert (found.company.state, found.contact.state, found.associated) == ("new", "new", True)


def test_a_row_that_is_dropped_says_why_beside_what_was_given(acme: Any) -> None:
    number = acme.add_question("Employees", Kind.TEXT)
    acme.map("companies", "numberofemployees", f"question:{number}", "number")
    found = look(acme, "Sato Mika", "mika@gmail.com", "Acme", **{f"q{number}": "１００名"})
    told = {each.row.property_name: (each.given, each.code) for each in found.filled if not each.is_sent}
    assert told == {
        "domain": ("mika@gmail.com", LeftOutCode.FREE_EMAIL_DOMAIN),
        "numberofemployees": ("１００名", LeftOutCode.NOT_A_NUMBER),
    }
    whole = look(acme, "Sato Mika", "mika@acme.com", "Acme", **{f"q{number}": "１，２００"})
    assert sent(whole)["companies.numberofemployees"] == "1200"


def test_a_preview_is_what_a_delivery_then_posts(acme: Any) -> None:
    found = look(acme, "Sato Mika", "mika@acme.com", "Acme")
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    [company], [contact] = acme.records("companies"), acme.records("contacts")
    for section, record in ((Section.COMPANIES, company), (Section.CONTACTS, contact)):
        for each in found.filled:
            if each.row.section is section:
                assert record["properties"][each.row.property_name] == each.text


def test_what_hubspot_has_is_a_duplicate_and_found_by_reading_only(acme: Any) -> None:
    company = seed(acme, "companies", name="ACME", domain="acme.com")
    contact = seed(acme, "contacts", email="mika@acme.com")
    found: list[Preview] = []
    calls = acme.calls_of(lambda: found.append(look(acme, "Sato Mika", "mika@acme.com", "Acme")))
    assert calls == [SEARCH, "GET /crm/objects/2026-09/contacts/mika@acme.com"]
    assert (found[0].company.state, found[0].company.record_id, found[0].company.by) == (
        "duplicate",
        company,
        "domain",
    )
    assert (found[0].contact.state, found[0].contact.record_id) == ("duplicate", contact)
    assert found[0].associated is False


def test_a_preview_writes_remembers_and_counts_nothing(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"last_posted_at": None})
    look(acme, "Sato Mika", "mika@acme.com", "Acme")
    assert acme.records("companies") == acme.records("contacts") == []
    for table in (KnownCompany, Delivery, BookingRecord, AuditEntry):
        assert db.session.query(table).count() == 0, table
    assert db.session.query(Connection.last_posted_at).scalar() is None


def test_a_company_that_hubsync_remembers_is_a_duplicate_without_a_search(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    found: list[Preview] = []
    calls = acme.calls_of(lambda: found.append(look(acme, "Ito Ken", "ken@acme.com", "Acme")))
    assert SEARCH not in calls
    assert found[0].company.remembered
    assert (found[0].contact.state, found[0].associated) == ("new", True)


def test_the_latest_booking_is_the_material_as_its_delivery_had_it(acme: Any) -> None:
    assert latest_booking(acme.calendar_id) is None
    acme.book("Ito Ken", "ken@beta.com", "Beta")
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    booking = latest_booking(acme.calendar_id)
    assert booking is not None
    mapping = rows_of(mapping_of(acme.calendar_id))
    found = preview(db.session.get_one(Team, acme.team_id), mapping, material_of(booking))
    assert sent(found)["contacts.email"] == "mika@acme.com"
    assert found.contact.state == "duplicate"


def test_with_hubspot_down_the_values_are_shown_and_the_rest_stays_open(acme: Any) -> None:
    acme.fault(action="status", status=503, times=None)
    found = look(acme, "Sato Mika", "mika@acme.com", "Acme")
    assert sent(found)["companies.name"] == "Acme"
    assert found.company.state == found.contact.state == "unknown"
    assert found.company.code == "hubspot_busy"
    assert found.associated is None


def test_a_missing_right_for_companies_leaves_the_contact_to_be_looked_up(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/companies/search", times=None)
    found = look(acme, "Sato Mika", "mika@acme.com", "Acme")
    assert (found.company.state, found.company.code) == ("unknown", "permission_missing")
    assert found.contact.state == "new"


@pytest.mark.parametrize(("state", "code"), [("disconnected", "not_connected"), ("lost", "access_lost")])
def test_without_access_no_call_is_made(acme: Any, state: str, code: str) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": state, "lost_code": "access_lost"})
    found: list[Preview] = []
    assert acme.calls_of(lambda: found.append(look(acme, "Sato Mika", "mika@acme.com", "Acme"))) == []
    assert (found[0].company.code, found[0].contact.code) == (code, code)


def test_an_access_that_expired_for_want_of_a_post_is_not_used(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"connected_at": now() - timedelta(days=181)})
    found: list[Preview] = []
    assert acme.calls_of(lambda: found.append(look(acme, "Sato Mika", "mika@acme.com", "Acme"))) == []
    assert found[0].company.code == "idle_expired"


def test_without_the_premium_plan_no_call_is_made(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Team).update({"plan": "basic"})
    found: list[Preview] = []
    assert acme.calls_of(lambda: found.append(look(acme, "Sato Mika", "mika@acme.com", "Acme"))) == []
    assert found[0].contact.code == "plan"


def test_a_record_that_cannot_be_is_said_to_be_none(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"contacts_on": False})
    found = look(acme, "Sato Mika", "mika@gmail.com", "")
    assert (found.company.state, found.contact.state, found.associated) == ("none", "none", False)
    acme.map("companies", "city", f"question:{acme.question(Part.NAME).id}")
    assert look(acme, "Sato Mika", "mika@gmail.com", "").company.state == "no_key"


def test_hubspots_own_company_is_warned_of_when_ours_lacks_the_domain(acme: Any) -> None:
    assert look(acme, "Sato Mika", "mika@acme.com", "Acme").own_company_domain == ""
    assert look(acme, "Sato Mika", "mika@gmail.com", "Acme").own_company_domain == ""
    with write_transaction() as session:
        session.query(MappingRecord).update({"companies_on": False})
    assert look(acme, "Sato Mika", "mika@acme.com", "Acme").own_company_domain == "acme.com"
