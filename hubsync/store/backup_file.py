"""Backup file: a copy of a SQLite database, with a table beside ours that says what has to be in it.

It is a database itself, so that `sqlite3` opens it wherever HubSync is not at hand. Its SHA-256 stands in it and
is that of the file with zeros in its own place: integrity checks find torn pages, not a letter that was changed.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

MANIFEST, CHECKSUM = "hubsync_backup", "hubsync_backup_checksum"
"""The tables of the manifest. The checksum has one of its own, so that it stands in the file once."""
ENDS = ("-journal", "-wal", "-shm")
_UNKNOWN = "0" * 64
_PIECE = 1 << 20


class NotReadable(sqlite3.DatabaseError):
    """The file is no SQLite database, or one that is torn."""


@dataclass(frozen=True)
class Manifest:
    """What was written down when the backup was made; *made_at* is ISO 8601 in UTC."""

    made_at: str
    version: str
    revision: str
    counts: Mapping[str, int]


def write_backup(
    source: Path | sqlite3.Connection, target: Path, made_at: str, version: str, *, overwrite: bool = False
) -> Manifest:
    """Put a copy of the database *source*, as it is at one instant, into the file *target*.

    Others read and write *source* meanwhile. *target* is this user's alone, and is there whole or not at all.
    Raises FileExistsError when it is there already and not to be overwritten, sqlite3.Error and OSError for
    whatever else is in the way.
    """
    with part_of(target) as part:
        with closing(_open(part)) as copy:
            if isinstance(source, Path):
                with closing(_open(source)) as database:
                    database.backup(copy)
            else:
                source.backup(copy)
            # Whoever opens a copy in WAL mode makes two files beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            drop_manifest(copy)
            manifest = Manifest(made_at, version, read_revision(copy), count_rows(copy))
            _write_manifest(copy, manifest)
        _write_checksum(part)
        put_in_place(part, target, overwrite=overwrite)
    return manifest


def read_manifest(file: Path) -> Manifest | None:
    """What *file* says of itself; None for a copy that HubSync did not make. Raises NotReadable."""
    with reading(file) as database:
        if not _has_table(database, MANIFEST):
            return None
        rows = database.execute(f"SELECT name, value FROM {MANIFEST}")  # noqa: S608
        values = {name: json.loads(value) for name, value in rows}
    try:
        return Manifest(**values)
    except TypeError as fault:
        raise NotReadable("its manifest is not one") from fault


def is_as_it_was_made(file: Path) -> bool:
    """Whether not one byte of *file*, which has a manifest, has changed since it was made. Raises NotReadable."""
    with reading(file) as database:
        mark = _read_mark(database)
    place, digest = _digest(file, mark)
    return place >= 0 and mark[-64:] == digest.encode()


def find_damage(file: Path) -> Iterator[str]:
    """What SQLite itself finds wrong with *file*, and rows that refer to rows that are not there."""
    with reading(file) as database:
        for (line,) in database.execute("PRAGMA integrity_check(20)"):
            if line != "ok":
                yield str(line)
        for table, row_id, parent, _number in database.execute("PRAGMA foreign_key_check").fetchmany(20):
            yield f"{table} {row_id} refers to a row of {parent} that is not there"


def count_rows(database: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of ours has."""
    tables = [
        str(name)
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not name.startswith("sqlite_") and name not in (MANIFEST, CHECKSUM)
    ]
    return {each: int(database.execute(f'SELECT count(*) FROM "{each}"').fetchone()[0]) for each in tables}  # noqa: S608


