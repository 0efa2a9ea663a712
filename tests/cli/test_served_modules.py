"""A HubSync that is served loads what pages and deliveries need: the rest it knows by name alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ROOT
from tests.kit.settings import make_settings, process_environment

OTHERS = {"hubspot_sandbox", "scheduler_sandbox", "hubsync.demo", "psycopg"}
WHEN_ASKED_FOR = {
    "alembic",
    "flask_migrate",
    "mako",
    "prometheus_client",
    "markdown_it",
    "apprise",
    "namedivider_core",
}
LIST = """
import sys, wsgi
assert {"demo", "sandbox", "db", "backup", "move-to-postgresql"} <= set(wsgi.app.cli.commands)
print(*sys.modules)
"""


@pytest.mark.sqlite("is about what it needs")
@pytest.mark.slow
def test_what_serves_from_sqlite_loads_no_stand_in_nothing_of_postgresql_and_no_migrations(tmp_path: Path) -> None:
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
    kept_out = OTHERS | WHEN_ASKED_FOR
    assert [each for each in loaded if each in kept_out or each.partition(".")[0] in kept_out] == []
