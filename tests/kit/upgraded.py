"""A database as `flask db upgrade` makes it: the steps are taken once in a worker of the tests, and copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade

from hubsync.app import create_app
from hubsync.paths import FILES
from hubsync.store import db
from tests.kit.settings import make_settings


def put_database(file: Path) -> None:
    """Put one without a row into *file*."""
    file.write_bytes(_upgraded())
    file.chmod(0o600)


@cache
def _upgraded() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "hubsync.sqlite3"
        app = create_app(make_settings(SQLALCHEMY_DATABASE_URI=f"sqlite:///{file}"), instance_path=Path(folder))
        with app.app_context():
            upgrade(directory=str(FILES / "migrations"))
            db.session.remove()
            db.engine.dispose()
        return file.read_bytes()
