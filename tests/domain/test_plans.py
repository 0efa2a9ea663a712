"""Which plans post to HubSpot, and that one place says so."""

from __future__ import annotations

import re
from pathlib import Path

import hubsync
from hubsync.domain.plans import Plan, posts
from hubsync.paths import FILES

COMPARES_A_PLAN = re.compile(r"""\bplan\s*[!=]=\s*["'A-Z]""")


def test_only_premium_posts() -> None:
    assert [plan.value for plan in Plan if posts(plan)] == ["premium"]


def test_nobody_else_compares_plans() -> None:
    files = [*Path(hubsync.__file__).parent.rglob("*.py"), *(FILES / "templates").rglob("*.html")]
    assert len(files) > 300
    assert [path.name for path in files if COMPARES_A_PLAN.search(path.read_text(encoding="utf-8"))] == []
