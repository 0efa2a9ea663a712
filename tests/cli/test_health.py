"""`flask health` says by its exit code whether the HubSync of this machine is ready."""

from __future__ import annotations

import subprocess
import sys

import pytest
from flask import Flask

from hubsync.services.operations.kept_numbers import keep_round
from hubsync.services.operations.readiness import newest_migration
from hubsync.store import db
from tests.cli.commands import ROOT
from tests.kit.listening import listening
from tests.kit.ports import free_port
from tests.kit.readiness import stamp


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["health", *arguments])
    return done.exit_code, done.output.strip()


@pytest.mark.parametrize("given", [{"SCHEDULER": "on"}])
def test_it_tells_what_is_missing_and_what_is_well(app: Flask) -> None:
    with listening(app) as port:
        assert run(app, "--port", str(port)) == (1, "!!  HubSync is not ready: background, migrations")
        assert run(app, "--alive", "--port", str(port)) == (0, "ok  HubSync serves")
        with app.app_context():
            stamp(newest_migration())
            keep_round("due", 0.1)
        assert run(app, "--port", str(port)) == (0, "ok  HubSync is ready")
        with app.app_context():
            db.drop_all()
        assert run(app, "--alive", "--port", str(port)) == (1, "!!  HubSync is not ready: the database")


def test_nobody_answering_is_said(app: Flask) -> None:
    port = free_port()
    said = f"!!  HubSync does not answer on port {port}: the connection was refused."
    assert run(app, "--port", str(port)) == (1, said)


def test_the_installed_command_loads_no_app_for_it() -> None:
    script = (
        "import sys; from hubsync.__main__ import main; sys.argv[1:] = ['health', '--port', '1']\n"
        "try: main()\n"
        "except SystemExit as ended: print(ended.code, *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    code, *loaded = done.stdout.split()
    assert code == "1"
    assert {"hubsync.app", "sqlalchemy", "hubsync.services"}.isdisjoint(loaded)
