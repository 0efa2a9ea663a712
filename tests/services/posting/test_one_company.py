"""One company, once: what HubSync knew is asked about when it is trusted no more, and followed when it was merged.

HubSpot compares names without regard to case only, while guests write them in all widths.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine

from hubsync.domain.matching import company_keys
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.posting import company_memory, company_registry, forgotten_companies
from hubsync.services.posting.company_memory import recall_doubtful
from hubsync.store import end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.web.mapping.preview_text import record_lines
from tests.kit.previews import look
from tests.services.posting.test_company import COMPANY, CONTACT, SEARCH, forget_all, make, merge

ONE = f"GET {COMPANY.removeprefix('POST ')}/"
PAIRS = [
    ("ａｃｍｅ", "Acme"),
    ("ABC　株式会社", "ABC 株式会社"),
    ("ＡＢＣ株式会社", "ABC株式会社"),
    ("Acme  Inc", "Acme Inc"),
    ("Acme\u00a0Inc", "Acme Inc"),
    ("ｱｸﾒ", "アクメ"),
    ("㈱青空", "(株)青空"),
    ("Straße", "STRASSE"),
    ("Acme\u200bInc", "AcmeInc"),
    ("Acme™", "AcmeTM"),
    ("5＂ Rockets", '5" ROCKETS'),
    ("Ⅳ Partners", "iv partners"),
]
FREE = "ai@gmail.com"


def a_day_later() -> Any:
    return time_machine.travel(now() + timedelta(hours=25), tick=True)


def rename(acme: Any, company_id: str, name: str) -> None:
    answer = requests.patch(
        f"{acme.sandbox.url}/crm/v3/objects/companies/{company_id}",
        json={"properties": {"name": name}},
        headers={"Authorization": f"Bearer {acme.token()}"},
        timeout=60,
    )
    assert answer.ok, answer.text


def doubled(acme: Any) -> list[str]:
    """The keys that more than one company has."""
    keys = [
        key
        for each in acme.records("companies")
        for key in company_keys({name: value for name, value in each["properties"].items() if value}).texts()
    ]
    return sorted({key for key in keys if keys.count(key) > 1})


# ---- age ends trust, not knowledge


@pytest.mark.parametrize(
    ("first", "second"),
    # How names compare is the domain's, and tested there for many; whether HubSpot is asked so that it finds them
    # takes bookings, two of them for each pair.
    [pytest.param(*pair, marks=pytest.mark.slow if number > 1 else []) for number, pair in enumerate(PAIRS)],
)
def test_one_company_a_day_later_in_other_letters(acme: Any, first: str, second: str) -> None:
    one = acme.book("Sato Mika", FREE, first).company_id
    with a_day_later():
        previewed = look(acme, "Sato Mika", FREE, second).company
        found: list[Delivery] = []
        calls = acme.calls_of(lambda: found.append(acme.book("Kato Rei", "rei@gmail.com", second)))
    assert (previewed.state, previewed.record_id) == ("duplicate", one)
    assert (found[0].company, found[0].company_id) == ("duplicate", one)
    assert calls == [SEARCH, CONTACT]


@pytest.mark.slow
def test_the_order_of_the_guests_decides_nothing(acme: Any) -> None:
    known = {}
    for number, (second, first) in enumerate(PAIRS):
        known[f"{second} {number}"] = acme.book("Sato Mika", f"{number}@gmail.com", f"{first} {number}").company_id
    with a_day_later():
        for name, company_id in known.items():
            assert acme.book("Kato Rei", "rei@gmail.com", name).company_id == company_id, name


def test_a_booking_without_an_email_asks_about_what_is_older_than_five_minutes(acme: Any) -> None:
    one = acme.book("Sato Mika", "mika@acme.com", "ａｃｍｅ").company_id
    with time_machine.travel(now() + timedelta(seconds=400), tick=True):
        assert acme.book("Sato Mika", "", "Acme").company_id == one


def test_a_booking_that_waited_for_a_month_finds_what_came_meanwhile(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "lost", "lost_code": "access_lost"})
    waiting = acme.book("Ito Ai", FREE, "Acme")
    assert waiting.state == "waiting"
    with write_transaction() as session:
        session.query(Connection).update({"state": "connected", "lost_code": ""})
    one = acme.book("Kato Rei", "rei@acme.com", "ａｃｍｅ").company_id
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        assert retry(waiting.id).company_id == one


def test_what_is_found_by_its_id_is_trusted_again(acme: Any) -> None:
    acme.book("Sato Mika", FREE, "ａｃｍｅ")
    with a_day_later():
        acme.book("Kato Rei", "rei@gmail.com", "Acme")
        assert acme.calls_of(lambda: acme.book("Mori Jun", "jun@gmail.com", "ACME")) == [CONTACT]


def test_a_company_that_somebody_renamed_meanwhile_does_not_count(acme: Any) -> None:
    one = acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id
    rename(acme, one, "Beta")
    with a_day_later():
        assert look(acme, "Kato Rei", "rei@gmail.com", "Acme").company.state == "new"
        found: list[Delivery] = []
        calls = acme.calls_of(lambda: found.append(acme.book("Kato Rei", "rei@gmail.com", "Acme")))
        assert (found[0].company, found[0].company_id == one) == ("created", False)
        assert calls == [SEARCH, COMPANY, CONTACT]
        assert acme.book("Mori Jun", "jun@gmail.com", "Beta").company_id == one


def test_a_company_that_was_deleted_meanwhile_is_made_anew(acme: Any) -> None:
    one = acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id
    acme.delete("companies", one)
    with a_day_later():
        assert look(acme, "Kato Rei", "rei@gmail.com", "Acme").company.state == "new"
        calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@gmail.com", "Acme"))
        assert calls == [SEARCH, ONE + one, COMPANY, CONTACT]
        assert acme.calls_of(lambda: acme.book("Mori Jun", "jun@gmail.com", "Acme")) == [CONTACT]


def test_a_company_that_the_search_does_not_show_yet_is_read_by_its_id(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)
    one = acme.book("Sato Mika", "mika@acme.com", "ａｃｍｅ").company_id
    with time_machine.travel(now() + timedelta(seconds=400), tick=True):
        assert acme.book("Sato Mika", "", "Acme").company_id == one


def test_the_name_stays_known_by_the_company_that_has_it_where_another_has_the_domain(acme: Any) -> None:
    named = acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id
    by_domain = acme.book("Kato Rei", "rei@acme.com", "Acme Japan").company_id
    with a_day_later():
        assert acme.book("Mori Jun", "jun@acme.com", "Acme").company_id == by_domain
    with time_machine.travel(now() + timedelta(hours=51), tick=True):
        assert acme.book("Abe Go", "go@gmail.com", "ACME").company_id == named
    assert doubled(acme) == []


def test_a_name_stays_known_while_its_company_was_not_seen_without_it(acme: Any) -> None:
    nameless = acme.book("Mori Jun", "jun@beta.co.jp").company_id
    merge(acme, nameless, acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id)
    acme.book("Kato Rei", "rei@acme.com", "Acme Japan")
    with a_day_later():
        acme.book("Ito Ken", "ken@acme.com", "Acme")
    with time_machine.travel(now() + timedelta(hours=51), tick=True):
        assert acme.book("Abe Go", "go@gmail.com", "Acme").company_id == nameless
    assert doubled(acme) == []


def test_a_claim_that_found_nothing_new_leaves_what_was_known(acme: Any) -> None:
    one = acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id
    with a_day_later():
        acme.fault(action="status", status=503, path="/companies/search", times=1)
        assert acme.book("Kato Rei", "rei@gmail.com", "Acme").state == "retrying"
        assert recall_doubtful("1234567", company_keys({"name": "Acme"})).ids == (one,)
        end_read()
        acme.hubspot_recovers()
        assert acme.book("Mori Jun", "jun@gmail.com", "Acme").company_id == one


def test_while_a_claim_is_held_nobody_trusts_what_it_is_about(acme: Any) -> None:
    keys = company_keys({"name": "Acme"})
    with write_transaction() as session:
        company_memory.remember(session, "1234567", keys, "90001")
    ten_minutes, day = timedelta(minutes=10), timedelta(hours=24)
    with time_machine.travel(now() + ten_minutes, tick=True):
        held = company_registry.claim("1234567", keys, timedelta(minutes=5), deadline_now())
        assert dict(held.doubtful) == {"name:acme": "90001"}
        assert company_memory.recall("1234567", keys, day) is None
        forgotten_companies.doubt("1234567", "90001")
        with pytest.raises(company_registry.CompanyBusy):
            company_registry.claim("1234567", keys, day, deadline_now())
        company_registry.release(held.holder, keeps_note=False)
        assert dict(company_registry.claim("1234567", keys, day, deadline_now()).doubtful) == {
            "name:acme": "90001"
        }


def deadline_now() -> Any:
    return company_registry.Deadline.after(0)


# ---- merged, or gone


def merged_into_a_nameless_one(acme: Any) -> str:
    """`ａｃｍｅ` is merged into a company without a name, which takes the name over."""
    nameless: str = acme.book("Mori Jun", "jun@beta.co.jp").company_id
    merge(acme, nameless, acme.book("Sato Mika", "mika@acme.com", "ａｃｍｅ").company_id)
    return nameless


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("hours", [0, 25])
def test_a_merged_company_is_followed(acme: Any, accepted: bool, hours: int) -> None:
    acme.settings(associations_accept_merged_ids=accepted)
    left = merged_into_a_nameless_one(acme)
    with time_machine.travel(now() + timedelta(hours=hours), tick=True):
        delivery = acme.book("Ito Ai", FREE, "Acme")
    assert (delivery.state, delivery.company, delivery.association) == ("posted", "duplicate", "made")
    assert [acme.companies_of(contact) for contact in acme.records("contacts")] == [{left}] * 3
    with time_machine.travel(now() + timedelta(hours=51), tick=True):
        assert acme.book("Abe Go", "go@gmail.com", "ACME").company_id in {left, delivery.company_id}
    assert len(acme.records("companies")) == 1


def test_following_costs_one_read_and_is_remembered(acme: Any) -> None:
    left = merged_into_a_nameless_one(acme)
    calls = acme.calls_of(lambda: acme.book("Ito Ai", FREE, "Acme"))
    assert calls == [CONTACT, SEARCH, calls[2], CONTACT]
    assert calls[2].startswith(ONE)
    assert acme.book("Abe Go", "go@gmail.com", "Acme").company_id == left
    assert acme.calls_of(lambda: acme.book("Abe Ken", "ken@gmail.com", "Acme")) == [CONTACT]


@pytest.mark.parametrize("hours", [0, 25])
def test_a_company_merged_into_one_with_neither_key_is_that_one(acme: Any, hours: int) -> None:
    merged = acme.book("Sato Mika", FREE, "Acme").company_id
    holding = make(acme, name="Holding", domain="holding.jp")
    merge(acme, holding, merged)
    with time_machine.travel(now() + timedelta(hours=hours), tick=True):
        if hours:
            found = look(acme, "Kato Rei", "rei@gmail.com", "Acme")
            company = found.company
            assert (company.state, company.by, company.record_id) == ("duplicate", "merged", holding)
            with acme.app.test_request_context():
                assert "merged into another one" in record_lines(found, None)[0].sentence
        delivery = acme.book("Kato Rei", "rei@gmail.com", "Acme")
    assert (delivery.company, delivery.company_id, delivery.association) == ("duplicate", holding, "made")


def test_what_the_search_finds_beats_what_was_merged(acme: Any) -> None:
    merge(acme, make(acme, name="Holding"), acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id)
    other = make(acme, name="ACME")
    assert acme.book("Kato Rei", "rei@gmail.com", "Acme").company_id == other


def two_remembered(acme: Any) -> tuple[str, str]:
    by_name = acme.book("Ito Ai", FREE, "Acme").company_id
    return acme.book("Mori Jun", "jun@beta.co.jp").company_id, by_name


@pytest.mark.parametrize("gone", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("hours", [0, 25])
@pytest.mark.quick_cases(2)
def test_a_guest_is_not_refused_because_remembered_companies_are_gone(
    acme: Any, gone: tuple[int, ...], hours: int
) -> None:
    known = two_remembered(acme)
    for number in gone:
        acme.delete("companies", known[number])
    with time_machine.travel(now() + timedelta(hours=hours), tick=True):
        delivery = acme.book("Abe Go", "go@beta.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.association) == ("posted", "", "made")
    assert delivery.company_id in {each["id"] for each in acme.records("companies")}
    assert [each for each in delivery.remarks if each["kind"] == "refused"] == []
    assert doubled(acme) == []


def test_an_association_that_a_retry_adds_follows_a_merged_company_too(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/companies/search", times=1)
    first = acme.book("Ito Ai", FREE, "Acme")
    assert (first.state, first.company, first.contact) == ("partial", "refused", "created")
    known = acme.book("Kato Rei", "rei@gmail.com", "ａｃｍｅ").company_id
    nameless = acme.book("Mori Jun", "jun@beta.co.jp").company_id
    merge(acme, nameless, known)
    acme.hubspot_recovers()
    ended = retry(first.id)
    assert (ended.state, ended.company_id, ended.association) == ("posted", nameless, "made")


def test_the_company_of_an_earlier_attempt_that_was_merged_is_followed(acme: Any) -> None:
    acme.fault(action="status", status=503, method="POST", path="/contacts", times=1, when="before")
    first = acme.book("Ito Ai", FREE, "ａｃｍｅ")
    assert (first.state, first.company) == ("retrying", "created")
    merge(acme, make(acme, name="Holding"), first.company_id)
    forget_all()
    acme.hubspot_recovers()
    ended = retry(first.id)
    assert (ended.state, ended.company, ended.association) == ("posted", "duplicate", "made")
    assert len(acme.records("companies")) == 1


def test_a_read_that_hubspot_refuses_is_no_refusal_of_the_company(acme: Any) -> None:
    one = acme.book("Sato Mika", FREE, "Acme").company_id
    acme.delete("companies", one)
    acme.fault(action="status", status=400, method="GET", path=f"/companies/{one}", times=1)
    delivery = acme.book("Kato Rei", "rei@gmail.com", "Acme")
    assert (delivery.state, delivery.company) == ("posted", "created")


def test_a_read_that_fails_in_passing_is_tried_again(acme: Any) -> None:
    left = merged_into_a_nameless_one(acme)
    acme.fault(action="status", status=503, method="GET", path="/companies/", times=1)
    waiting = acme.book("Ito Ai", FREE, "Acme")
    assert (waiting.state, waiting.company) == ("retrying", "")
    acme.hubspot_recovers()
    assert retry(waiting.id).company_id == left


def test_without_contacts_a_company_merged_a_while_ago_is_followed(acme: Any) -> None:
    left = merged_into_a_nameless_one(acme)
    with write_transaction() as session:
        session.query(MappingRecord).update({"contacts_on": False})
    with time_machine.travel(now() + timedelta(minutes=6), tick=True):
        acme.book("Ito Ai", FREE, "Acme")
    assert read_delivery(3).company_id == left


@pytest.mark.parametrize("times", [1, 2])
def test_a_company_that_the_search_shows_for_a_moment_longer_refuses_no_guest(acme: Any, times: int) -> None:
    there = make(acme, name="Acme")
    body = {"status": "error", "message": f"No record with id {there} exists.", "category": "VALIDATION_ERROR"}
    acme.fault(action="status", status=400, method="POST", path="/contacts", body=body, times=times)
    if times == 2:
        acme.fault(action="status", status=404, method="GET", path=f"/companies/{there}", times=1)
    delivery = acme.book("Ito Ai", FREE, "Acme")
    assert (delivery.state, delivery.association) == ("posted", "made")
    assert delivery.company == ("duplicate" if times == 1 else "created")


def test_a_company_that_hubspot_says_is_there_and_refuses_refuses_the_contact_in_the_end(acme: Any) -> None:
    there = make(acme, name="Acme")
    body = {"status": "error", "message": f"No record with id {there} exists.", "category": "VALIDATION_ERROR"}
    acme.fault(action="status", status=400, method="POST", path="/contacts", body=body, times=None)
    found: list[Delivery] = []
    calls = acme.calls_of(lambda: found.append(acme.book("Ito Ai", FREE, "Acme")))
    assert (found[0].state, found[0].reason, found[0].contact) == ("partial", "record_gone", "refused")
    assert calls == [SEARCH, CONTACT, SEARCH, CONTACT, SEARCH, ONE + there, CONTACT]
    assert acme.records("contacts") == []
