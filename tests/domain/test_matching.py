from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hubsync.domain.matching import (
    CompanyKeys,
    FoundCompany,
    choose_company,
    company_keys,
    says_no_company,
    search_alternatives,
)
from hubsync.hubspot.searches import search_body


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


NO_COMPANY = [
    "-", "--", "ー", "ーー", "ｰ", "—", ".", "...", "/", "?", "×", "○○", "・", "(  )", "☆", "None", "none.",
    "N/A", "n.a.", "ｎ／ａ", "NA", "No", "なし", "なし。", "（なし）", "無し", "ナシ", "ﾅｼ", "該当なし",
    "特になし", "個人", " 個人 ", "（個人）", "個人事業主", "フリーランス", "ﾌﾘｰﾗﾝｽ", "Freelance", "Self-Employed",
    "N o n e".replace(" ", "\u200b"),
]  # fmt: skip
COMPANIES = [
    "test", "Test", "学生", "Nothing", "No. 1", "なし屋", "株式会社無", "個人情報保護委員会", "フリーランス協会",
    "None Inc", "NA Ltd",
    "Freelance GmbH", "7", "1010", "3M", "@cosme", "!important", "C++", "ー番", "北", "Ω", "かな", "無印",
]  # fmt: skip


@pytest.mark.parametrize("name", ["", " ", *NO_COMPANY])
def test_saying_that_there_is_no_company_is_no_name(name):
    keys = company_keys({"name": name})
    assert not keys
    assert keys == CompanyKeys()
    assert keys.texts() == ()
    assert search_alternatives({"name": name}) == ()
    assert says_no_company(name) is bool(name.strip())


@pytest.mark.parametrize("name", COMPANIES)
def test_what_may_be_meant_as_a_name_is_one(name):
    assert company_keys({"name": name}).name
    assert not says_no_company(name)


@given(st.text(st.characters(categories=("P", "S", "Z", "Cf", "Lm")), min_size=1))
def test_a_name_of_nothing_but_signs_is_none(name):
    assume(
        not any(
            unicodedata.category(sign)[0] in "N" or sign.isalpha()
            for sign in unicodedata.normalize("NFKC", name)
            if unicodedata.category(sign) != "Lm"
        )
    )
    assert company_keys({"name": name}).name is None


def test_the_memory_gets_one_text_per_key_the_domain_first():
    keys = company_keys({"name": "Acme", "domain": "acme.com", "city": "Tokyo"})
    assert keys
    assert keys.texts() == ("domain:acme.com", "name:acme")


def test_long_names_keep_different_short_texts():
    one, other = (company_keys({"name": "あ" * 5_000 + end}).texts() for end in "ab")
    assert one != other
    assert max(map(len, one + other)) <= 300


@given(
    st.text(st.sampled_from("aBcéß山ｱガ0ｘ"), min_size=1),
    st.lists(st.sampled_from([" ", "  ", "\u3000", "\t", "\u00a0", "\u200b "]), min_size=1),
)
def test_case_width_and_spaces_never_make_another_company(word, spaces):
    plain = company_keys({"name": f"{word} {word}"}).name
    gap = "".join(spaces)
    for name in (f"{gap}{word}{gap}{word}{gap}", f"{word} {word}".upper(), f"{word} {word}".swapcase()):
        assert company_keys({"name": name}).name == plain
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in word)
    assert company_keys({"name": f"{wide}\u3000{wide}"}).name == plain


@given(st.text(st.characters(exclude_categories=())))
def test_a_key_is_its_own_key(name):
    key = company_keys({"name": name}).name
    if key is not None:
        assert company_keys({"name": key}).name == key


def _changes(sign: str) -> bool:
    """Whether folding can change it: all but whole letters without case, and what is no character."""
    other = unicodedata.normalize("NFKC", sign) != sign or sign.casefold() != sign
    return other or unicodedata.category(sign) not in ("Lo", "Cn", "Co", "Cs")


def test_every_single_character_is_folded_to_the_end():
    characters = [c for c in map(chr, range(0x30000)) if _changes(c)]
    assert len(characters) > 8_000
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


def test_a_domain_in_its_own_letters_is_asked_for_in_these_too():
    named = {"domain": "xn--cck0a4k.jp", "name": "アクメ"}
    assert search_alternatives(named) == (
        ("domain", "EQ", "xn--cck0a4k.jp"),
        ("domain", "EQ", "アクメ.jp"),
        ("domain", "EQ", "www.xn--cck0a4k.jp"),
        ("hs_additional_domains", "CONTAINS_TOKEN", "xn--cck0a4k.jp"),
        ("name", "EQ", "アクメ"),
    )


