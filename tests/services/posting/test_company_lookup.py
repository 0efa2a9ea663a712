"""A look-up that HubSpot refuses is no record that HubSpot refuses."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import end_read
from hubsync.store.deliveries import Delivery
from hubsync.web.mapping.preview_text import record_lines
from hubsync.web.shell.reasons import explain_remark
from tests.kit.previews import look
from tests.services.posting.test_company import COMPANY, CONTACT, SEARCH, forget_all, make, merge

FREE, AT_ACME = "mika@gmail.com", "mika@acme.co.jp"
REFUSED = {"action": "status", "status": 400, "path": "/companies/search"}
NAMED = [
    'Rocket "9',
    "Ｆｕｌｌ　＂Quote",
    'Bob "The" "Builder',
    '"Acme',
    'Acme"',
    '株式会社"青空',
    'a"b',
    '5" x 7" x 9" Box',
    'Ａ＂Ｂ"Ｃ＂ Ltd',
    '"*" OR 1',
    'İ"ı Straße',
    "कंपनी\" Ltd",
]  # fmt: skip
BODIES = [
    {"status": "error", "message": "There was a problem with the request.", "category": "VALIDATION_ERROR"},
    {
        "status": "error",
        "message": "bad",
        "category": "VALIDATION_ERROR",
        "errors": [{"message": "x", "code": "INVALID", "context": {"propertyName": ["name"]}}],
    },
    {
        "status": "error",
        "message": "bad",
        "category": "MISSING_REQUIRED_PROPERTY",
        "errors": [{"message": "x", "code": "MISSING_REQUIRED_PROPERTY", "context": {"propertyName": ["name"]}}],
    },
    {},
]


def unlooked(delivery: Delivery) -> list[str]:
    return [each["unasked"] for each in delivery.remarks if each["kind"] == "not_looked_up"]


# ---- names with an odd number of quotation marks


def test_a_name_that_the_search_does_not_take_is_posted_for_three_calls(acme: Any) -> None:
    for number, name in enumerate(NAMED, 1):
        previewed = look(acme, "Sato Mika", FREE, name).company
        assert (previewed.state, previewed.unasked) == ("new", ""), name
        calls = acme.calls_of(partial(acme.book, "Sato Mika", f"guest{number}@gmail.com", name))
        assert calls == [SEARCH, COMPANY, CONTACT], name
        delivery = read_delivery(number)
        assert (delivery.state, delivery.association, unlooked(delivery)) == ("posted", "made", []), name
    assert [each["properties"]["name"] for each in acme.records("companies")] == NAMED


def test_such_a_company_of_somebody_else_is_found_by_its_words(acme: Any) -> None:
    there = {}
    for name in NAMED:
        for other in (f"{name} 2", name.replace('"', "").replace("＂", "")):
            make(acme, name=other)
        there[name] = make(acme, name=name.upper() if name.isascii() else name)
    for number, name in enumerate(NAMED):
        delivery = acme.book("Sato Mika", f"guest@firm{number}.com", name)
        assert (delivery.state, delivery.company, delivery.company_id) == ("posted", "duplicate", there[name])


def test_such_a_company_by_its_domain_is_found_as_well(acme: Any) -> None:
    for number, name in enumerate(NAMED):
        there = make(acme, name=f"Other {number}", domain=f"firm{number}.com")
        assert acme.book("Sato Mika", f"guest@firm{number}.com", name).company_id == there


@pytest.mark.parametrize("name", [NAMED[0], NAMED[1]])
def test_a_lost_answer_makes_no_second_one(acme: Any, name: str) -> None:
    acme.fault(action="drop", method="POST", path="/companies", when="after", skip=1, times=1)
    first = acme.book("Sato Mika", FREE, name)
    assert (first.state, first.company) == ("retrying", "intent")
    with time_machine.travel(now() + timedelta(hours=2), tick=True):
        run_due()
    ended = read_delivery(first.id)
    end_read()
    assert (ended.state, ended.company) == ("posted", "created")
    assert len(acme.records("companies")) == 1


# ---- any search that is refused


@pytest.mark.parametrize("body", BODIES)
def test_a_refused_search_is_asked_again_by_domain_only(acme: Any, body: dict[str, Any]) -> None:
    there = make(acme, name="Other", domain="acme.co.jp")
    acme.fault(**REFUSED, body=body, times=1)
    calls = acme.calls_of(lambda: acme.book("Sato Mika", AT_ACME, "Acme"))
    assert calls == [SEARCH, SEARCH, CONTACT]
    delivery = read_delivery(1)
    assert (delivery.state, delivery.company_id, unlooked(delivery)) == ("posted", there, [])


def test_a_company_whose_name_nobody_could_look_for_is_created_with_a_remark(acme: Any) -> None:
    acme.fault(**REFUSED, times=1)
    delivery = acme.book("Sato Mika", AT_ACME, "Acme")
    assert (delivery.state, delivery.company, delivery.association) == ("posted", "created", "made")
    assert unlooked(delivery) == ["name"]


@pytest.mark.parametrize(
    ("email", "searches", "body"), [(FREE, 1, BODIES[0]), (AT_ACME, 2, BODIES[1]), (AT_ACME, 2, BODIES[3])]
)
def test_a_company_that_nobody_could_look_for_is_created_with_a_remark(
    acme: Any, email: str, searches: int, body: dict[str, Any]
) -> None:
    acme.fault(**REFUSED, body=body, times=None)
    previewed = look(acme, "Sato Mika", email, "Acme")
    calls = acme.calls_of(lambda: acme.book("Sato Mika", email, "Acme"))
    assert calls == [*[SEARCH] * searches, COMPANY, CONTACT]
    delivery = read_delivery(1)
    assert (delivery.state, delivery.reason, delivery.association) == ("posted", "", "made")
    assert unlooked(delivery) == ["all"]
    assert (previewed.company.state, previewed.company.unasked, previewed.contact.state) == ("new", "all", "new")
    with acme.app.test_request_context():
        told = explain_remark({"kind": "not_looked_up", "unasked": "all"})
        assert "merge the two" in told
        assert record_lines(previewed, None)[0].sentence == told


def test_a_domain_alone_is_not_asked_for_twice(acme: Any) -> None:
    acme.fault(**REFUSED, times=None)
    assert acme.calls_of(lambda: acme.book("Sato Mika", AT_ACME)) == [SEARCH, COMPANY, CONTACT]
    assert unlooked(read_delivery(1)) == ["all"]


def test_our_own_doubles_stay_away_although_nobody_can_look(acme: Any) -> None:
    acme.fault(**REFUSED, times=None)
    first = acme.book("Sato Mika", FREE, "ａｃｍｅ").company_id
    assert acme.book("Kato Rei", "rei@gmail.com", "Acme").company_id == first
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert look(acme, "Mori Jun", "jun@gmail.com", "Acme").company.record_id == first
        assert acme.book("Mori Jun", "jun@gmail.com", "Acme").company_id == first
        merge(acme, make(acme, name="Holding"), first)
        followed = acme.book("Abe Go", "go@gmail.com", "Acme")
    assert (followed.company, followed.association) == ("duplicate", "made")
    assert len(acme.records("companies")) == 1


def test_a_create_whose_answer_was_lost_is_not_repeated_blindly(acme: Any) -> None:
    acme.fault(**REFUSED, times=2)
    acme.fault(action="drop", method="POST", path="/companies", when="after", times=1)
    first = acme.book("Sato Mika", FREE, "Acme")
    assert (first.state, first.company) == ("retrying", "intent")
    with time_machine.travel(now() + timedelta(hours=2), tick=True):
        run_due()
        ended = read_delivery(first.id)
        end_read()
        assert (ended.state, ended.reason, ended.contact) == ("partial", "look_up_refused", "created")
        assert len(acme.records("companies")) == 1
        # Somebody looked in HubSpot, as the page says, and pressed Retry; that counts until it is posted.
        acme.fault(action="status", status=503, path="/companies/search", times=1)
        assert retry(first.id).state == "retrying"
    acme.fault(**REFUSED, times=None)
    with time_machine.travel(now() + timedelta(hours=4), tick=True):
        run_due()
        ended = read_delivery(first.id)
        end_read()
    assert (ended.state, ended.association, [each["kind"] for each in ended.remarks]) == (
        "posted",
        "made",
        ["left_out", "not_looked_up"],
    )


def test_nor_by_another_booking(acme: Any) -> None:
    acme.fault(**REFUSED, times=None)
    acme.fault(action="drop", method="POST", path="/companies", when="after", times=1)
    acme.book("Sato Mika", FREE, "Acme")
    acme.hubspot_recovers()
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        for guest in ("Kato Rei", "Mori Jun"):
            other = acme.book(guest, f"{guest[:4]}@gmail.com".lower(), "ACME")
            assert (other.state, other.reason, other.contact) == ("partial", "look_up_refused", "created")
        # Somebody looked in HubSpot, as the page says, and pressed Retry; now the company is known to all.
        assert retry(other.id).company == "created"
        assert retry(other.id - 1).company == "duplicate"


def test_nor_after_a_look_that_failed(acme: Any) -> None:
    acme.fault(action="drop", method="POST", path="/companies", except_path="/search", when="after", times=1)
    assert acme.book("Sato Mika", FREE, "Acme").company == "intent"
    acme.hubspot_recovers()
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        acme.fault(action="status", status=503, path="/companies/search", times=1)
        assert acme.book("Kato Rei", "rei@gmail.com", "Acme").state == "retrying"
        acme.hubspot_recovers()
        acme.fault(**REFUSED, times=None)
        other = acme.book("Mori Jun", "jun@gmail.com", "Acme")
    assert (other.state, other.reason) == ("partial", "look_up_refused")
    assert len(acme.records("companies")) == 1


def test_a_name_too_long_for_a_search_is_told(acme: Any) -> None:
    assert unlooked(acme.book("Sato Mika", FREE, "あ" * 900)) == ["all"]
    assert unlooked(acme.book("Kato Rei", "rei@acme.co.jp", "い" * 900)) == ["name"]


# ---- what stays


def test_a_missing_permission_stays_one(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/companies/search", times=None)
    calls = acme.calls_of(lambda: acme.book("Sato Mika", AT_ACME, "Acme"))
    assert calls == [SEARCH, CONTACT]
    assert (read_delivery(1).state, read_delivery(1).reason) == ("partial", "permission_missing")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_of_a_search_is_waited_for(acme: Any, status: int) -> None:
    acme.fault(action="status", status=status, path="/companies/search", times=1)
    delivery = acme.book("Sato Mika", AT_ACME, "Acme")
    assert (delivery.state, delivery.company) == ("retrying", "")


def test_the_remark_goes_when_the_company_is_found_anew(acme: Any) -> None:
    acme.fault(**REFUSED, times=1)
    acme.fault(action="status", status=503, method="POST", path="/contacts", times=1)
    first = acme.book("Sato Mika", FREE, "Acme")
    assert (first.state, unlooked(first)) == ("retrying", ["all"])
    acme.delete("companies", first.company_id)
    there = make(acme, name="ACME")
    forget_all()
    acme.hubspot_recovers()
    ended = retry(first.id)
    assert (ended.state, ended.company_id, unlooked(ended)) == ("posted", there, [])


@pytest.mark.parametrize("body", BODIES[:2])
def test_a_refused_look_for_the_contact_only_leaves_the_question_open(acme: Any, body: dict[str, Any]) -> None:
    acme.fault(action="status", status=400, method="GET", path="/contacts", body=body, times=1)
    found = look(acme, "Sato Mika", AT_ACME, "Acme")
    assert (found.company.state, found.contact.state, found.contact.code) == ("new", "unknown", "look_up_refused")
    assert found.associated is None
