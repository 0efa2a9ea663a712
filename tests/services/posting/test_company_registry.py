"""One company, once: the memory and the claim."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.domain.matching import CompanyKeys
from hubsync.errors import CompanyBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.posting import company_memory, company_registry, forgotten_companies
from hubsync.store import write_transaction
from hubsync.store.mappings import MappingRecord
from tests.services.posting.test_company import merge

KEYS = CompanyKeys(domain="acme.com", name="acme")
DAY = timedelta(hours=24)


def claim(keys: CompanyKeys = KEYS, seconds: float = 0) -> company_registry.Claim:
    return company_registry.claim("1234567", keys, DAY, Deadline.after(seconds))


def remember(keys: CompanyKeys = KEYS, company_id: str = "42") -> None:
    with write_transaction() as session:
        company_memory.remember(session, "1234567", keys, company_id)


def test_a_remembered_company_is_recalled_by_either_key_of_its_own_account(acme: Any) -> None:
    remember()
    assert company_memory.recall("1234567", CompanyKeys(domain="acme.com"), DAY) == "42"
    assert company_memory.recall("1234567", CompanyKeys(name="acme"), DAY) == "42"
    assert company_memory.recall("7654321", KEYS, DAY) is None


def test_the_domain_beats_the_name(acme: Any) -> None:
    remember(CompanyKeys(name="acme"), "1")
    remember(CompanyKeys(domain="acme.com"), "2")
    assert company_memory.recall("1234567", KEYS, DAY) == "2"


def test_memory_ends_after_a_day(acme: Any) -> None:
    remember()
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert company_memory.recall("1234567", KEYS, DAY) is None
        assert claim().company_id is None


def test_without_the_contacts_section_memory_counts_five_minutes(acme: Any) -> None:
    assert company_memory.trusted_for(contact_follows=True) == timedelta(hours=24)
    assert company_memory.trusted_for(contact_follows=False) == timedelta(minutes=5)


def test_a_claim_on_one_key_holds_everybody_with_that_key(acme: Any) -> None:
    claim(CompanyKeys(domain="acme.com", name="acme"))
    with pytest.raises(CompanyBusy):
        claim(CompanyKeys(domain="acme.co.jp", name="acme"))
    assert claim(CompanyKeys(domain="other.com", name="other")).company_id is None


def test_whoever_waits_gets_the_id_of_the_winner(acme: Any) -> None:
    claim()
    timer = threading.Timer(0.3, _remember_elsewhere, args=(acme.app,))
    timer.start()
    assert claim(seconds=5).company_id == "42"
    timer.join()


def _remember_elsewhere(app: Any) -> None:
    with app.app_context():
        remember()


def test_a_claim_whose_holder_died_expires(acme: Any) -> None:
    claim()
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        assert claim().company_id is None


def test_a_create_without_an_answer_holds_everybody_for_a_minute(acme: Any) -> None:
    holder = claim().holder
    with write_transaction() as session:
        company_registry.announce_create(session, holder, "")
    company_registry.release(holder, keeps_note=True)
    with pytest.raises(CompanyBusy) as busy:
        claim()
    assert 50 < busy.value.wait_seconds <= 60
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        assert claim().company_id is None


def test_a_claim_given_up_before_anything_was_sent_frees_the_company_at_once(acme: Any) -> None:
    holder = claim().holder
    company_registry.release(holder, keeps_note=False)
    assert claim().company_id is None


def test_eight_bookings_of_one_new_company_at_one_instant_make_it_once(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)
    states: list[str] = []

    def book(number: int) -> None:
        with acme.app.app_context():
            states.append(acme.book("Sato Mika", f"guest{number}@acme.co.jp", "Acme").state)

    threads = [threading.Thread(target=book, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["posted"] * 8
    (company,) = acme.records("companies")
    assert [acme.companies_of(contact) for contact in acme.records("contacts")] == [{company["id"]}] * 8


@pytest.mark.parametrize("happened", ["nothing", "deleted", "merged"])
def test_eight_bookings_at_one_instant_ask_about_an_old_company_once(acme: Any, happened: str) -> None:
    nameless = acme.book("Mori Jun", "jun@beta.co.jp").company_id
    known = acme.book("Sato Mika", "mika@gmail.com", "ａｃｍｅ").company_id
    if happened == "deleted":
        acme.delete("companies", known)
    if happened == "merged":
        merge(acme, nameless, known)
    start, made = threading.Barrier(8), []

    def book(number: int) -> None:
        with acme.app.app_context():
            start.wait()
            delivery = acme.book("Kato Rei", f"guest{number}@gmail.com", "Acme" if number % 2 else "ACME")
            made.append((delivery.state, delivery.company_id))

    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        threads = [threading.Thread(target=book, args=(number,)) for number in range(8)]
        calls = acme.calls_of(lambda: [*(each.start() for each in threads), *(each.join() for each in threads)])
    ((state, company_id),) = set(made)
    assert (state, len(made)) == ("posted", 8)
    assert [each.startswith("GET ") for each in calls].count(True) == (happened != "nothing")
    assert sum(each.endswith("/search") for each in calls) == 1
    assert {"nothing": known, "merged": nameless}.get(happened, company_id) == company_id
    assert len(acme.records("companies")) == (1 if happened == "merged" else 2)


def test_a_company_that_is_gone_is_forgotten_in_its_own_account_only(acme: Any) -> None:
    remember()
    with write_transaction() as session:
        company_memory.remember(session, "7654321", KEYS, "42")
    forgotten_companies.doubt("1234567", "42")
    assert company_memory.recall("1234567", KEYS, DAY) is None
    assert company_memory.recall("7654321", KEYS, DAY) == "42"


def test_without_the_contacts_section_an_older_company_is_searched_again(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"contacts_on": False})
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert acme.calls_of(lambda: acme.book("Kato Rei", "rei@acme.co.jp", "Acme")) == []
    with time_machine.travel(now() + timedelta(minutes=6), tick=True):
        calls = acme.calls_of(lambda: acme.book("Ito Ai", "ai@acme.co.jp", "Acme"))
    assert calls == ["POST /crm/objects/2026-09/companies/search"]


def test_for_a_booking_without_an_email_an_older_company_is_searched_again_too(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.delete("companies", first.company_id)
    with time_machine.travel(now() + timedelta(minutes=6), tick=True):
        calls = acme.calls_of(lambda: acme.book("Kato Rei", "", "Acme"))
    companies = "/crm/objects/2026-09/companies"
    assert calls == [f"POST {companies}/search", f"GET {companies}/{first.company_id}", f"POST {companies}"]


class TestWithoutMemory:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"COMPANY_MEMORY_HOURS": "0"}

    def test_a_company_still_counts_for_as_long_as_hubspots_search_may_lag(self, acme: Any) -> None:
        acme.settings(search_lag_seconds=3600)
        acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert acme.book("Kato Rei", "rei@acme.co.jp", "Acme").company == "duplicate"
        assert company_memory.trusted_for(contact_follows=True) == timedelta(seconds=60)


def test_a_lost_answer_holds_everybody_even_where_an_older_company_was_remembered(acme: Any) -> None:
    remember()
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        holder = claim().holder
        with write_transaction() as session:
            assert company_registry.announce_create(session, holder, "") == 2
        company_registry.release(holder, keeps_note=True)
        with pytest.raises(CompanyBusy):
            claim()
