"""What a part of the bench found, and bench/RESULTS.md, where each part has a section of its own."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "RESULTS.md"
PARTS = (
    *("calls", "overhead", "features", "confirm", "intake", "growth", "replay", "burst", "page", "imports"),
    *("backlog", "soak"),
)
LONG = ("backlog", "soak")
"""What takes a quarter of an hour and more, and is no part of `all`."""
LIBRARIES = ("flask", "sqlalchemy", "requests", "urllib3", "gunicorn", "hubspot-api-client", "hubspot-sdk")

_HEAD = """# Results of the bench

Made by `python -m bench <part>` or `python -m bench all`; each part replaces its own section. HubSpot is the
stand-in of `hubspot_sandbox`, in a process of its own with all limits off; the database is SQLite on disk with WAL
and synchronous FULL. Ratios compare what was measured alternately in one run.
"""


@dataclass(frozen=True)
class Finding:
    """One number that has to be reached, and whether it was."""

    what: str
    measured: str
    wanted: str
    reached: bool


@dataclass(frozen=True)
class Report:
    """What a part found: *lines* are Markdown, *findings* the numbers it has to reach."""

    part: str
    lines: Sequence[str]
    findings: Sequence[Finding] = field(default=())

    @property
    def reached(self) -> bool:
        return all(each.reached for each in self.findings)

    def text(self) -> str:
        """The section, from its heading on, with date and versions."""
        parts = [f"## {self.part}", "", _circumstances(), "", *self.lines, ""]
        if self.findings:
            parts += ["Numbers to reach:", ""]
            for each in self.findings:
                mark = "reached" if each.reached else "**not reached**"
                parts.append(f"- {each.what}: {each.measured}; wanted {each.wanted}: {mark}")
        return "\n".join(parts).rstrip() + "\n"


def keep(report: Report, path: Path = RESULTS) -> None:
    """Put the report into the file in place of the part's former one."""
    sections = _sections(path.read_text() if path.exists() else "")
    sections[report.part] = report.text()
    ordered = [sections[part] for part in PARTS if part in sections]
    path.write_text("\n".join([_HEAD, *ordered]))


def _sections(text: str) -> dict[str, str]:
    found = re.split(r"^## (\w+)\n", text, flags=re.MULTILINE)
    return {name: f"## {name}\n{body.rstrip()}\n" for name, body in zip(found[1::2], found[2::2], strict=True)}


def _circumstances() -> str:
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = os.getloadavg()[0]
    return (
        f"{moment}, HubSync at {commit_of(ROOT)}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {versions}; "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} then."
    )


def commit_of(checkout: Path) -> str:
    """The commit that is checked out, with a mark when there are changes; "?" outside of git."""
    command = ("git", "describe", "--always", "--dirty=+", "--exclude=*")
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"
