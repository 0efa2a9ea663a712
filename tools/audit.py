"""Dependency audit: what is known against the versions in requirements.txt, and how many could be looked at.

pip-audit calls a run good in which it could look at nothing, so its own word is not enough: here only a run that
looked at everything, and found nothing, exits with 0.

uv run --no-project --with pip-audit==2.10.1 python -m tools.audit
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PINNED = Path(__file__).parents[1] / "requirements.txt"
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE | re.IGNORECASE)


def pinned_names(requirements: str) -> frozenset[str]:
    """The names of all packages that *requirements* pins, as PyPI compares them."""
    return frozenset(_comparable(name) for name in _PIN.findall(requirements))


def judge(pinned: frozenset[str], told: Mapping[str, Any]) -> tuple[list[str], bool]:
    """What pip-audit *told* in its JSON about the *pinned* packages, line by line, and whether all is well."""
    known = {_comparable(each["name"]): each["vulns"] for each in told["dependencies"] if "vulns" in each}
    found = [(name, each) for name, faults in sorted(known.items()) for each in faults]
    missed = sorted(pinned - known.keys())
    lines = [
        *(f"!!  {name}: {each['id']}, mended in {', '.join(each['fix_versions'])}" for name, each in found),
        *(f"!!  {name}: could not be looked at" for name in missed),
        f"Looked at {len(pinned) - len(missed)} of {len(pinned)} packages; {len(found)} known vulnerabilities.",
    ]
    return lines, len(lines) == 1


def main() -> int:
    """Run pip-audit, which asks PyPI; 0 when all was looked at and nothing found, 1 otherwise."""
    command = ["-r", str(PINNED), "--require-hashes", "--disable-pip", "-f", "json", "--progress-spinner", "off"]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pip_audit", *command], capture_output=True, text=True, check=False
    )
    try:
        told = json.loads(done.stdout)
    except ValueError:
        print(done.stderr, file=sys.stderr)
        return 1
    lines, good = judge(pinned_names(PINNED.read_text("utf-8")), told)
    print(*lines, sep="\n")
    return 0 if good else 1


def _comparable(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
