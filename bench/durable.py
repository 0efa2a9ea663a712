"""Durable commits of a SQLite database, counted where they stand: in its write-ahead log.

With ``synchronous=FULL`` SQLite waits for the disk once for each of them. A transaction that changed nothing
leaves none. https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER, _FRAME_HEADER = 32, 24


class WriteAheadLog:
    """Counts the commits that have come to the log of *database* since the last look."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + "-wal")
        self._salts = b""
        self._frames = 0
        self.count()

    def count(self) -> int:
        """The commits since the last look. They have ended: nobody writes meanwhile."""
        if not self._path.exists():
            return 0
        with self._path.open("rb") as file:
            log = file.read()
        if len(log) < _HEADER:
            return 0
        (page,) = struct.unpack(">I", log[8:12])
        salts = log[16:24]
        frames = memoryview(log)[_HEADER:]
        before = 0
        if salts != self._salts:  # the log began anew, over the first frames of the former one
            before, _ = _commits(frames, page, self._frames, self._salts)
            self._salts, self._frames = salts, 0
        commits, self._frames = _commits(frames, page, self._frames, salts)
        return before + commits


def _commits(frames: memoryview, page: int, first: int, salts: bytes) -> tuple[int, int]:
    """The commits among the frames with *salts* from the *first* on, and the number of those frames and before."""
    commits, size = 0, _FRAME_HEADER + page
    while (first + 1) * size <= len(frames):
        begin = first * size
        if frames[begin + 8 : begin + 16] != salts:
            break
        # The size of the database in pages, which only the last frame of a transaction has.
        commits += struct.unpack(">I", frames[begin + 4 : begin + 8]) != (0,)
        first += 1
    return commits, first