def read_revision(database: sqlite3.Connection) -> str:
    """The migration that the database has reached; "" for one that has no tables of ours."""
    if not _has_table(database, "alembic_version"):
        return ""
    row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def read_sealed(database: sqlite3.Connection) -> Iterator[str]:
    """Every sealed text, whatever revision the database has: their columns' names end in ``_sealed``."""
    for table in count_rows(database):
        for _number, column, *_rest in database.execute(f'PRAGMA table_info("{table}")').fetchall():
            if column.endswith("_sealed"):
                chosen = f'SELECT "{column}" FROM "{table}" WHERE "{column}" != ?'  # noqa: S608
                yield from (str(sealed) for (sealed,) in database.execute(chosen, ("",)))


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """The file opened for reading alone: nothing is made beside it. Raises NotReadable."""
    database = sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)
    with closing(database):
        try:
            yield database
        except sqlite3.DatabaseError as fault:
            raise NotReadable(str(fault)) from fault


@contextmanager
def engine_of(file: Path) -> Iterator[Engine]:
    """An engine for a database that is not the app's; nothing has *file* open afterwards."""
    engine = create_engine(f"sqlite:///{file}", hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """A new empty file beside *target*, this user's alone, gone afterwards with all that SQLite put by it."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
    finally:
        for each in (part, *(part.with_name(part.name + end) for end in ENDS)):
            with suppress(FileNotFoundError):
                each.unlink()


def put_in_place(part: Path, target: Path, *, overwrite: bool) -> None:
    """Let *part* be *target*, on the disk before this returns. Raises FileExistsError unless *overwrite*."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    if overwrite:
        part.replace(target)
    else:
        _link(part, target)
    _sync_folder(target.parent)


def _link(part: Path, target: Path) -> None:
    """Of two who come at one instant the second finds what the first put there."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError(target) from None
        part.replace(target)


def drop_manifest(database: sqlite3.Connection) -> None:
    """Take out of a copy what its database has nothing to do with."""
    for table in (MANIFEST, CHECKSUM):
        database.execute(f"DROP TABLE IF EXISTS {table}")


def _open(file: Path) -> sqlite3.Connection:
    """The database in *file*, which is there: SQLite would make one that is not."""
    return sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=rw", uri=True, isolation_level=None)


def _write_manifest(database: sqlite3.Connection, manifest: Manifest) -> None:
    database.execute(f"CREATE TABLE {MANIFEST} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    rows = [(name, json.dumps(value)) for name, value in vars(manifest).items()]
    database.executemany(f"INSERT INTO {MANIFEST} VALUES (?, ?)", rows)  # noqa: S608
    database.execute(f"CREATE TABLE {CHECKSUM} (value TEXT NOT NULL)")
    database.execute(f"INSERT INTO {CHECKSUM} VALUES (?)", (f"{secrets.token_hex(16)}:{_UNKNOWN}",))  # noqa: S608


def _write_checksum(file: Path) -> None:
    with reading(file) as database:
        mark = _read_mark(database)
    place, digest = _digest(file, mark)
    if place < 0:
        raise NotReadable("its checksum has no place")
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(digest.encode())


def _read_mark(database: sqlite3.Connection) -> bytes:
    """Where the checksum stands: a text that stands nowhere else in the file."""
    row = database.execute(f"SELECT value FROM {CHECKSUM}").fetchone()  # noqa: S608
    if row is None or len(row[0]) != 32 + 1 + 64:
        raise NotReadable("it has no checksum")
    return str(row[0]).encode()


def _digest(file: Path, mark: bytes) -> tuple[int, str]:
    """Where the checksum stands in the file, -1 when it does not stand in it once; and what it should be."""
    digest = hashlib.sha256()
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = content.find(mark)
        if found < 0 or content.find(mark[:32], found + 1) >= 0:
            return -1, ""
        place = found + len(mark) - len(_UNKNOWN)
        for start in range(0, place, _PIECE):
            digest.update(content[start : min(start + _PIECE, place)])
        digest.update(_UNKNOWN.encode())
        for start in range(place + len(_UNKNOWN), len(content), _PIECE):
            digest.update(content[start : start + _PIECE])
    return place, digest.hexdigest()


def _has_table(database: sqlite3.Connection, table: str) -> bool:
    asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return database.execute(asked, (table,)).fetchone() is not None


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
