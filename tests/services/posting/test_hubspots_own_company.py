"""HubSpot's setting "Create and associate companies with contacts", and what HubSync does about it.

https://knowledge.hubspot.com/object-settings/automatically-create-and-associate-companies-with-contacts
"""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.store import write_transaction
from hubsync.store.mappings import MappingRow
from tests.kit.previews import look
from tests.services.posting.test_company import make


@pytest.fixture(autouse=True)
def setting_on(acme: Any) -> None:
    acme.settings(auto_companies=True, inline_association_holds_back=False)


def said(delivery: Any) -> list[str]:
    return [each["domain"] for each in delivery.remarks if each["kind"] == "hubspot_may_add_company"]


def domains(acme: Any) -> list[str]:
    return sorted(each["properties"].get("domain") or "" for each in acme.records("companies"))


@pytest.mark.parametrize("holds_back", [True, False])
@pytest.mark.parametrize("company", ["Acme", ""])
def test_no_second_company_comes_where_ours_carries_the_emails_domain(
    acme: Any, holds_back: bool, company: str
) -> None:
    acme.settings(inline_association_holds_back=holds_back, search_lag_seconds=3600)
    for name, email in (("Sato Mika", "Mika@Acme.co.jp"), ("Kato Rei", "rei@acme.co.jp")):
        delivery = acme.book(name, email, company)
        assert (delivery.state, delivery.association, said(delivery)) == ("posted", "made", [])
    (only,) = acme.records("companies")
    assert [acme.companies_of(each) for each in acme.records("contacts")] == [{only["id"]}] * 2


def test_no_second_company_comes_for_a_company_that_hubspot_had_already(acme: Any) -> None:
    theirs = make(acme, name="Acme K.K.", domain="www.acme.co.jp")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.company_id, said(delivery)) == (theirs, [])
    assert len(acme.records("companies")) == 1


def test_no_company_of_a_free_domain_comes_and_none_is_spoken_of(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@gmail.com", "Acme")
    assert said(delivery) == []
    assert domains(acme) == [""]


def test_where_our_company_carries_another_domain_hubspot_makes_one_and_delivery_and_editor_say_so(
    acme: Any,
) -> None:
    with_domain_of_their_own(acme)
    preview = look(acme, "Sato Mika", "mika@acme.co.jp", "Acme")
    assert preview.own_company_domain == "acme.co.jp"
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert said(delivery) == ["acme.co.jp"]
    assert domains(acme) == ["", "acme.co.jp"]


def with_domain_of_their_own(acme: Any) -> None:
    """The mapping takes no domain from the e-mail."""
    with write_transaction() as session:
        session.query(MappingRow).filter_by(section="companies", property_name="domain").delete()


def test_where_a_company_was_found_by_its_name_alone_the_delivery_says_so_too(acme: Any) -> None:
    theirs = make(acme, name="Acme", domain="acme.com")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.company_id, said(delivery)) == (theirs, ["acme.co.jp"])
    assert domains(acme) == ["acme.co.jp", "acme.com"]
