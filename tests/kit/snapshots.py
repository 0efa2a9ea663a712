"""What a test begins with, built once in a worker and given back to each test that begins with the same."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import time_machine
from flask import Flask

from hubspot_sandbox.collection import Collection
from hubspot_sandbox.server import SandboxServer
from hubsync.store import database_files, db

OLDEST_SECONDS = 60.0
"""What is older is built anew: a page may say how long ago something was."""
ISSUED = ("installs", "access_tokens", "refresh_tokens", "service_keys")
"""What of the stand-in is kept beside the database: what it issued."""
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """The bytes of the database, what the stand-in issued, and what the builder returned."""

    built_at: float
    database: bytes
    issued: dict[str, list[Any]]
    result: T


_kept: WeakKeyDictionary[Flask, dict[Hashable, Snapshot[Any]]] = WeakKeyDictionary()


def build_once(app: Flask, sandbox: SandboxServer | None, key: Hashable, build: Callable[[], T]) -> T:
    """What *build* returns, in the app's context, with its rows in the database.

    *key* says what it builds. It takes the place of all that is there, so it is only copied into a database that
    nobody has open and that holds, byte for byte, what it was built upon. Otherwise, on another database than
    SQLite, or while a test has moved the clock, it is built.
    """
    with app.app_context():
        file = _closed_file()
        if file is None or time_machine.escape_hatch.is_travelling():
            return build()
        snapshots = _kept.setdefault(app, {})
        _forget_old(snapshots)
        key = key, hashlib.sha256(file.read_bytes()).digest()
        found = snapshots.get(key)
        if found is not None:
            file.write_bytes(found.database)
            for name, issued in found.issued.items():
                for each in issued:
                    _collection(sandbox, name).put(deepcopy(each))
            return found.result
        result = build()
        db.session.remove()
        db.engine.dispose()
        if not _log_of(file).exists():  # nobody has the database open, so all of it is in the file
            issued = {name: deepcopy(_collection(sandbox, name).values()) for name in ISSUED if sandbox}
            snapshots[key] = Snapshot(time.monotonic(), file.read_bytes(), issued, result)
        return result


def _collection(sandbox: SandboxServer | None, name: str) -> Collection[Any]:
    collection: Collection[Any] = getattr(sandbox.state, name)
    return collection


def _forget_old(snapshots: dict[Hashable, Snapshot[Any]]) -> None:
    oldest = time.monotonic() - OLDEST_SECONDS
    for key in [key for key, each in snapshots.items() if each.built_at < oldest]:
        del snapshots[key]


def _closed_file() -> Path | None:
    """The database's file, unless somebody has it open: SQLite keeps its log as long as there is a connection."""
    files = database_files()
    return files[0] if files and files[0].exists() and not _log_of(files[0]).exists() else None


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")
