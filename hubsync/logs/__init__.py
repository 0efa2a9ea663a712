"""The log: one set-up for everything that speaks, in lines for people or, on demand, for machines.

``facts`` says which request a line belongs to, ``lines`` how it is written, ``gunicorn_logger`` lets gunicorn
write the same way. What must not be in a log is taken out where records are made, by `hubsync.redacting`.
"""

from __future__ import annotations

import logging
import sys
import threading

import click

from hubsync import redacting
from hubsync.domain.log_formats import LogFormat
from hubsync.logs.lines import make_formatter

SECURITY = "hubsync.security"
"""The logger of `hubsync.services.security_log`; what it says is written by every command as well."""


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Ours among the root logger's handlers."""


def set_up(log_format: LogFormat) -> None:
    """Have everything that this process logs written to stderr; doing so again changes the format.

    A process that serves tells what it does, a command only what is wrong, beside what it prints.
    """
    redacting.install()
    handler = _Handler(sys.stderr)
    handler.setFormatter(make_formatter(log_format))
    root = logging.getLogger()
    for each in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(each)
    root.addHandler(handler)
    root.setLevel(logging.INFO if is_serving() else logging.WARNING)
    logging.getLogger(SECURITY).setLevel(logging.INFO)
    logging.captureWarnings(True)
    threading.excepthook = _log_end_of_thread


def is_serving() -> bool:
    """Whether this process serves (gunicorn, `flask run`) and is not another command."""
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is None or issubclass(ended.exc_type, SystemExit):
        return
    name = ended.thread.name if ended.thread is not None else "without a name"
    exc_info = (ended.exc_type, ended.exc_value, ended.exc_traceback)
    logging.getLogger("hubsync").error("The thread %s ended by a bug.", name, exc_info=exc_info)
