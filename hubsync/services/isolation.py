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
    """Log an unexpected error in *what* and go on behind the block; the work is tried again when it is due.

    Where it happened is logged, not its message: that may repeat a guest's answer.
    """
    try:
        yield
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s met %s; it is tried again:\n%s", what, type(error).__name__, where)
        db.session.rollback()
