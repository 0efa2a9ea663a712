"""Which properties HubSpot is known to require: what it refused records for lately."""

from __future__ import annotations

from typing import Any

from hubsync.domain.mapping import Section
from hubsync.domain.questions import Kind
from hubsync.services.mapping.hints import read_recent_refusals
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery


def required(acme: Any, calendar_id: int = 0) -> dict[Section, tuple[str, ...]]:
    end_read()
    found = read_recent_refusals(acme.team_id, calendar_id or acme.calendar_id)
    end_read()
    return dict(found.required)


def refuse(acme: Any, name: str = "industry") -> None:
    """Let HubSpot refuse the next company as it does when *name* is required in the account."""
    acme.fault(
        action="status",
        status=400,
        path="/objects/2026-09/companies",
        except_path="/search",
        times=1,
        body={
            "status": "error",
            "message": "The property values provided are invalid",
            "correlationId": "c",
            "category": "VALIDATION_ERROR",
            "errors": [
                {
                    "message": f"{name} is required",
                    "code": "MISSING_REQUIRED_PROPERTY",
                    "context": {"propertyName": [name]},
                }
            ],
        },
    )


def test_nothing_is_required_before_hubspot_has_refused_anything(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    assert required(acme) == {}


def test_a_refusal_for_the_lack_of_a_property_names_it_for_every_calendar(acme: Any) -> None:
    refuse(acme)
    delivery = acme.book("Sato Mika", "mika@acme.com", "Acme")
    assert (delivery.company, delivery.state) == ("refused", "partial")
    assert required(acme) == {Section.COMPANIES: ("industry",)}
    assert required(acme, calendar_id=999) == {Section.COMPANIES: ("industry",)}


def test_a_newer_record_of_the_same_calendar_ends_it(acme: Any) -> None:
    refuse(acme)
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    acme.book("Ito Ken", "ken@beta.com", "Beta")
    assert required(acme) == {}
    assert required(acme, calendar_id=999) == {Section.COMPANIES: ("industry",)}


def test_refusals_of_another_account_do_not_count(acme: Any) -> None:
    refuse(acme)
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    with write_transaction() as session:
        session.query(Connection).update({"hubspot_account_id": "7654321"})
    assert required(acme) == {}


def test_other_refusals_name_nothing(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/objects/2026-09/companies", times=1)
    acme.book("Sato Mika", "mika@acme.com", "Acme")
    assert db.session.query(Delivery).one().company == "refused"
    assert required(acme) == {}


def test_a_value_that_hubspot_did_not_take_is_named_until_it_takes_one(acme: Any) -> None:
    number = acme.add_question("Size", Kind.TEXT)
    acme.map("companies", "numberofemployees", f"question:{number}")  # a number at HubSpot, a text to us
    acme.book("Sato Mika", "mika@acme.com", "Acme", answers={number: "many"})
    assert acme.records("companies")[0]["properties"]["name"] == "Acme"
    found = read_recent_refusals(acme.team_id, acme.calendar_id)
    assert found.not_taken[Section.COMPANIES] == {"numberofemployees"}
    assert read_recent_refusals(acme.team_id, 999).not_taken == {}
    end_read()
    acme.book("Ito Ken", "ken@beta.com", "Beta", answers={number: "12"})
    assert read_recent_refusals(acme.team_id, acme.calendar_id).not_taken[Section.COMPANIES] == frozenset()
