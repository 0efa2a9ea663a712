"""Commands of `flask`: in a process of their own, or in this one with an app of their own, which is quicker.

Both give what `subprocess` gives. What a process adds is its exit code, its signals, its files' modes and that
`flask` finds the app; each of these has a test with a real one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup

from hubsync.app import create_app
from hubsync.store import db
from tests.kit.settings import process_environment
from tests.kit.upgraded import put_database

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
Ended = subprocess.CompletedProcess[str]


def run(*command: str, **settings: str) -> Ended:
    """Run a program with these settings alone, in a process of its own."""
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env=process_environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def call(*words: str, **settings: str) -> Ended:
    """Call a command of `flask` with these settings alone; an exception that would show a traceback is raised."""
    with TemporaryDirectory() as folder:
        made: list[Flask] = []

        def make_app() -> Flask:
            made.append(create_app(settings, instance_path=Path(folder)))
            return made[-1]

        group = FlaskGroup(name="flask", create_app=make_app, add_version_option=False, load_dotenv=False)
        ended = CliRunner().invoke(group, words, catch_exceptions=False)
        for app in made:
            if "sqlalchemy" in app.extensions:
                with app.app_context():
                    db.session.remove()
                    db.engine.dispose()
    return Ended(words, ended.exit_code, ended.stdout, ended.stderr)


def make_database(file: Path) -> str:
    """Put a database as `flask db upgrade` makes it into *file*, and return its address."""
    put_database(file)
    return f"sqlite:///{file}"
