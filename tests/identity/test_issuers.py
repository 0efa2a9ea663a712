from __future__ import annotations

import pytest

from hubsync.identity.issuers import CONSUMERS, WELL_KNOWN, ExpectedIssuer, key_signs_for

AT_MICROSOFT = "https://login.microsoftonline.com"
TENANT = "5f0d2f2e-93c6-4f43-9c06-5a4d2b7d1a11"
OTHER = "0b9f3c52-61a4-4f0f-8f5b-6a0a3c1f7c22"
TEMPLATE = f"{AT_MICROSOFT}/{{tenantid}}/v2.0"
GOOGLE = ExpectedIssuer.of(f"https://accounts.google.com{WELL_KNOWN}")
COMMON = ExpectedIssuer.of(f"{AT_MICROSOFT}/common/v2.0{WELL_KNOWN}")


def of_tenant(tenant: str) -> str:
    return f"{AT_MICROSOFT}/{tenant}/v2.0"


def claims(tenant: str, issuer_tenant: str | None = None) -> dict[str, str]:
    return {"iss": of_tenant(issuer_tenant or tenant), "tid": tenant}


@pytest.mark.parametrize(
    "named",
    [
        "https://accounts.google.com/",
        "accounts.google.com",
        "https://accounts.google.com.evil.example",
        "https://evil.example",
        "",
        None,
        ["https://accounts.google.com"],
        {"a": 1},
    ],
)
def test_a_discovery_document_may_name_no_other_issuer(named: object) -> None:
    assert GOOGLE.published("https://accounts.google.com") == GOOGLE
    assert GOOGLE.published(named) is None
    assert not GOOGLE.believes({"iss": named})


def test_the_template_stands_for_any_tenant_that_the_token_names_itself() -> None:
    assert COMMON.published(TEMPLATE) == COMMON
    assert COMMON.believes(claims(TENANT))
    assert COMMON.believes(claims(CONSUMERS))


@pytest.mark.parametrize(
    "told",
    [
        claims(TENANT, OTHER),
        {"iss": of_tenant(TENANT)},
        {"iss": of_tenant(TENANT), "tid": TENANT.upper()},
        {"iss": TEMPLATE, "tid": "{tenantid}"},
        {"iss": of_tenant("common"), "tid": "common"},
        {"iss": of_tenant(f"x/{TENANT}"), "tid": f"x/{TENANT}"},
        {"iss": of_tenant(TENANT) + "/", "tid": TENANT},
        {"iss": f"https://login.microsoftonline.com.evil.example/{TENANT}/v2.0", "tid": TENANT},
        {"iss": of_tenant(TENANT), "tid": [TENANT]},
        {"iss": None, "tid": TENANT},
        {"tid": TENANT},
    ],
)
def test_a_token_whose_tenant_and_issuer_do_not_fit_is_not_believed(told: dict[str, object]) -> None:
    assert not COMMON.believes(told)


@pytest.mark.parametrize("named", [of_tenant("common"), of_tenant(TENANT), "https://evil.example/{tenantid}/v2.0"])
def test_the_document_for_all_tenants_names_the_template_and_nothing_else(named: str) -> None:
    assert COMMON.published(named) is None


def test_the_address_for_work_accounts_takes_no_private_ones() -> None:
    work = ExpectedIssuer.of(f"{AT_MICROSOFT}/organizations/v2.0{WELL_KNOWN}").published(TEMPLATE)
    assert work is not None
    assert work.believes(claims(TENANT))
    assert not work.believes(claims(CONSUMERS))


@pytest.mark.parametrize(
    ("address", "published", "tenant"),
    [
        (TENANT, of_tenant(TENANT), TENANT),
        (TENANT.upper(), of_tenant(TENANT), TENANT),
        ("contoso.onmicrosoft.com", of_tenant(TENANT), TENANT),
        ("consumers", of_tenant(CONSUMERS), CONSUMERS),
    ],
)
def test_the_address_of_one_tenant_pins_it(address: str, published: str, tenant: str) -> None:
    pinned = ExpectedIssuer.of(f"{AT_MICROSOFT}/{address}/v2.0{WELL_KNOWN}").published(published)
    assert pinned is not None
    assert pinned.believes(claims(tenant))
    assert not pinned.believes(claims(OTHER))
    assert not pinned.believes(claims(OTHER, tenant) | {"iss": of_tenant(OTHER)})


@pytest.mark.parametrize("address", [TENANT, "consumers"])
def test_the_document_of_one_tenant_may_not_name_another(address: str) -> None:
    expected = ExpectedIssuer.of(f"{AT_MICROSOFT}/{address}/v2.0{WELL_KNOWN}")
    assert expected.published(of_tenant(OTHER)) is None
    assert expected.published(TEMPLATE) is None


def test_a_key_that_names_its_issuer_signs_for_no_other() -> None:
    mine, every, silent = {"issuer": of_tenant(TENANT)}, {"issuer": TEMPLATE}, {"kty": "RSA"}
    assert key_signs_for(mine, of_tenant(TENANT), TENANT)
    assert key_signs_for(every, of_tenant(TENANT), TENANT)
    assert key_signs_for(silent, of_tenant(TENANT), TENANT)
    assert not key_signs_for(mine, of_tenant(OTHER), OTHER)
    assert not key_signs_for(every, of_tenant(TENANT), OTHER)
    assert not key_signs_for({"issuer": 7}, of_tenant(TENANT), TENANT)
