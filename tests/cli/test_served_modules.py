"""A HubSync that is served knows some commands by name alone: it loads no stand-in, and no driver but its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ROOT
from tests.kit.settings import make_settings, process_environment

OTHERS = {"hubspot_sandbox", "scheduler_sandbox", "hubsync.demo", "psycopg"}
LIST = """
import sys, wsgi
assert {"demo", "sandbox", "move-to-postgresql"} <= set(wsgi.app.cli.commands)
print(*sys.modules)
"""


@pytest.mark.slow
def test_what_serves_from_sqlite_loads_no_stand_in_and_nothing_of_postgresql(tmp_path: Path) -> None:
    settings = make_settings(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'hubsync.sqlite3'}")
    done = subprocess.run(
        [sys.executable, "-c", LIST],
        cwd=ROOT,
        env=process_environment(settings),
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = done.stdout.split()
    assert "hubsync.web.bookings.page" in loaded
    assert [each for each in loaded if each in OTHERS or each.partition(".")[0] in OTHERS] == []
