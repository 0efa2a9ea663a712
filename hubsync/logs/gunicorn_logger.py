"""Logger for gunicorn, whose own lines are written as all others, and requests without their query strings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from hubsync import redacting
from hubsync.config.environment import read_log_format
from hubsync.logs.lines import make_formatter


class GunicornLogger(Logger):
    """gunicorn's error log and, where it is switched on (``--access-logfile -``), its access log in our lines."""

    def setup(self, cfg: Any) -> None:
        """gunicorn calls this at the start and whenever it reads its settings again."""
        redacting.install()
        super().setup(cfg)  # type: ignore[no-untyped-call]
        formatter = make_formatter(read_log_format())
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                if not isinstance(handler, logging.NullHandler):
                    handler.setFormatter(formatter)

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: timedelta) -> None:
        """One line for each request: method, path and status; who asked is in the facts of the request."""
        if not self.access_log_enabled:
            return
        path = str(environ.get("RAW_URI", "")).partition("?")[0]
        facts = {"bytes": getattr(resp, "sent", 0) or 0, "milliseconds": int(request_time.total_seconds() * 1000)}
        status = str(resp.status).partition(" ")[0]
        self.access_log.info("%s %s %s", environ.get("REQUEST_METHOD"), path, status, extra={"facts": facts})
