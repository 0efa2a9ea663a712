"""The kill switch of the crash test: it counts step boundaries and kills its own process at one of them.

It hangs on foreign libraries alone, so that nothing of the product knows of it: on SQLAlchemy before and after
each commit that changed something (on PostgreSQL also one that locked rows and found nothing to change), on the
standard library's HTTP client before a call, when it is sent, and when the answer begins, on its SMTP client
before a mail, when it is sent, and when the server has answered.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import smtplib
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

BEFORE_COMMIT, AFTER_COMMIT = "commit", "committed"
BEFORE_MAIL, MAIL_SENT, AFTER_MAIL = "mail", "mail sent", "mail answered"
BEFORE_CALL, CALL_SENT, AFTER_CALL = "call ", "sent ", "answered "
"""The names of the boundaries; those of a call are followed by its method and path, with … for an id."""
_ID = re.compile(r"/\d+(?=/|$)")


class KillSwitch:
    """Tells the name of each boundary as it is passed; kills the process at number *at* unless that is None."""

    def __init__(self, at: int | None, tell: Callable[[str], None]) -> None:
        self._at, self._tell = at, tell
        self._passed = 0
        self._lock = threading.Lock()

    def pass_by(self, name: str) -> None:
        with self._lock:
            self._passed += 1
            self._tell(name)
            if self._passed == self._at:
                os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Watch every library that commits or sends, until the process ends."""
        self._watch_commits()
        self._watch_calls()
        self._watch_mails()

    def _watch_commits(self) -> None:
        changed = threading.local()

        def before(connection: Connection) -> None:
            changed.now = _has_changed(connection)
            if changed.now:
                self.pass_by(BEFORE_COMMIT)

        def after(session: Session) -> None:
            if getattr(changed, "now", False):
                changed.now = False
                self.pass_by(AFTER_COMMIT)

        event.listen(Engine, "commit", before)
        event.listen(Session, "after_commit", after)

    def _watch_calls(self) -> None:
        client: Any = http.client.HTTPConnection
        put_request, get_response = client.putrequest, client.getresponse

        def begin(line: Any, method: str, url: str, *more: Any, **named: Any) -> Any:
            line.under_way = f"{method} {_ID.sub('/…', url.partition('?')[0])}"
            self.pass_by(BEFORE_CALL + line.under_way)
            return put_request(line, method, url, *more, **named)

        def finish(line: Any, *more: Any, **named: Any) -> Any:
            self.pass_by(CALL_SENT + line.under_way)
            answer = get_response(line, *more, **named)
            self.pass_by(AFTER_CALL + line.under_way)
            return answer

        client.putrequest, client.getresponse = begin, finish

    def _watch_mails(self) -> None:
        client: Any = smtplib.SMTP
        hand_over, send = client.data, client.send

        def begin(line: Any, message: Any) -> Any:
            self.pass_by(BEFORE_MAIL)
            answer = hand_over(line, message)
            self.pass_by(AFTER_MAIL)
            return answer

        def put(line: Any, what: Any) -> None:
            send(line, what)
            if isinstance(what, bytes):  # the mail; commands are text
                self.pass_by(MAIL_SENT)

        client.data, client.send = begin, put


def _has_changed(connection: Connection) -> bool:
    """Whether the transaction that is to be committed wrote anything."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "postgresql":
        # A transaction has no number before it writes or locks a row.
        (number,) = driver.execute("SELECT pg_current_xact_id_if_assigned()::text").fetchone()
        return number is not None
    before, connection.info["changes"] = connection.info.get("changes", 0), driver.total_changes
    return bool(driver.total_changes != before)
