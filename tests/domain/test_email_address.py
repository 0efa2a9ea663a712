from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubsync.domain.email_address import (
    LONGEST_ADDRESS,
    EmailAddress,
    NoAddress,
    email_in,
    kept_email,
    other_form,
    read_email,
)
from hubsync.domain.email_domains import domain_in
from hubsync.domain.searching import email_as_searched


def read(text: str) -> str:
    """The address as text, or the name of the cause."""
    found = read_email(text)
    return str(found) if isinstance(found, EmailAddress) else found.name


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Ann Lee <ann@acme.com>", "ann@acme.com"),
        ('"Lee, Ann" <ann@acme.com>', "ann@acme.com"),
        ("山田（自宅）＜ann＠acme．com＞", "ann@acme.com"),
        ("<ann@acme.com>", "ann@acme.com"),
        ("ann@acme.com <ann@acme.com>", "ann@acme.com"),
        ("'ann@acme.com' <Ann@acme.com>", "Ann@acme.com"),
        ("Ann <mailto:ann@acme.com>", "ann@acme.com"),
        ("<mailto:ann@acme.com|ann@acme.com>", "ann@acme.com"),
        ("ann@acme.com (Ann Lee)", "ann@acme.com"),
        ("ann@acme.com<mailto:ann@acme.com>", "ann@acme.com"),
        ("Ann Lee [mailto:ann@acme.com]", "ann@acme.com"),
        ("[ann@acme.com](mailto:ann@acme.com)", "ann@acme.com"),
        ("SMTP:ann@acme.com", "ann@acme.com"),
        ("mailto:ann@acme.com", "ann@acme.com"),
        ("MAILTO: ann@acme.com?subject=Hi&cc=bob@acme.com", "ann@acme.com"),
        ("ｍａｉｌｔｏ：ann@acme.com", "ann@acme.com"),
        ("mailto:ann%2Bcal@acme.com", "ann+cal@acme.com"),
        ("mailto:50%25off@acme.com", "50%off@acme.com"),
        ("ann%40acme.com", "ann@acme.com"),
        ("Email: ann@acme.com", "ann@acme.com"),
        ("メール：ann@acme.com", "ann@acme.com"),
        ("“ann@acme.com”", "ann@acme.com"),
        ("「ann@acme.com」", "ann@acme.com"),
        ("'o'neil@acme.com'", "o'neil@acme.com"),
        ("[ann@acme.com]", "ann@acme.com"),
        ("ann@acme.com,", "ann@acme.com"),
        ("ann@acme.com;", "ann@acme.com"),
        ("ann@acme.com。", "ann@acme.com"),
        ("ann@acme.com..", "ann@acme.com"),
        ("Ann <ann@acme.com>; ", "ann@acme.com"),
        ("ann＠acme.com", "ann@acme.com"),
        ("ａｎｎ＠ｍａｉｌ－ｗｉｄｅ．ｃｏｍ", "ann@mail-wide.com"),
        ("ａｎｎ＠ａｃｍｅ。ｃｏｍ", "ann@acme.com"),
        ("ann@mail\u2010dash.com", "ann@mail-dash.com"),
        ("ann@acme.com \r\n", "ann@acme.com"),
        ("\u202aann@acme.com\u202c", "ann@acme.com"),
        ("an\u200bn@ac\u00adme.com", "ann@acme.com"),
        ("ann\ufe0f@acme.com\U000e0101", "ann@acme.com"),
        ("\u00a0ann@acme.com\u00a0", "ann@acme.com"),
        ("ANN@ACME.COM", "ANN@acme.com"),
        ("~ann/dev@acme.com", "~ann/dev@acme.com"),
        ("ann.lee/dev@acme.com", "ann.lee/dev@acme.com"),
        ("who?@acme.com", "who?@acme.com"),
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp"),
        ("ann.@docomo.ne.jp", "ann.@docomo.ne.jp"),
        ("example@sa.gov.au", "example@sa.gov.au"),
        ('"a b"@acme.com', '"a b"@acme.com'),
        ("ann@アクメ。jp", "ann@xn--cck0a4k.jp"),
        ("ann@BÜCHER.de", "ann@xn--bcher-kva.de"),
        ("ann@xn--BCHER-KVA.de", "ann@xn--bcher-kva.de"),
        ("ann@نامه\u200cای.com", "ann@xn--mgba3gch31f060k.com"),
        ("我買@屋企.香港", "我買@xn--hoqu73a.xn--j6w193g"),
    ],
)
def test_an_address_is_read_however_it_is_written(typed: str, address: str) -> None:
    assert read(typed) == address


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", NoAddress.NO_AT),
        ("Ann Lee", NoAddress.NO_AT),
        ("<>", NoAddress.NO_AT),
        ("mailto:", NoAddress.NO_AT),
        ("mailto:?to=ann@acme.com", NoAddress.NO_AT),
        ("a@acme.com, b@acme.com", NoAddress.SEVERAL),
        ("a@acme.com;b@acme.com", NoAddress.SEVERAL),
        ("a@acme.com、b@acme.com", NoAddress.SEVERAL),
        ("a@acme.com\nb@acme.com", NoAddress.SEVERAL),
        ("Ann <a@acme.com>, Bob <b@acme.com>", NoAddress.SEVERAL),
        ("ann@acme.com <bob@acme.com>", NoAddress.SEVERAL),
        ("ann@acme.com<mailto:bob@acme.com>", NoAddress.SEVERAL),
        ("mailto:a@acme.com,b@acme.com", NoAddress.SEVERAL),
        ("mailto:a@acme.com%0Abcc:b@acme.com", NoAddress.SEVERAL),
        ("ann@@acme.com", NoAddress.SEVERAL),
        ("ann @acme.com", NoAddress.SPACE),
        ("ann@ acme.com", NoAddress.SPACE),
        ("ann\u00a0lee@acme.com", NoAddress.SPACE),
        ("ann@acme\r\n.com", NoAddress.SPACE),
        ("a@acme.com\nbcc: x", NoAddress.SPACE),
        ("Ann Lee ann@acme.com", NoAddress.SPACE),
        ("@acme.com", NoAddress.NO_LOCAL_PART),
        ("<@acme.com>", NoAddress.NO_LOCAL_PART),
        ("ann@", NoAddress.NO_DOMAIN),
        ("Ann <ann@>", NoAddress.NO_DOMAIN),
        ("ann@acme", NoAddress.NO_DOT),
        ("ann@localhost", NoAddress.NO_DOT),
        ("ann@127.0.0.1", NoAddress.NUMBERS),
        ("ann@[IPv6:2001:db8::1]", NoAddress.NUMBERS),
        ("a\ue000n@acme.com", NoAddress.HIDDEN_SIGN),
        ("ann@acme\ufffc.com", NoAddress.HIDDEN_SIGN),
        ("an:n@acme.com", NoAddress.WRONG_SIGN),
        ("ann[1]@acme.com", NoAddress.WRONG_SIGN),
        ('"a\nb"@acme.com', NoAddress.SPACE),
        ("https://acme.com/@team.com", NoAddress.WRONG_SIGN),
        ("acme.com/@acme.team", NoAddress.WRONG_SIGN),
        ("acme.com?to=a@acme.com", NoAddress.WRONG_SIGN),
        ("ann@mailーwide.com", NoAddress.WIDE),
        ("ann@acme_b.com", NoAddress.BAD_DOMAIN),
        ("ann@-acme.com", NoAddress.BAD_DOMAIN),
        ("ann@acme..com", NoAddress.BAD_DOMAIN),
        ("ann@printer.local", NoAddress.BAD_DOMAIN),
        ("ann@acme.123x", NoAddress.BAD_DOMAIN),
        ("a" * 250 + "@acme.com", NoAddress.TOO_LONG),
        ("a" * 65_536, NoAddress.TOO_LONG),
    ],
)
def test_what_is_no_address_has_its_cause(text: str, cause: NoAddress) -> None:
    assert read(text) == cause.name


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(
    lambda label: label[2:4] != "--"
)
DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]),
    st.lists(LABEL | st.sampled_from(["xn--bcher-kva", "xn--cck0a4k"]), min_size=1, max_size=3),
    st.sampled_from(["com", "jp", "co.jp", "xn--p1ai"]),
)
# A path or query in front of the @ is a web address's.
LOCALS = st.from_regex(r"[A-Za-z0-9.!#$%&'*+^_`{|}~-]{1,20}", fullmatch=True).filter(
    lambda local: "%40" not in local
)
MARKS = "\u200b\u200e\u202a\u202c\u2060\ufeff\u00ad\ufe0f\u3164\U000e0020"
NAMES = st.text(
    st.characters(exclude_categories=("C",), exclude_characters="@<>\uff20\ufe6b\uff1c\uff1e"), max_size=12
).filter(lambda name: not set("@<>") & set(unicodedata.normalize("NFKC", name)))


