"""Searches of the log as addresses say them: sealed, and good for a day.

What is searched for is mostly a guest's e-mail address, and addresses of pages stay in histories of browsers and
in logs of proxies.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from hubsync.errors import SecretUnreadable
from hubsync.services import now, tools
from hubsync.store.sealed_text import Sealed

LIFE = timedelta(days=1)


def keep_search(team_id: int, by: str, text: str) -> str:
    """What an address of this team's log says instead of *by* and *text*."""
    kept = json.dumps([by, text, now().isoformat()], ensure_ascii=False)
    return tools().vault.seal(_place(team_id), kept).rstrip("=")


def read_search(team_id: int, kept: str) -> tuple[str, str] | None:
    """What `keep_search` was told; None when that was too long ago, or elsewhere."""
    sealed = Sealed(kept + "=" * (-len(kept) % 4))
    try:
        by, text, since = json.loads(tools().vault.open(_place(team_id), sealed))
    except (SecretUnreadable, ValueError):
        return None
    return (by, text) if now() - datetime.fromisoformat(since) < LIFE else None


def _place(team_id: int) -> str:
    return f"team:{team_id}:search of the log"
