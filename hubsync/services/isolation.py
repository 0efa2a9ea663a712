"""What nobody expected in one piece of work does not keep the others from being done."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from hubsync.store import db

log = logging.getLogger(__name__)


@contextmanager
def contained(what: str) -> Iterator[None]:
    """Log a mistake met in *what* and go on behind the block; the work is taken up again when it is due again.

    Where it happened is logged, not its message: that may repeat a guest's answer.
    """
    try:
        yield
    except Exception as mistake:
        where = "".join(traceback.format_tb(mistake.__traceback__))
        log.error("%s met %s; it is tried again:\n%s", what, type(mistake).__name__, where)
        db.session.rollback()
