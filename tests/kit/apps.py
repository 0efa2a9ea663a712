"""HubSync's apps for tests: one for each set of settings in a worker, with everything of the last test gone."""

from __future__ import annotations

import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import create_engine, inspect

from hubsync.app import build_tools, create_app
from hubsync.config.environment import read_settings
from hubsync.services.connection import token_refresh
from hubsync.services.signin.mails import THREAD_NAME
from hubsync.store import db
from hubsync.store.tables import METADATA

KEPT = 6
"""As many apps are kept; one with settings that no other test has is soon thrown away."""

MEMORY = Path("/dev/shm")
ROOM = 500_000_000
"""Shared apps have their files in memory where that many bytes are free."""


@contextmanager
def folder_of_apps(on_disk: Path) -> Iterator[Path]:
    """A folder for files that live no longer than a test: in memory, or *on_disk* where there is no room.

    The file system of a disk takes a twentieth of the processor time of a test with an app, though nobody waits.
    """
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    with TemporaryDirectory(
        prefix="hubsync-tests-", dir=MEMORY if in_memory else on_disk, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


class SharedApps:
    """Making an app takes longer than many a test, and giving it an empty database takes nothing.

    What a test may change is made anew: the database file, the settings, the tools. A test that gives an app
    other pages makes its own with `new_app`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._apps: OrderedDict[frozenset[tuple[str, str]], SharedApp] = OrderedDict()

    def fresh(self, settings: Mapping[str, str]) -> SharedApp:
        """The app with these settings, without a row in its database."""
        key = frozenset(settings.items())
        shared = self._apps.pop(key, None)
        if shared is None:
            self._made += 1
            shared = SharedApp(settings, self._folder / f"instance-{self._made}")
        self._apps[key] = shared
        if len(self._apps) > KEPT:
            _settings, oldest = self._apps.popitem(last=False)
            shutil.rmtree(oldest.folder, ignore_errors=True)
        shared.reset()
        return shared


class SharedApp:
    """One of them, with a way back to the state in which `create_app` returned it."""

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        self.app = create_app(settings, instance_path=folder)
        self.folder = folder
        self._settings = read_settings(settings)
        self._config, self._extensions = dict(self.app.config), dict(self.app.extensions)

    def reset(self) -> None:
        self.app.config.clear()
        self.app.config.update(self._config)
        self.app.extensions.clear()
        self.app.extensions.update(self._extensions)
        self.app.extensions["hubsync"] = build_tools(self.app, self._settings)
        # Removed, not emptied: a thread that a test left behind keeps the file that it has open.
        shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
        create_tables(self.app)


@contextmanager
def new_app(settings: Mapping[str, str], folder: Path) -> Iterator[Flask]:
    """An app of the test's own, with all tables; its connections are closed at the end."""
    app = create_app(settings, instance_path=folder)
    create_tables(app)
    try:
        yield app
    finally:
        close(app)


def close(app: Flask) -> None:
    """Wait for what works on behind answers, and close the connections to the database."""
    for thread in threading.enumerate():
        if thread.name in (THREAD_NAME, token_refresh.THREAD_NAME):
            thread.join()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def create_tables(app: Flask) -> None:
    """Make all tables in the app's empty database: on SQLite by writing a file that has them."""
    with app.app_context():
        name = db.engine.url.database
        if db.engine.dialect.name == "postgresql":
            if not inspect(db.engine).has_table("teams"):
                db.create_all()
            db.engine.dispose()
            return
        if not name or name == ":memory:":
            db.create_all()
            return
    Path(name).write_bytes(file_with_tables())


@cache
def file_with_tables() -> bytes:
    """A SQLite file that has all tables."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tables.sqlite3"
        engine = create_engine(f"sqlite:///{file}")
        METADATA.create_all(engine)
        engine.dispose()
        return file.read_bytes()
