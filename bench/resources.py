"""What a serving process takes of the machine, sample by sample, with its database and the log of that."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Sample:
    """So it was, *at* so many seconds after the beginning; sizes in MB (10^6 bytes)."""

    at: float
    resident: float
    descriptors: int
    threads: int
    database: float
    wal: float
    processor: float
    """Seconds of a processor, with those of its children that have ended."""


@dataclass
class Samples:
    """Taken of *process* and of the SQLite file *database*, until the block ends."""

    process: int
    database: Path
    taken: list[Sample] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take one now, one every few seconds, and one at the end."""
        ended, began = threading.Event(), time.monotonic()

        def look() -> None:
            while True:
                last = ended.wait(EVERY_SECONDS)
                self.taken.append(self._take(time.monotonic() - began))
                if last:
                    return

        self.taken.append(self._take(0.0))
        watching = threading.Thread(target=look, name="samples")
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()

    def _take(self, at: float) -> Sample:
        folder = Path(f"/proc/{self.process}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:15]
        wal = self.database.with_name(self.database.name + "-wal")
        return Sample(
            at=at,
            resident=int(status["VmRSS"].split()[0]) * 1024 / 1e6,
            descriptors=len(os.listdir(folder / "fd")),
            threads=int(status["Threads"]),
            database=self.database.stat().st_size / 1e6,
            wal=wal.stat().st_size / 1e6 if wal.exists() else 0.0,
            processor=sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"),
        )

    def about(self, at: float) -> Sample:
        """The one nearest to so many seconds after the beginning."""
        return min(self.taken, key=lambda sample: abs(sample.at - at))

    def between(self, begin: float, end: float) -> list[Sample]:
        """Those of a time, of which there is at least one."""
        found = [sample for sample in self.taken if begin <= sample.at <= end]
        return found or [self.about(end)]


__all__ = ["Sample", "Samples"]
