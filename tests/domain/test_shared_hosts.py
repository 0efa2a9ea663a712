from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.domain_names import domain_name
from hubsync.domain.email_domains import domain_in
from hubsync.domain.shared_hosts import is_shared, sections, shared_hosts
from hubsync.web.mapping.no_company import KINDS
from tests.domain.test_free_list import COMPANIES_AND_AUTHORITIES
from tools.link_shorteners import COMPANIES, lines_of

SHARED = """
    https://www.linkedin.com/company/a/ instagram.com/a jp.linkedin.com/in/x m.facebook.com/x
    de-de.facebook.com https://x.com/acme twitter.com/a https://www.threads.net/@acme youtube.com/@acme
    https://m.youtube.com/c/acme youtu.be/x tiktok.com/@acme jp.pinterest.com/x pinterest.co.uk/x pinterest.jp
    vk.com/acme https://www.xing.com/companies/acme https://linktr.ee/acme lit.link/acme lnk.bio/acme
    beacons.ai/acme bio.link/acme about.me/acme bit.ly/x https://tinyurl.com/x t.co/x goo.gl/x ow.ly/x
    rebrand.ly/x x.gd/x lnkd.in/x amzn.to/x https://sites.google.com/view/acme https://wixsite.com github.io
    blogspot.com myshopify.com base.shop peraichi.com/x https://www.google.com/maps/place/Acme
    https://www.google.co.jp/maps?q=1 google.de/maps maps.google.com/?cid=1 https://maps.app.goo.gl/abc
    maps.apple.com/?q=x https://www.google.com/search?q=acme https://google.com.au/search?q=a
    https://www.google.com/url?q=https://acme.com search.yahoo.co.jp/search?p=x
    https://www.bing.com/search?q=acme https://l.facebook.com/l.php?u=https%3A%2F%2Facme.com
    https://web.archive.org/web/2020/https://acme.com https://www.amazon.co.jp/dp/1 amazon.com/shops/x
    https://www.amazon.com.au/stores/Acme https://www.rakuten.co.jp/acme/ item.rakuten.co.jp/acme/1
    store.shopping.yahoo.co.jp/acme/ https://jp.mercari.com/shops/x etsy.com/shop/acme
    https://tabelog.com/tokyo/1/ https://www.hotpepper.jp/strJ1/ https://beauty.hotpepper.jp/slnH1/
    r.gnavi.co.jp/x https://www.yelp.com/biz/acme yelp.co.jp/biz/x tripadvisor.jp/x www.tripadvisor.com
    https://www.booking.com/hotel/jp/x note.com/acme https://note.com ameblo.jp/acme medium.com/@acme
    blog.livedoor.jp/acme/ https://qiita.com/acme github.com/acme https://gitlab.com/acme
    https://www.npmjs.com/package/x docs.google.com/document/d/1 forms.gle/x drive.google.com/x
    https://www.dropbox.com/s/x https://acme.notion.so/x https://www.canva.com/design/x line.me/R/ti/p/x
    https://page.line.me/x lin.ee/x wa.me/8190 t.me/acme https://zoom.us/j/1 us02web.zoom.us/j/1
    acme.zoom.us/j/1 meet.google.com/abc https://teams.microsoft.com/l/x https://calendly.com/acme
    discord.gg/x https://ja.wikipedia.org/wiki/Acme apps.apple.com/jp/app/x
    play.google.com/store/apps/details?id=x HTTPS://WWW.LINKEDIN.COM:443/IN/X //facebook.com/x
    facebook.com\\acme https://user@linkedin.com/x ｌｉｎｋｅｄｉｎ．ｃｏｍ/in/x https://linkedin.com.
    ttps://www.instagram.com/acme/
"""
OWN = """
    a.wixsite.com a.wixsite.com/shop a.github.io acme.base.shop/items acme.hatenablog.com/entry/1
    acme.myshopify.com/a acme.zoom.us acme.blogspot.com/2020 acme.tumblr.com/x acme.notion.site/x
    acme.slack.com acme.bandcamp.com/x acme.carrd.co acme.peatix.com/view acme.stores.jp acme.jimdofree.com
    acme.sakura.ne.jp acme.medium.com/x ann@linkedin.com ann@facebook.com ann@t.me ann@github.com
    mailto:ann@t.me <ann@facebook.com> ann/x@linkedin.com ａｎｎ＠ｌｉｎｋｅｄｉｎ．ｃｏｍ acme.com acme.co.jp
    acme.com/linkedin.com linkedin.com.acme.com acme.com/?u=https://linkedin.com notlinkedin.com
    mylinkedin.com x.company.com google.com https://www.google.com/ google.com/about amazon.co.jp
    https://www.amazon.com/ rakuten.co.jp rakuten.co.jp/ acme.google-maps.com google.maps.com/maps abc.com
    t.com me.com amazon.acme.com/x facebook-acme.com/x https://acme.com/https://facebook.com/x xn--cck0a4k.jp
    https://アクメ.jp/会社
"""


