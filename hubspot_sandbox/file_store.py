"""Persistence between starts: a file of one SQLite table with a JSON row for each entity."""

import json
import sqlite3
from pathlib import Path
from typing import Any


class FileStore:
    """Writes each changed entity to *data_file* at once; with None it stores nothing.

    Callers hold the state's lock. A killed process loses nothing it had answered (the rows are with the
    operating system by then); only a machine that loses power may lose the last moments.
    """

    def __init__(self, data_file: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if data_file is None:
            return
        data_file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(data_file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS things (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
        )

    def save(self, kind: str, key: str, body: dict[str, Any]) -> None:
        """Write one entity, replacing what had the same kind and key."""
        if self._db is not None:
            row = (kind, key, json.dumps(body, ensure_ascii=False))
            self._db.execute("INSERT OR REPLACE INTO things VALUES (?, ?, ?)", row)

    def delete(self, kind: str, key: str | None = None) -> None:
        """Remove one entity, or every entity of a kind."""
        if self._db is None:
            return
        if key is None:
            self._db.execute("DELETE FROM things WHERE kind = ?", (kind,))
        else:
            self._db.execute("DELETE FROM things WHERE kind = ? AND id = ?", (kind, key))

    def load(self, kind: str) -> list[dict[str, Any]]:
        """Every entity of a kind, in the order first written."""
        if self._db is None:
            return []
        rows = self._db.execute("SELECT body FROM things WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return [json.loads(body) for (body,) in rows]

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None
