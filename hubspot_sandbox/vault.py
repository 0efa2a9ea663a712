"""Where the sandbox keeps its things between starts: one SQLite table of JSON rows."""

import json
import sqlite3
from pathlib import Path
from typing import Any


class Vault:
    """Writes each changed thing through to *data_file* at once; with None it remembers nothing.

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

    def keep(self, kind: str, key: str, body: dict[str, Any]) -> None:
        """Write one thing, replacing what had the same kind and key."""
        if self._db is not None:
            row = (kind, key, json.dumps(body, ensure_ascii=False))
            self._db.execute("INSERT OR REPLACE INTO things VALUES (?, ?, ?)", row)

    def forget(self, kind: str, key: str | None = None) -> None:
        """Remove one thing, or every thing of a kind."""
        if self._db is None:
            return
        if key is None:
            self._db.execute("DELETE FROM things WHERE kind = ?", (kind,))
        else:
            self._db.execute("DELETE FROM things WHERE kind = ? AND id = ?", (kind, key))

    def recall(self, kind: str) -> list[dict[str, Any]]:
        """Every thing of a kind, in the order first written."""
        if self._db is None:
            return []
        rows = self._db.execute("SELECT body FROM things WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return [json.loads(body) for (body,) in rows]

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None