@pytest.mark.parametrize("address", SHARED.split())
def test_an_address_on_a_host_that_many_share_is_shared(address):
    assert is_shared(address)


@pytest.mark.parametrize("address", OWN.split())
def test_a_host_of_ones_own_and_an_email_address_are_not(address):
    assert not is_shared(address)


@pytest.mark.parametrize("text", ["", " ", "Acme Inc", "linkedin", "none", "http://", "@linkedin", "x" * 70_000])
def test_what_names_no_host_is_not_shared(text):
    assert not is_shared(text)


def test_no_company_university_or_authority_is_taken_for_a_shared_host():
    on_it = {"facebook.com", "linkedin.com", "zoom.us", "github.com", "wikipedia.org"}
    assert {domain for domain in COMPANIES_AND_AUTHORITIES.split() if is_shared(f"https://www.{domain}/")} == on_it


def test_the_lists_are_hosts_each_once_and_every_section_has_a_name():
    listed = sections()
    assert set(listed) == set(KINDS)
    assert sum(map(len, listed.values())) > 3_000
    hosts = [host.removesuffix(".*") for host in shared_hosts()]
    assert [host for host in hosts if "." in host and domain_name(host) != host] == []


@given(st.sampled_from(sorted(shared_hosts())), st.sampled_from(["", "http://", "https://www.", "HTTPS://"]))
def test_every_listed_host_counts_with_a_page_and_as_an_email_address_never(host, scheme):
    path = next((entry.path for entry in shared_hosts()[host] if entry.path), "page")
    written = host.replace(".*", ".co.uk")
    assert is_shared(f"{scheme}{written}/{path}/x?y=1")
    assert not is_shared(f"ann@{written}")
    assert not is_shared(f"{scheme}acme.example.jp/{written}/{path}")


@given(st.text() | st.from_regex(r"\A\S{0,9}@?(facebook|google|amazon)\.(com|de)[/?]?\S{0,9}\Z"))
def test_only_what_names_a_domain_is_shared(text):
    assert not is_shared(text) or domain_in(text) is not None


def test_the_shorteners_are_the_packages_without_companies(tmp_path: Path):
    (tmp_path / "link_shorteners").mkdir()
    listed = ["www.short.ly", "hulu.com", "SHORT.ly", "not a host", "a.gg", "etiny.ios_"]
    (tmp_path / "link_shorteners/link-shorteners.txt").write_text("\n".join(listed), "utf-8")
    (tmp_path / "PKG-INFO").write_text("Name: x\nVersion: 1.2.3\nLicense: MIT\n", "utf-8")
    lines = lines_of(tmp_path)
    assert lines[0].startswith("# PyPI's link-shorteners 1.2.3 (MIT licence)")
    assert lines[2:] == ["a.gg", "short.ly"]
    assert COMPANIES.isdisjoint(sections()["shorteners"])
    (tmp_path / "PKG-INFO").write_text("Name: x\n", "utf-8")
    with pytest.raises(SystemExit, match="version and licence"):
        lines_of(tmp_path)
