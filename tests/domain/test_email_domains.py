from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.domain_names import shown_domain
from hubsync.domain.email_domains import domain_in, free_domains, is_free, read_own_free_domains, without_www


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("hanako@acme.com", "acme.com"),
        (" Hanako+hubspot@ACME.Com ", "acme.com"),
        ("hanako@mail.acme.co.jp", "mail.acme.co.jp"),
        ("hanako@アクメ.jp", "xn--cck0a4k.jp"),
        ("hanako@BÜCHER.example", "xn--bcher-kva.example"),
        ("hanako＠ａｃｍｅ．ｃｏｍ", "acme.com"),
        ('"a@b"@acme.com', "acme.com"),
        ("Hanako Yamada <hanako@acme.com>", "acme.com"),
        ("mailto:hanako@acme.com?subject=x@evil.com", "acme.com"),
        ("MAILTO:hanako@acme.com", "acme.com"),
        ("hanako@acme.com.", "acme.com"),
        ("sales/tokyo@acme.com", "acme.com"),
        ("who?@acme.com", "acme.com"),
        ("hanako@acme。com", "acme.com"),
        ("hanako@ｱｸﾒ.jp", "xn--cck0a4k.jp"),
        ("hanako@XN--CCK0A4K.JP", "xn--cck0a4k.jp"),
        ("hanako@straße.de", "xn--strae-oqa.de"),
    ],
)
def test_an_address_gives_what_follows_the_at(text, domain):
    assert domain_in(text) == domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.acme.com/", "acme.com"),
        ("HTTP://WWW.ACME.COM:8080/about?x=a@b.com#top", "acme.com"),
        ("www.acme.com", "acme.com"),
        ("acme.com/@team", "acme.com"),
        ("acme.com", "acme.com"),
        ("shop.acme.com", "shop.acme.com"),
        ("//acme.com/x", "acme.com"),
        ("https://user:secret@acme.com/", "acme.com"),
        ("https://アクメ.jp/会社", "xn--cck0a4k.jp"),
        ("www.com", "www.com"),
        ("https://acme.com?x=1", "acme.com"),
        ("https://acme.com./", "acme.com"),
        ("acme.com:443", "acme.com"),
        ("ttp://acme.com/", "acme.com"),
        ("user:secret@acme.com:8080/x", "acme.com"),
        ("https:\\\\acme.com\\about", "acme.com"),
        ("acme.com\\about", "acme.com"),
        ("https://www.アクメ。jp", "xn--cck0a4k.jp"),
        ("https://medium.com/@acme.team", "medium.com"),
    ],
)
def test_a_web_address_gives_its_host_without_www(text, domain):
    assert domain_in(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        "", "Acme Inc", "株式会社アクメ", "localhost", "http://localhost:9000", "192.168.0.1", "http://10.0.0.1/x",
        "https://[::1]/", "hanako@", "@acme.com", "hanako@acme", "our site is acme.com", "acme..com", "-acme.com",
        "acme_b.com", "a" * 64 + ".com", "x@" + "a." * 200 + "com", "x@xn--.com\u0378.jp", "1.5", "http://",
        "Co.,Ltd.", "a@b.com c@d.com e", "a" * 5000 + "@acme.com",
        "a@b.com, c@d.com", "a@b.com c@d.com", "write to a@acme.com", "http://localhost/@acme.com", "a@127.0.0.1",
        "0x7f.0x0.0x0.0x1", "printer.local", "a@localhost.localdomain", "intranet.internal", "acme.c",
        "a@acme.123",
        "https://acme.com:port/", "x@" + "é." * 60 + "com", "1,5", "100名", "acme。",
        "😀.com", "x@a😀", "@", "@@", "://",
    ],
)  # fmt: skip
def test_what_names_no_domain_gives_none(text):
    assert domain_in(text) is None


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True).filter(
    lambda label: label[2:4] != "--" and label != "www"
)
DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]),
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from(["com", "jp", "xn--p1ai"]),
)
ADDRESSLIKE = st.text(st.sampled_from('aé株。.@/:?#\\<> "w-1[]😀\u200b'), max_size=24)


@given(st.text() | ADDRESSLIKE | st.from_regex(r"\A\S{0,9}@?\S{0,20}\.\S{0,9}\Z"))
def test_a_domain_found_is_found_again_and_is_one_that_names_a_host(text):
    domain = domain_in(text)
    if domain is not None:
        assert re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+", domain)
        assert len(domain) <= 253
        assert domain_in(f"x@{domain}") == domain
        assert domain_in(f"https://{domain}/") == without_www(domain)


