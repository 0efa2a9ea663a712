"""Backups of a database on SQLite: made while HubSync serves, one before each migration, and verified."""

from __future__ import annotations

import errno
import sqlite3
import tomllib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask import current_app

from hubsync.config import settings
from hubsync.errors import Refused
from hubsync.paths import FILES
from hubsync.services import now, tools
from hubsync.store import backup_file, database_files
from hubsync.store.backup_file import Manifest, NotReadable
from hubsync.store.sealed_text import Sealed

BEFORE_MIGRATIONS = "before-migration"


@dataclass(frozen=True)
class BackupFinding:
    """One thing that was looked at in a backup, and whether it is as it should be."""

    subject: str
    found: str
    good: bool = True


def make_backup(target: Path, *, overwrite: bool = False) -> Manifest:
    """Put a backup of the database into *target*; HubSync may serve meanwhile.

    Raises Refused, and leaves nothing half: when the database is not on SQLite or has no tables, when *target* is
    there and not to be overwritten, and when the disk is full or cannot be written to.
    """
    database = database_place()
    if not database.exists():
        raise Refused("There is no database yet: `flask db upgrade` makes it.")
    if target.exists() and target.samefile(database):
        raise Refused(f"{target} is the database itself.")
    if target.exists() and not overwrite:
        raise _is_there(target)
    try:
        return backup_file.write_backup(
            database, target, now().isoformat(), product_version(), overwrite=overwrite
        )
    except FileExistsError as fault:
        raise _is_there(target) from fault
    except (sqlite3.Error, OSError) as fault:
        raise tell_fault(target, fault) from fault


def back_up_before_migrating(head: str) -> Path | None:
    """Make a backup before the migrations until *head* are run, and keep as many of them as the settings say.

    None, and nothing, on another database than SQLite, or where none are kept. Raises Refused as `make_backup`.
    """
    kept = settings().migration_backups
    if not kept or not database_files():
        return None
    folder = Path(current_app.instance_path) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{BEFORE_MIGRATIONS}-{head}-{now():%Y%m%dT%H%M%S%f}.sqlite3"
    make_backup(target)
    former = sorted(folder.glob(f"{BEFORE_MIGRATIONS}-*.sqlite3"), key=lambda each: each.stat().st_mtime_ns)
    for old in former[:-kept]:
        with suppress(FileNotFoundError):  # another process takes them away as well
            old.unlink()
    return target


def verify_backup(file: Path, known_revisions: Collection[str]) -> Iterator[BackupFinding]:
    """Look at one thing after the other; nothing is changed, and the database in use is not looked at.

    *known_revisions* are those of this HubSync. Raises Refused for a file that cannot be read at all.
    """
    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    try:
        yield from _verify(file, known_revisions)
    except NotReadable as fault:
        raise Refused(f"{file} is no backup of HubSync, or it is damaged: {fault}.") from fault


def _verify(file: Path, known_revisions: Collection[str]) -> Iterator[BackupFinding]:
    manifest = backup_file.read_manifest(file)
    log_beside = file.with_name(f"{file.name}-wal")
    if manifest is None:
        torn = log_beside.exists() and log_beside.stat().st_size > 0
        yield BackupFinding(
            "origin",
            "a plain copy with its newest changes in a file beside it, which do not count"
            if torn
            else "a plain copy, which does not say what has to be in it",
            not torn,
        )
    else:
        made = f"made at {manifest.made_at} by HubSync {manifest.version}"
        yield BackupFinding("origin", made)
        whole = backup_file.is_as_it_was_made(file)
        yield BackupFinding("checksum", "not a byte has changed" if whole else "the file has changed since", whole)
    damage = list(backup_file.find_damage(file))
    yield BackupFinding("integrity", "; ".join(damage) if damage else "nothing is torn or missing", not damage)
    with backup_file.reading(file) as database:
        revision, counts = backup_file.read_revision(database), backup_file.count_rows(database)
    known = revision in known_revisions
    yield BackupFinding(
        "revision",
        revision if known else f"{revision or '-'}, which this HubSync does not know",
        known,
    )
    yield _compare_counts(counts, manifest)
    with backup_file.reading(file) as database:
        yield _try_keys(database)


def _compare_counts(counts: dict[str, int], manifest: Manifest | None) -> BackupFinding:
    told = ", ".join(f"{table} {number}" for table, number in counts.items() if number)
    wanted = counts if manifest is None else dict(manifest.counts)
    differing = [each for each in sorted({*counts, *wanted}) if counts.get(each) != wanted.get(each)]
    if differing:
        return BackupFinding("rows", f"not as many as there were: {', '.join(differing)}", False)
    return BackupFinding("rows", told or "there are none")


def _try_keys(database: sqlite3.Connection) -> BackupFinding:
    vault, total, unreadable = tools().vault, 0, 0
    for sealed in backup_file.read_sealed(database):
        total += 1
        unreadable += not vault.can_open(Sealed(sealed))
    if unreadable:
        found = f"HUBSYNC_ENCRYPTION_KEYS cannot open {unreadable} of {total} sealed values"
        return BackupFinding("keys", found, False)
    return BackupFinding("keys", f"the present ones open all sealed values ({total})")


def database_place() -> Path:
    """Where the file of the database is or would be. Raises Refused on another database than SQLite."""
    files = database_files()
    if not files:
        raise Refused(
            "HubSync's data is not in SQLite. On PostgreSQL use pg_dump and pg_restore: see docs/BACKUP.md."
        )
    return files[0]


@cache
def product_version() -> str:
    """The version of this HubSync: as it is installed, or as a checkout has it."""
    with suppress(PackageNotFoundError):
        return version("hubsync")
    with suppress(OSError, KeyError, tomllib.TOMLDecodeError), (FILES / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
    return "unreleased"


def tell_fault(target: Path, fault: sqlite3.Error | OSError) -> Refused:
    """What kept *target* from being written, in one sentence."""
    if getattr(fault, "errno", None) == errno.ENOSPC or getattr(fault, "sqlite_errorname", "") == "SQLITE_FULL":
        return Refused(f"There is no room on the disk for {target}; nothing was left there.")
    return Refused(f"{target} cannot be written: {fault}.")


def _is_there(target: Path) -> Refused:
    return Refused(f"{target} is there already; --overwrite replaces it.")
