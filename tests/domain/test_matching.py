from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.matching import CompanyKeys, FoundCompany, choose_company, company_keys, search_alternatives


@pytest.mark.parametrize(
    "name", ["Acme Inc", " acme  inc ", "ACME\u3000INC", "ＡＣＭＥ　Ｉｎｃ", "Acme\tInc", "acme\u00a0inc"]
)
def test_the_same_name_in_other_letters_has_the_same_key(name):
    assert company_keys({"name": name}).name == "acme inc"


@pytest.mark.parametrize(
    "domain", ["acme.com", "ACME.com", "www.acme.com", " acme.com. ", "https://www.acme.com/x"]
)
def test_the_same_domain_has_the_same_key(domain):
    assert company_keys({"domain": domain}).domain == "acme.com"


@pytest.mark.parametrize("name", ["", " ", "-", "None", "N/A", "ｎ／ａ", "なし", "個人", " 特になし ", "ー"])
def test_saying_that_there_is_no_company_is_no_name(name):
    keys = company_keys({"name": name})
    assert not keys
    assert keys == CompanyKeys()
    assert keys.texts() == ()
    assert search_alternatives({"name": name}) == ()


def test_the_memory_gets_one_text_per_key_the_domain_first():
    keys = company_keys({"name": "Acme", "domain": "acme.com", "city": "Tokyo"})
    assert keys
    assert keys.texts() == ("domain:acme.com", "name:acme")


def test_long_names_keep_different_short_texts():
    one, other = (company_keys({"name": "あ" * 5_000 + end}).texts() for end in "ab")
    assert one != other
    assert max(map(len, one + other)) <= 300


@given(st.text(st.characters(exclude_categories=())))
def test_a_key_is_its_own_key(name):
    key = company_keys({"name": name}).name
    if key is not None:
        assert company_keys({"name": key}).name == key


def test_every_single_character_is_folded_to_the_end():
    characters = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]
    keys = {c: company_keys({"name": f"a{c}b"}).name for c in characters}
    assert [c for c, key in keys.items() if key is not None and company_keys({"name": key}).name != key] == []
    assert [
        c for c in characters if keys[c] != company_keys({"name": unicodedata.normalize("NFKC", f"a{c}b")}).name
    ] == []


def test_one_search_asks_for_the_domain_in_three_ways_and_the_name_in_two():
    properties = {"name": " Ａｃｍｅ  Inc ", "domain": "acme.com"}
    assert search_alternatives(properties) == (
        ("domain", "EQ", "acme.com"),
        ("domain", "EQ", "www.acme.com"),
        ("hs_additional_domains", "CONTAINS_TOKEN", "acme.com"),
        ("name", "EQ", "Ａｃｍｅ  Inc"),
        ("name", "EQ", "Acme Inc"),
    )


def test_a_plain_name_is_asked_for_once():
    assert search_alternatives({"name": "Acme"}) == (("name", "EQ", "Acme"),)


def test_a_name_too_long_for_a_search_is_not_asked_for():
    assert [value for _, _, value in search_alternatives({"name": "あ" * 300})] == ["あ" * 300]
    assert search_alternatives({"name": "あ" * 1_000}) == ()
    assert len(search_alternatives({"name": "あ" * 1_000, "domain": "acme.com"})) == 3


@given(st.text(max_size=3_000), st.integers(0, 60))
def test_a_search_never_grows_beyond_what_hubspot_takes(name, labels):
    alternatives = search_alternatives({"name": name, "domain": "abc." * labels + "com"})
    groups = [{"filters": [{"propertyName": p, "operator": o, "value": v}]} for p, o, v in alternatives]
    body = {"filterGroups": groups, "properties": ["name", "domain", "hs_additional_domains"], "limit": 200}
    assert len(alternatives) <= 5
    assert len(json.dumps(body)) <= 3_000


KEYS = CompanyKeys(domain="acme.com", name="acme inc")


def test_nothing_found_is_no_match():
    assert choose_company([], KEYS) is None


def test_hits_that_only_look_like_it_are_no_match():
    found = [
        FoundCompany("1", "Acme Incorporated", "acme.com.example"),
        FoundCompany("2", None, "shop.acme.com"),
        FoundCompany("3", "", None, ("notacme.com", "acme.community")),
    ]
    assert choose_company(found, KEYS) is None


def test_a_domain_beats_a_name():
    match = choose_company([FoundCompany("1", "ACME Inc"), FoundCompany("9", "Other", "www.ACME.com")], KEYS)
    assert match is not None
    assert (match.company_id, match.by, match.matches) == ("9", "domain", 2)


def test_the_lowest_id_wins_as_a_number():
    match = choose_company([FoundCompany(i, None, "acme.com") for i in ("1000", "200", "30", "30")], KEYS)
    assert match is not None
    assert (match.company_id, match.matches) == ("30", 3)


def test_an_additional_domain_counts():
    match = choose_company([FoundCompany("5", "Holding", "holding.com", ("acme.co.jp", "WWW.acme.com"))], KEYS)
    assert match is not None
    assert match.by == "domain"


def test_a_name_is_compared_without_case_width_and_spaces():
    match = choose_company([FoundCompany("5", " ＡＣＭＥ　inc", "else.com")], KEYS)
    assert match is not None
    assert (match.by, match.matches) == ("name", 1)


def test_companies_without_a_name_are_not_each_others_duplicates():
    assert (
        choose_company([FoundCompany("5", None, None), FoundCompany("6", "-", "")], CompanyKeys(domain="a.com"))
        is None
    )
