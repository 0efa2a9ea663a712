"""A company that is remembered by its name alone, and a booking that brings a domain nobody has looked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine

from hubsync.services import now
from tests.kit.previews import look
from tests.services.posting.test_company import COMPANY, CONTACT, SEARCH, make


def known_by_name(acme: Any) -> str:
    """The company that a guest with a free e-mail address named."""
    delivery = acme.book("Sato Mika", "mika@gmail.com", "Acme")
    assert delivery.company == "created"
    return str(delivery.company_id)


def test_a_company_that_has_the_domain_beats_the_remembered_one_that_has_the_name(acme: Any) -> None:
    by_name = known_by_name(acme)
    by_domain = make(acme, name="Acme Japan", domain="acme.co.jp")
    assert acme.book("Kato Rei", "rei@acme.co.jp", "Acme").company_id == by_domain
    assert acme.book("Mori Jun", "jun@gmail.com", "Acme").company_id == by_name


def test_the_remembered_name_counts_where_nobody_has_the_domain_however_search_lags(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)
    by_name = known_by_name(acme)
    found = []
    calls = acme.calls_of(lambda: found.append(acme.book("Kato Rei", "rei@acme.co.jp", "Acme")))
    assert (found[0].company_id, found[0].company, found[0].association) == (by_name, "duplicate", "made")
    assert calls == [SEARCH, CONTACT]
    assert len(acme.records("companies")) == 1


def test_once_looked_for_the_domain_is_remembered_like_the_name(acme: Any) -> None:
    by_name = known_by_name(acme)
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert acme.calls_of(lambda: acme.book("Ito Ai", "ai@acme.co.jp", "Acme")) == [CONTACT]
    assert acme.calls_of(lambda: acme.book("Abe Go", "go@acme.co.jp")) == [CONTACT]
    assert {each for contact in acme.records("contacts") for each in acme.companies_of(contact)} == {by_name}


def test_such_a_domain_is_not_remembered_for_longer_than_the_name(acme: Any) -> None:
    known_by_name(acme)
    with time_machine.travel(now() + timedelta(hours=23), tick=True):
        acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        calls = acme.calls_of(lambda: acme.book("Ito Ai", "ai@acme.co.jp", "Acme"))
    assert calls == [SEARCH, CONTACT]


def test_a_company_that_was_remembered_by_name_and_is_gone_is_made_anew_with_the_domain(acme: Any) -> None:
    by_name = known_by_name(acme)
    acme.delete("companies", by_name)
    found = []
    calls = acme.calls_of(lambda: found.append(acme.book("Kato Rei", "rei@acme.co.jp", "Acme")))
    assert calls == [SEARCH, CONTACT, SEARCH, f"GET {COMPANY[5:]}/{by_name}", COMPANY, CONTACT]
    assert (found[0].state, found[0].company) == ("posted", "created")
    (company,) = acme.records("companies")
    assert company["properties"]["domain"] == "acme.co.jp"


def test_the_preview_says_the_same(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)
    by_name = known_by_name(acme)
    company = look(acme, "Kato Rei", "rei@acme.co.jp", "Acme").company
    assert (company.state, company.record_id, company.remembered) == ("duplicate", by_name, True)
    acme.settings(search_lag_seconds=0)
    by_domain = make(acme, name="Acme Japan", domain="acme.co.jp")
    company = look(acme, "Kato Rei", "rei@acme.co.jp", "Acme").company
    assert (company.state, company.record_id, company.by) == ("duplicate", by_domain, "domain")
