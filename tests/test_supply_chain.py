"""What HubSync is made of: pinned by hash, under licences that allow it, and audited with an honest count."""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml

from tools.audit import judge, pinned_names

ROOT = Path(__file__).parent.parent
PINS = ["requirements.txt", "requirements-dev.txt"]
FREE = re.compile(
    r"MIT|BSD|Apache|ISC\b|PSF|Python Software Foundation|MPL|Mozilla|Unlicense|Public Domain|LGPL|Lesser General"
)
"""HubSync is given out under MIT: what it runs on may ask for its notice, and not for HubSync's own text."""
SAID_ELSEWHERE = {"namedivider-core": "MIT"}
"""Its wheels say nothing. Its repository has the text, and says of the list of family names inside that dividing
names with it is free, for commercial ends as well: https://github.com/rskmoi/namedivider-rs"""


@pytest.mark.parametrize("name", PINS)
def test_every_package_is_pinned_by_the_hashes_of_its_files(name: str) -> None:
    pins = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8").strip())
    hashed = re.compile(r"\S+==\S+ .*\n +--hash=sha256:[0-9a-f]{64}")
    assert len(pins) > 40
    assert [pin.split()[0] for pin in pins if not hashed.match(pin)] == []


def test_licences_of_what_it_runs_on_allow_it() -> None:
    told = {}
    for name in pinned_names((ROOT / "requirements.txt").read_text("utf-8")):
        about = metadata(name)
        classifiers = [each for each in about.get_all("Classifier", []) if each.startswith("License ::")]
        told[name] = " ".join([about.get("License-Expression", ""), *classifiers, about.get("License", "")[:100]])
        told[name] = told[name].strip() or SAID_ELSEWHERE.get(name, "")
    assert {name: licence for name, licence in told.items() if not FREE.search(licence)} == {}


def test_an_audit_that_looked_at_nothing_is_no_good_one() -> None:
    told = {
        "dependencies": [
            {"name": "Flask_Babel", "version": "4.0.0", "vulns": []},
            {"name": "requests", "skip_reason": "Dependency not found on PyPI and could not be audited"},
        ]
    }
    lines, good = judge(frozenset({"flask-babel", "requests", "jinja2"}), told)
    assert not good
    assert lines == [
        "!!  jinja2: could not be looked at",
        "!!  requests: could not be looked at",
        "Looked at 1 of 3 packages; 0 known vulnerabilities.",
    ]


def test_an_audit_says_what_is_known_and_where_it_is_mended() -> None:
    fault = {"id": "PYSEC-2026-1", "fix_versions": ["2.35.0"]}
    told = {"dependencies": [{"name": "requests", "version": "2.34.2", "vulns": [fault]}]}
    lines, good = judge(frozenset({"requests"}), told)
    assert not good
    assert lines[0] == "!!  requests: PYSEC-2026-1, mended in 2.35.0"
    assert judge(frozenset({"requests"}), {"dependencies": [{"name": "requests", "vulns": []}]}) == (
        ["Looked at 1 of 1 packages; 0 known vulnerabilities."],
        True,
    )


def test_newer_versions_are_proposed_for_all_that_is_pinned() -> None:
    proposals = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    assert {each["package-ecosystem"] for each in proposals["updates"]} == {"pip", "docker", "docker-compose"}
