"""Files of the two keys, for installations whose keys are made at their first start and given to nobody."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from hubsync.config.environment import IN_FILE, PREFIX


class KeysMissing(Exception):
    """Keys are to be kept where nobody says, or new ones would not open what is there already."""


def make_secret_key() -> str:
    return secrets.token_urlsafe(48)


def make_encryption_key() -> str:
    return Fernet.generate_key().decode()


KEYS = {"SECRET_KEY": make_secret_key, "ENCRYPTION_KEYS": make_encryption_key}


def keep_keys(environment: Mapping[str, str], database: Path) -> list[Path]:
    """Make each key that is neither given nor kept, in the file that *environment* names, and return those files.

    Nothing that is there is ever written over. Of two that do so at once one makes the key, and both go on with
    it. Raises KeysMissing where no file is named, and where *database* is there without the keys that it needs.
    """
    missing = []
    for name in KEYS:
        if environment.get(f"{PREFIX}{name}", "").strip():
            continue
        path = environment.get(f"{PREFIX}{name}{IN_FILE}", "").strip()
        if not path:
            raise KeysMissing(f"Set {PREFIX}{name}, or {PREFIX}{name}{IN_FILE} to the file that is to keep it.")
        if not Path(path).exists():
            missing.append((name, Path(path)))
    if database.exists() and any(name == "ENCRYPTION_KEYS" for name, _path in missing):
        raise KeysMissing(
            f"{database} was made with keys that are not there any more; new ones would not open what is in it."
            f" Put the former {PREFIX}ENCRYPTION_KEYS back, or take the database away."
        )
    return [path for name, path in missing if _keep(KEYS[name](), path)]


def _keep(text: str, path: Path) -> bool:
    """Whether this process was the one that made *path*, which is whole as soon as it is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
