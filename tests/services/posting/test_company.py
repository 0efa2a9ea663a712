"""Which company a booking means: names that are none, signs, deleted and merged ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine

from hubsync.domain.questions import Kind
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.posting.forgotten_companies import doubt
from hubsync.store import db, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from tests.kit.clock import later

SEARCH = "POST /crm/objects/2026-09/companies/search"
COMPANY = "POST /crm/objects/2026-09/companies"
CONTACT = "POST /crm/objects/2026-09/contacts"


def left_out(delivery: Any) -> list[tuple[str, str, str]]:
    return [
        (each["property"], each["code"], each["shown"]) for each in delivery.remarks if each["kind"] == "left_out"
    ]


def make(acme: Any, what: str = "companies", **properties: str) -> str:
    """A record that somebody made in HubSpot."""
    answer = requests.post(
        f"{acme.sandbox.url}/crm/v3/objects/{what}",
        json={"properties": properties},
        headers={"Authorization": f"Bearer {acme.token()}"},
        timeout=60,
    )
    assert answer.ok, answer.text
    return str(answer.json()["id"])


def merge(acme: Any, primary: str, other: str) -> None:
    acme.merge("companies", primary, other)


def forget_all() -> None:
    with write_transaction() as session:
        session.query(KnownCompany).delete()


# ---- names that are no company


@pytest.mark.parametrize("typed", ["なし", "N/A", "-", "個人", "フリーランス"])
def test_for_a_name_that_is_none_alone_no_company_is_posted_or_claimed_and_the_delivery_says_so(
    acme: Any, typed: str
) -> None:
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@gmail.com", typed))
    assert calls == [CONTACT]
    delivery = read_delivery(1)
    assert (delivery.state, delivery.company, delivery.contact) == ("posted", "none", "created")
    assert left_out(delivery) == [
        ("name", "no_company_name", typed),
        ("domain", "free_email_domain", "gmail.com"),
    ]
    assert db.session.query(KnownCompany).count() == 0


def test_a_name_that_is_none_beside_a_domain_is_not_written_into_the_company(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "なし")
    (company,) = acme.records("companies")
    assert (company["properties"]["domain"], company["properties"]["name"]) == ("acme.co.jp", None)
    assert left_out(delivery) == [("name", "no_company_name", "なし")]


def test_two_guests_without_a_company_share_none(acme: Any) -> None:
    for number in range(2):
        acme.book("Sato Mika", f"mika{number}@gmail.com", "None")
    assert acme.records("companies") == []
    assert [acme.companies_of(contact) for contact in acme.records("contacts")] == [set(), set()]


def test_values_that_make_no_company_are_remarked_as_such(acme: Any) -> None:
    acme.map("companies", "city", "fact:calendar")
    delivery = acme.book("Sato Mika", "mika@gmail.com", "なし")
    assert delivery.company == "none"
    assert {"kind": "no_company_key"} in delivery.remarks
    assert acme.records("companies") == []


def test_a_booking_of_which_every_row_is_left_out_says_why(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"contacts_on": False})
    delivery = acme.book("Sato Mika", "mika@gmail.com", "個人")
    assert (delivery.state, delivery.reason) == ("skipped", "nothing_mapped")
    assert [code for _, code, _ in left_out(delivery)] == ["no_company_name", "free_email_domain"]


# ---- one search


ODD = [
    'Acme "Best" Inc',
    "A*",
    "Acme* ?",
    "Foo OR Bar",
    "NOT Acme",
    "a\\b",
    "'; DROP TABLE x",
    "<b>&amp;</b>",
    "AT&T {x}:[1]",
]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.quick_cases(4)
def test_signs_that_mean_something_elsewhere_find_their_own_company_and_no_other(acme: Any, name: str) -> None:
    for other in ("Acme", "Acme Best Inc", "Foo", "A", "Ab", "AT&T", f"{name} 2"):
        make(acme, name=other)
    first = acme.book("Sato Mika", "mika@gmail.com", name)
    assert first.company == "created"
    forget_all()
    again = acme.book("Kato Rei", "rei@gmail.com", f" {name.upper()} ")
    assert (again.company, again.company_id, again.company_matches) == ("duplicate", first.company_id, 1)


@pytest.mark.parametrize(
    "there",
    [
        {"domain": "acme.co.jp"},
        {"domain": "WWW.acme.co.jp"},
        {"domain": "holding.jp", "hs_additional_domains": "x.jp;acme.co.jp"},
        {"name": "ＡＣＭＥ　社"},
        {"name": "acme 社"},
    ],
)
def test_one_search_finds_a_company_by_each_of_its_names(acme: Any, there: dict[str, str]) -> None:
    acme.settings(normalise_domains=False)
    made = make(acme, **{name: value for name, value in there.items() if name != "hs_additional_domains"})
    if "hs_additional_domains" in there:
        merge(acme, made, make(acme, domain="acme.co.jp"))
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "ＡＣＭＥ　社"))
    assert calls == [SEARCH, CONTACT]
    assert (read_delivery(1).company, read_delivery(1).company_id) == ("duplicate", made)


@pytest.mark.parametrize("there", ["アクメ.jp", "xn--cck0a4k.jp"])
def test_a_domain_in_other_letters_is_found_however_hubspot_has_it(acme: Any, there: str) -> None:
    acme.settings(normalise_domains=False)
    made = make(acme, domain=there)
    website = acme.add_question("Website", Kind.TEXT)
    with write_transaction() as session:
        session.query(MappingRow).filter_by(property_name="domain").update({"information": f"question:{website}"})
    delivery = acme.book("Sato Mika", "mika@gmail.com", "", answers={website: "https://www.アクメ.jp/会社"})
    assert (delivery.company, delivery.company_id) == ("duplicate", made)


# ---- remembered, and gone


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("new_record", [False, True])
def test_the_contact_of_a_remembered_company_that_was_merged_away_ends_at_the_one_that_is_left(
    acme: Any, accepted: bool, new_record: bool
) -> None:
    acme.settings(associations_accept_merged_ids=accepted, merge_makes_new_record=new_record)
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    merge(acme, make(acme, domain="holding.jp", name="Holding"), first.company_id)
    second = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert (second.state, second.company, second.association) == ("posted", "duplicate", "made")
    (left,) = acme.records("companies")
    assert left["id"] != first.company_id
    assert [acme.companies_of(contact) for contact in acme.records("contacts")] == [{left["id"]}, {left["id"]}]


def test_after_a_merge_hubspot_is_asked_once_and_then_remembered_anew(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    merge(acme, make(acme, domain="holding.jp", name="Holding"), first.company_id)
    assert acme.calls_of(lambda: acme.book("Kato Rei", "rei@acme.co.jp", "Acme")) == [CONTACT, SEARCH, CONTACT]
    assert acme.calls_of(lambda: acme.book("Ito Ai", "ai@acme.co.jp", "Acme")) == [CONTACT]


@pytest.mark.parametrize("status", [400, 404])
def test_an_answer_that_names_the_remembered_company_means_that_it_is_gone(acme: Any, status: int) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    words = f"No record with id {first.company_id} exists."
    body = {"status": "error", "message": words, "category": "VALIDATION_ERROR"}
    acme.fault(action="status", status=status, method="POST", path="/contacts", body=body, times=1)
    calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@acme.co.jp", "Acme"))
    assert calls == [CONTACT, SEARCH, CONTACT]


def test_without_the_contacts_section_a_deleted_company_is_noticed_after_five_minutes(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"contacts_on": False})
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.delete("companies", first.company_id)
    assert acme.book("Kato Rei", "rei@acme.co.jp", "Acme").company_id == first.company_id
    with time_machine.travel(now() + timedelta(minutes=6), tick=True):
        third = acme.book("Ito Ai", "ai@acme.co.jp", "Acme")
    assert third.company == "created"
    assert third.company_id != first.company_id


def test_forgetting_a_company_leaves_the_others_remembered(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.book("Kato Rei", "rei@other.co.jp", "Other")
    doubt("1234567", first.company_id)
    assert acme.calls_of(lambda: acme.book("Ito Ai", "ai@other.co.jp", "Other")) == [CONTACT]
    assert acme.calls_of(lambda: acme.book("Abe Jun", "jun@acme.co.jp", "Acme")) == [SEARCH, CONTACT]


def test_what_hubspot_had_before_the_booking_is_not_what_a_worker_that_died_created(acme: Any) -> None:
    make(acme, name="Acme", domain="acme.co.jp")
    with later(hours=1):
        acme.fault(action="status", status=503, method="POST", path="/companies/search", times=1)
        delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:  # as its row is from the claim on until the company is found
        session.query(Delivery).filter_by(id=delivery.id).update({"company": "intent"})
    with later(hours=3):
        acme.hubspot_recovers()
        run_due()
    ended = read_delivery(delivery.id)
    assert (ended.state, ended.company, ended.contact) == ("posted", "duplicate", "created")


@pytest.mark.parametrize("by_another", [True, False])
def test_what_another_booking_created_meanwhile_is_not_what_a_worker_that_died_created(
    acme: Any, by_another: bool
) -> None:
    acme.fault(action="status", status=503, method="POST", path="/companies/search", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.hubspot_recovers()
    other = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert (other.state, other.company) == ("posted", "created")
    with write_transaction() as session:
        session.query(Delivery).filter_by(id=delivery.id).update({"company": "intent"})
        if not by_another:  # that one found what this one created
            session.query(Delivery).filter_by(id=other.id).update({"company": "duplicate"})
    with later(hours=3):
        run_due()
    ended = read_delivery(delivery.id)
    assert (ended.company_id, ended.company) == (other.company_id, "duplicate" if by_another else "created")
