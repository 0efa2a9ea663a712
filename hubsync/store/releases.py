"""Table of the newest release of HubSync, as far as it is known."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime

ONLY = 1
"""There is one row."""


class NewestRelease(Base):
    """What was read last, and *asked_at*, when somebody last went to look, whether or not anything was found."""

    __tablename__ = "newest_release"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=ONLY)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[str] = mapped_column(String(50), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
