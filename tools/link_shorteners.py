"""Make hubsync/domain/data/link_shorteners.txt out of PyPI's package link-shorteners.

pip download --no-deps --no-binary :all: link-shorteners
tar xzf link_shorteners-*.tar.gz
python tools/link_shorteners.py link_shorteners-*/
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

TARGET = Path(__file__).parents[1] / "hubsync" / "domain" / "data" / "link_shorteners.txt"

COMPANIES = frozenset({
    "hulu.com", "hover.com", "libero.it", "blip.tv", "zip.net", "rushtix.co", "galien.org", "ad-med.cz",
    "365edu.io", "xr.com", "itsfoss.click", "quip-art.com", "omoikane.net", "unixgaming.dev",
    "katana.run", "iscool.net", "cup.org", "dw.com", "f1.com", "riot.com", "cb.com", "infy.com",
    "homes.jp", "garyvee.com", "foodtv.com", "ntap.com", "acus.org", "qr.net", "kp.org", "sc.org",
    "kf.org", "pew.org", "onion.com", "amrep.org", "yourls.org",
})  # fmt: skip
"""Hosts of the package that companies use as their own."""
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")


def lines_of(package: Path) -> list[str]:
    """The data file's lines: a header that says where they come from, then the sorted hosts."""
    about = (package / "PKG-INFO").read_text("utf-8")
    version, licence = (re.search(rf"^{each}: (.+)$", about, re.MULTILINE) for each in ("Version", "License"))
    if version is None or licence is None:
        raise SystemExit("The package does not say its version and licence.")
    listed = (package / "link_shorteners" / "link-shorteners.txt").read_text("utf-8").split()
    hosts = {host.strip().lower().removeprefix("www.") for host in listed} - COMPANIES
    return [
        f"# PyPI's link-shorteners {version[1]} ({licence[1]} licence): https://github.com/mayakyler/link-shorteners",
        "# Copyright 2024 Waitlist LLC. tools/link_shorteners.py makes this file and leaves out companies' hosts.",
        *sorted(filter(_HOST.fullmatch, hosts)),
    ]


def main() -> None:
    """Write the data file."""
    parser = argparse.ArgumentParser(description="Make the list of hosts that shorten web addresses.")
    parser.add_argument("package", type=Path, help="the unpacked PyPI package")
    lines = lines_of(parser.parse_args().package)
    TARGET.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{TARGET}: {len(lines) - 2} hosts")


if __name__ == "__main__":
    main()
