"""A company whose create lost its answer is found by guests who write its name in other letters.

HubSpot's search compares names without regard to case only.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.services import now
from hubsync.services.deliveries.dispatch import retry
from hubsync.store.deliveries import Delivery
from tests.kit.previews import look
from tests.services.posting.test_company import COMPANY, CONTACT, SEARCH, make
from tests.services.posting.test_one_company import FREE, PAIRS, doubled

NO_ANSWER = {"method": "POST", "path": "/companies", "except_path": "/search", "times": 1}


def lose_the_answer(acme: Any, name: str, *, created: bool = True, email: str = FREE) -> Delivery:
    """A booking whose company HubSpot created, or not, without an answer that came through."""
    acme.fault(action="drop", when="after" if created else "before", **NO_ANSWER)
    delivery: Delivery = acme.book("Sato Mika", email, name)
    acme.hubspot_recovers()
    assert (delivery.state, len(acme.records("companies"))) == ("retrying", int(created))
    return delivery


def when_it_has_settled() -> Any:
    return time_machine.travel(now() + timedelta(seconds=70), tick=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(*pair, marks=pytest.mark.slow if number else []) for number, pair in enumerate(PAIRS)],
)
def test_another_guest_finds_it_before_its_own_delivery_does(acme: Any, first: str, second: str) -> None:
    ours = lose_the_answer(acme, first)
    with when_it_has_settled():
        found: list[Delivery] = []
        calls = acme.calls_of(lambda: found.append(acme.book("Kato Rei", "rei@beta.co.jp", second)))
        (company,) = acme.records("companies")
        assert (found[0].company, found[0].company_id) == ("duplicate", company["id"])
        # A name with an odd number of quotation marks is asked for by its words, in whatever signs.
        assert calls == ([SEARCH, CONTACT] if '"' in second else [SEARCH, SEARCH, CONTACT])
        ended = retry(ours.id)
        assert (ended.company, ended.company_id) == ("created", company["id"])
    assert doubled(acme) == []


def test_it_is_asked_for_once_where_both_write_it_alike(acme: Any) -> None:
    lose_the_answer(acme, "Acme", created=False)
    with when_it_has_settled():
        calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@beta.co.jp", "Acme"))
    assert calls == [SEARCH, COMPANY, CONTACT]


def test_a_create_that_did_not_happen_is_made_up_for_by_whoever_comes(acme: Any) -> None:
    lose_the_answer(acme, "ａｃｍｅ", created=False)
    with when_it_has_settled():
        calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@beta.co.jp", "Acme"))
        assert calls == [SEARCH, SEARCH, COMPANY, CONTACT]
        assert acme.calls_of(lambda: acme.book("Abe Go", "go@gmail.com", "ACME")) == [CONTACT]


def test_a_second_lost_create_is_asked_for_in_its_own_letters(acme: Any) -> None:
    lose_the_answer(acme, "ａｃｍｅ", created=False)
    with when_it_has_settled():
        lose_the_answer(acme, "ＡＣＭＥ", email="rei@beta.co.jp")
    with time_machine.travel(now() + timedelta(seconds=140), tick=True):
        assert acme.book("Abe Go", "go@gmail.com", "Acme").company == "duplicate"
    assert len(acme.records("companies")) == 1


def test_a_look_that_fails_in_passing_keeps_the_letters(acme: Any) -> None:
    lose_the_answer(acme, "ａｃｍｅ")
    with when_it_has_settled():
        acme.fault(action="status", status=503, path="/companies/search", times=1, skip=1)
        assert acme.book("Kato Rei", "rei@beta.co.jp", "Acme").state == "retrying"
        acme.hubspot_recovers()
        assert acme.book("Abe Go", "go@beta.co.jp", "ACME").company == "duplicate"
    assert len(acme.records("companies")) == 1


@pytest.mark.parametrize("email", [FREE, "rei@beta.co.jp"])
def test_nobody_creates_it_where_hubspot_will_not_be_asked_for_these_letters(acme: Any, email: str) -> None:
    lose_the_answer(acme, "ａｃｍｅ")
    with when_it_has_settled():
        acme.fault(action="status", status=400, path="/companies/search", times=None, skip=1)
        refused = acme.book("Kato Rei", email, "Acme")
    assert (refused.reason, refused.company) == ("look_up_refused", "refused")
    assert len(acme.records("companies")) == 1


def test_nobody_creates_it_where_its_name_is_too_long_to_be_asked_for(acme: Any) -> None:
    lose_the_answer(acme, "ａ" * 400)
    with when_it_has_settled():
        refused = acme.book("Kato Rei", "rei@beta.co.jp", "A" * 400)
    assert (refused.reason, refused.company) == ("look_up_refused", "refused")


@pytest.mark.parametrize("created", [False, True])
def test_its_own_delivery_goes_by_the_domain_where_its_name_cannot_be_asked_for(acme: Any, created: bool) -> None:
    ours = lose_the_answer(acme, "ａ" * 400, created=created, email="mika@acme.co.jp")
    with when_it_has_settled():
        ended = retry(ours.id)
    assert (ended.state, ended.company, len(acme.records("companies"))) == ("posted", "created", 1)


def test_where_another_company_has_the_domain_the_name_stays_with_the_one_that_was_created(acme: Any) -> None:
    by_domain = make(acme, name="Beta", domain="beta.co.jp")
    acme.fault(action="drop", when="after", **NO_ANSWER)
    ours = acme.book("Sato Mika", FREE, "ａｃｍｅ")
    acme.hubspot_recovers()
    with when_it_has_settled():
        assert acme.book("Kato Rei", "rei@beta.co.jp", "Acme").company_id == by_domain
        created = retry(ours.id)
    assert created.company_id not in ("", by_domain)
    assert doubled(acme) == []


def test_a_preview_finds_it_as_well(acme: Any) -> None:
    lose_the_answer(acme, "ａｃｍｅ")
    with when_it_has_settled():
        previewed = look(acme, "Kato Rei", "rei@beta.co.jp", "Acme").company
    (company,) = acme.records("companies")
    assert (previewed.state, previewed.record_id) == ("duplicate", company["id"])