@pytest.mark.parametrize(
    ("domain", "forms"),
    [
        ("acme.com", ("acme.com", "www.acme.com")),
        ("アクメ.jp", ("xn--cck0a4k.jp", "アクメ.jp", "www.xn--cck0a4k.jp")),
    ],
)
def test_where_the_groups_do_not_suffice_the_forms_of_the_domain_share_one(domain, forms):
    assert search_alternatives({"domain": domain, "name": "ｱｸﾒ"}, ["90001", "90002"]) == (
        ("domain", "IN", forms),
        ("hs_additional_domains", "CONTAINS_TOKEN", forms[0]),
        ("hs_object_id", "IN", ("90001", "90002")),
        ("name", "EQ", "ｱｸﾒ"),
        ("name", "EQ", "アクメ"),
    )


def test_what_is_known_is_asked_for_by_its_id_beside_a_plain_name():
    assert search_alternatives({"name": "Acme"}, ["90001"]) == (
        ("hs_object_id", "IN", ("90001",)),
        ("name", "EQ", "Acme"),
    )


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ('Bob "The" Builder', [("EQ", 'Bob "The" Builder')]),
        ('Two "" KK', [("EQ", 'Two "" KK')]),
        ('5" Rockets', [("CONTAINS_TOKEN", ("Rockets", "5"))]),
        ('株式会社"青空', [("CONTAINS_TOKEN", ("株式会社", "青空"))]),
        ('Ｆｕｌｌ　＂Quote', [("EQ", "Ｆｕｌｌ　＂Quote"), ("CONTAINS_TOKEN", ("Quote", "Full"))]),
        ('Ｆｕｌｌ　＂Quo"te', [("CONTAINS_TOKEN", ("Ｆｕｌｌ", "Quo", "te")), ("EQ", 'Full "Quo"te')]),
        ('"a b c d e f gg', [("CONTAINS_TOKEN", ("gg", "a", "b", "c", "d", "e"))]),
    ],
)  # fmt: skip
def test_a_name_with_an_odd_number_of_quotation_marks_is_asked_for_by_its_words(name, asked):
    assert [alternative[1:] for alternative in search_alternatives({"name": name})] == asked


def test_a_domain_that_hubspot_has_in_its_own_letters_is_the_same():
    match = choose_company([FoundCompany("5", None, "アクメ.jp")], company_keys({"domain": "xn--cck0a4k.jp"}))
    assert match is not None
    assert match.by == "domain"


def test_a_plain_name_is_asked_for_once():
    assert search_alternatives({"name": "Acme"}) == (("name", "EQ", "Acme"),)


def test_a_name_too_long_for_a_search_is_not_asked_for():
    assert [value for _, _, value in search_alternatives({"name": "あ" * 300})] == ["あ" * 300]
    assert search_alternatives({"name": "あ" * 1_000}) == ()
    assert len(search_alternatives({"name": "あ" * 1_000, "domain": "acme.com"})) == 3


OPERATORS = st.text(st.sampled_from("aZ*?\"'\\()[]{}:;,=<>!~^&|+-/%_ 株\n"), max_size=40)


@given(OPERATORS)
def test_signs_that_mean_something_in_a_search_are_sent_as_they_are(name):
    found = search_alternatives({"name": name})
    assert {operator for _, operator, _ in found} <= {"EQ", "CONTAINS_TOKEN"}
    if found:
        assert (found[0][2] == name.strip()) is (name.count('"') % 2 == 0)
        keys = company_keys({"name": name})
        assert choose_company([FoundCompany("1", name)], keys) is not None
        assert choose_company([FoundCompany("1", f"{name}x"), FoundCompany("2", f"x {name}")], keys) is None


@given(
    st.text(max_size=3_000) | OPERATORS,
    st.integers(0, 60),
    st.sampled_from(["com", "アクメ.jp"]),
    st.sampled_from([[], ["90001"], ["90001", "90002", "90003"]]),
)
def test_a_search_never_grows_beyond_what_hubspot_takes(name, labels, end, known_ids):
    alternatives = search_alternatives({"name": name, "domain": "abc." * labels + end}, known_ids)
    body = search_body(alternatives)
    assert len(alternatives) <= 5
    if not alternatives:
        assert body is None
        return
    assert len(body["filterGroups"]) == len(alternatives)
    for group in body["filterGroups"]:
        assert 1 <= len(group["filters"]) <= 6
        for wanted in group["filters"]:
            for value in wanted.get("values", [wanted.get("value")]):
                assert value.count('"') % 2 == 0
    assert len(json.dumps(body, ensure_ascii=False)) <= 3_000


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
    assert match.named == "1"
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


def test_a_domain_that_is_too_long_for_one_is_none_whatever_it_begins_with():
    for domain in ("a" * 65_536, "acme.com/" + "a" * 65_536, "https://acme.com/?q=" + "ﷺ" * 65_536):
        assert company_keys({"domain": domain}).domain is None
    assert company_keys({"domain": "acme.com/" + "a" * 2_000}).domain == "acme.com"