def widened(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def marked(text: str, places: list[int], mark: str) -> str:
    for place in places:
        place %= len(text) + 1
        text = text[:place] + mark + text[place:]
    return text


def own_letters(text: str) -> str:
    return other_form(text) or text


def with_wide_at(text: str) -> str:
    return text.replace("@", "＠")


def louder(text: str) -> str:
    local, _at, domain = text.partition("@")
    return f"{local}@{domain.upper()}"


SPELLINGS = [str, widened, own_letters, with_wide_at, louder]
WRAPS = [
    "{}", "<{}>", "＜{}＞", "[{}]", "({})", "“{}”", "「{}」", '"{}"', "{}.", "{}。",
    "{},", "{};", "  {}\t", "\u3000{}\u3000",
    "\u00a0{}\r\n", "\u202a{}\u202c", "Ann Lee <{}>", '"Lee, Ann" <{}>', "李小龍＜{}＞",
    "{} (Ann Lee)", "<<{}>>", "Ann <“{}”>,",
]  # fmt: skip


@given(
    LOCALS,
    DOMAINS,
    st.sampled_from(SPELLINGS),
    st.sampled_from(WRAPS),
    st.sampled_from(WRAPS),
    st.lists(st.integers(0, 60), max_size=3),
    st.sampled_from(MARKS),
    NAMES,
)
@example("'", "a.com", str, '"{}"', "{}", [], "\u200b", "")
def test_whatever_is_put_around_an_address_it_is_the_same(
    local, domain, spelling, inner, outer, places, mark, name
) -> None:
    address = f"{local}@{domain}"
    spelled = marked(spelling(address), places, mark)
    assert read(inner.format(spelled)) == address
    assert read(f"{name} <{inner.format(spelled)}>") == address
    if not ("(" in inner and "(" in outer):
        assert read(outer.format(inner.format(spelled))) == address
    assert domain_in(inner.format(spelled)) == domain


@given(
    LOCALS,
    DOMAINS,
    st.sampled_from(["mailto:", "MAILTO:", "mailto: ", "ｍａｉｌｔｏ：", "mailto://"]),
    st.booleans(),
)
def test_a_link_is_the_address_it_leads_to(local, domain, scheme, asks) -> None:
    quoted = local.replace("%", "%25").replace("|", "%7C").replace("+", "%2B")
    link = f"{scheme}{quoted}@{domain}" + ("?subject=Hi%20there&cc=bob@acme.com" if asks else "")
    assert read(link) == f"{local}@{domain}"
    assert read(f"Ann <{link}>") == f"{local}@{domain}"


@given(
    LOCALS,
    DOMAINS,
    LOCALS,
    DOMAINS,
    st.sampled_from(["{}, {}", "{};{}", "{} {}", "{}\n{}", "{} <{}>", "A <{}>, B <{}>"]),
)
def test_of_two_addresses_none_is_taken(local, domain, other, further, joined) -> None:
    both = joined.format(f"{local}@{domain}", f"{other}@{further}")
    if f"{local}@{domain}".lower() != f"{other}@{further}".lower():
        assert read(both) == "SEVERAL"
        assert domain_in(both) is None


SOUP = st.text(
    st.sampled_from("aAé株ー。.@＠/:?=#%40\\<>＜(), \"'“w-1[]😀\u200b\u200c\ufffd\n\r\x00|;"), max_size=30
)


@given(st.text() | SOUP | st.builds("{}@{}.com{}".format, SOUP, SOUP, SOUP))
@example("mailto:mailto:a@b.com")
@example("\u202e@a.com")
@example("a@b.com\u0338>")
def test_what_was_read_is_one_line_without_hidden_signs_and_is_read_again(text: str) -> None:
    found = email_in(text)
    kept = kept_email(text)
    for each in (kept, email_as_searched(text)):
        assert not any(unicodedata.category(sign) in ("Cc", "Cs") or sign in "\u2028\u2029" for sign in each)
    if found is None:
        return
    address = str(found)
    assert kept == address
    assert len(address) <= LONGEST_ADDRESS
    assert found.domain.isascii()
    assert found.domain == found.domain.lower() == domain_in(text)
    assert read(address) == read(found.shown) == address


@given(st.text(st.characters(categories=("Ll", "Lo")), min_size=1, max_size=12))
def test_an_international_address_has_two_forms_of_one_meaning(label: str) -> None:
    found = email_in(f"x@{label}.jp")
    if found is None:
        return
    other = other_form(str(found))
    assert (other == "") is (found.shown == str(found))
    assert email_as_searched(found.shown) == email_as_searched(str(found))


@pytest.mark.parametrize(
    "hostile",
    [
        "(",
        "<",
        "<a@",
        "\ufdfa",
        "{",
        '"',
        '\\"',
        "a.",
        "%40",
        "é.",
        '"a"@',
        "@",
        "ー",
        "mailto:",
        "\u200b",
        "a@b.c,",
    ],
)
def test_hostile_text_of_any_length_is_answered(hostile: str) -> None:
    for length in (1_999, 2_000, 65_536):
        text = (hostile * (length // len(hostile) + 1))[:length]
        assert isinstance(read_email(text), NoAddress | EmailAddress)
        assert len(kept_email(text)) <= 2_000