@given(DOMAINS, st.from_regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,30}", fullmatch=True))
def test_every_address_gives_its_domain_whatever_stands_before_the_at(domain, local):
    for typed in (f"{local}@{domain}", f" {local}@{domain.upper()}. ", f"Hanako, Acme <{local}@{domain}>"):
        assert domain_in(typed) == domain


@given(
    DOMAINS,
    st.sampled_from(["", "http://", "https://", "HTTPS://", "//"]),
    st.sampled_from(["", "www.", "WWW."]),
    st.sampled_from(["", ".", ":8443"]),
    st.sampled_from(["", "/", "/a/b.html?x=a@b.com#top", "?to=x@y.jp", "#x", "/@team"]),
)
def test_every_web_address_gives_its_host(domain, scheme, www, end, path):
    assert domain_in(f"{scheme}{www}{domain}{end}{path}") == domain


@given(
    st.ip_addresses().map(str),
    st.sampled_from(["{}", "http://{}/x", "http://[{}]:80/", "a@{}", "a@[{}]", "{}:80"]),
)
def test_an_ip_address_is_no_domain(address, written):
    assert domain_in(written.format(address)) is None


@given(st.text(st.characters(categories=("Ll", "Lo")), min_size=1, max_size=12))
def test_a_domain_in_other_letters_is_the_same_shown_and_in_a_labels(label):
    domain = domain_in(f"x@{label}.jp")
    if domain is not None:
        assert domain_in(f"x@{shown_domain(domain)}") == domain
        assert domain_in(f"https://{shown_domain(domain)}/") == without_www(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "yahoo.co.jp", "outlook.com", "icloud.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com",
        "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp", "uqmobile.jp", "rakumail.jp", "mineo.jp",
        "emnet.ne.jp",
        "disney.ne.jp", "disneymobile.ne.jp", "emobile-s.ne.jp", "t.vodafone.ne.jp", "wm.pdx.ne.jp", "ocn.ne.jp",
        "nifty.com", "privaterelay.appleid.com", "qq.com", "proton.me",
    ],
)  # fmt: skip
def test_free_mail_is_known(domain):
    assert is_free(domain)


@pytest.mark.parametrize(
    "domain", ["acme.com", "acme.au.com", "mail.gmail.com", "example.com", "vodafone.ne.jp.example"]
)
def test_company_domains_and_sub_domains_are_not_free(domain):
    assert not is_free(domain)


def test_a_team_adds_its_own_free_domains():
    assert is_free("partner.example", frozenset({"partner.example"}))
    assert not is_free("sub.partner.example", frozenset({"partner.example"}))


def test_every_domain_of_the_list_is_one_that_an_address_can_give():
    assert len(free_domains()) > 10_000
    assert [domain for domain in free_domains() if domain_in(f"x@{domain}") != domain] == []


def test_a_teams_own_list_is_read_as_people_write_domains():
    typed = "Partner.com, @agency.co.jp\r\nhttps://www.coworking.jp/tokyo；hanako@アクメ.jp、\u3000ｗｉｄｅ.com"
    read = read_own_free_domains(typed)
    assert read.domains == ("agency.co.jp", "coworking.jp", "partner.com", "wide.com", "xn--cck0a4k.jp")
    assert (read.no_domains, read.twice, read.listed) == ((), (), ())


def test_what_is_wrong_with_a_teams_own_list_is_told_entry_by_entry():
    read = read_own_free_domains("partner.com Partner.COM *.agency.jp none acme GMAIL.com @gmail.com 10.0.0.1")
    assert read.domains == ("partner.com",)
    assert read.no_domains == ("*.agency.jp", "none", "acme", "10.0.0.1")
    assert read.twice == ("Partner.COM",)
    assert read.listed == ("gmail.com",)


@given(st.text() | ADDRESSLIKE | st.lists(DOMAINS).map(" ".join))
def test_a_list_that_was_read_reads_the_same_again(typed):
    read = read_own_free_domains(typed)
    again = read_own_free_domains("\n".join(map(shown_domain, read.domains)))
    assert again.domains == tuple(sorted(map(without_www, read.domains)))
    assert (again.no_domains, again.twice, again.listed) == ((), (), ())


@given(DOMAINS, LABEL)
def test_an_own_domain_is_free_exactly(domain, sub):
    own = frozenset(read_own_free_domains(f"{domain}").domains)
    assert is_free(domain, own)
    assert not is_free(f"{sub}.{domain}", own) or is_free(f"{sub}.{domain}")
