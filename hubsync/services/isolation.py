"""Isolation of pieces of work: an unexpected error in one does not keep the others from being done."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from hubsync.store import db

log = logging.getLogger(__name__)


@contextmanager
def log_unexpected(what: str) -> Iterator[None]:
    """Log an unexpected error in *what* and go on behind the block; the work is tried again when it is due."""
    try:
        yield
    except Exception as error:
        log.error("%s met %s; it is tried again:\n%s", what, *origin_of(error))
        db.session.rollback()


def origin_of(error: Exception) -> tuple[str, str]:
    """The type of an unexpected error, and where it happened; its message may repeat a guest's answer."""
    return type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
