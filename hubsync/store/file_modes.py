"""File modes: files with guests' data are this user's alone, whatever the umask was."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077
_WRITABLE_BY_OTHERS = 0o022
_STICKY = 0o1000


def keep_from_others(paths: Iterable[Path]) -> None:
    """Take every right of others away from those *paths* that exist and are this user's."""
    for path in paths:
        with suppress(OSError):  # it is not there, or its file system knows no modes: `flask check` tells
            status = path.stat()
            if status.st_uid == os.geteuid() and status.st_mode & OTHERS:
                path.chmod(status.st_mode & 0o700)


def open_to_others(paths: Iterable[Path]) -> list[str]:
    """Those of the *paths* that other users of this machine can get at."""
    return [str(path) for path in paths if path.exists() and path.stat().st_mode & OTHERS]


def replaceable_by_others(folder: Path) -> bool:
    """Whether other users can put a file of theirs in the place of one in *folder*."""
    mode = folder.stat().st_mode if folder.exists() else 0
    return bool(mode & _WRITABLE_BY_OTHERS) and not mode & _STICKY
