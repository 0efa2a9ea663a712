"""Lines of the log: time in UTC, level, logger, what is known of the request, and the message.

A record that is given ``facts``, a mapping of names to plain values, is written with them as well.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hubsync.domain.log_formats import LogFormat
from hubsync.logs.facts import current_facts
from hubsync.redacting import one_line, redact

# werkzeug writes the lines of `flask run` for a terminal.
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")
# The network address and the time of a request, which every line has: the address as a hash.
_WHO_AND_WHEN = re.compile(r"^\S{1,50} - - \[[^\]]{1,50}\] ")


def make_formatter(log_format: LogFormat) -> logging.Formatter:
    """The formatter for this format."""
    return JsonLines() if log_format is LogFormat.JSON else TextLines()


class TextLines(logging.Formatter):
    """``2026-11-29T20:10:38.123Z WARNING hubsync.mail [request=5f2c… person=3] The message.``, traces below."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it, and the indented lines of a trace."""
        told = {name: value for name, value in _facts_of(record).items() if name != "event"}  # it is the message
        facts = " ".join(f"{name}={value}" for name, value in told.items())
        head = [_time_of(record), record.levelname, record.name, *([f"[{facts}]"] if facts else [])]
        return "\n".join([" ".join([*head, _message_of(record)]), *_traces_of(record)])


class JsonLines(logging.Formatter):
    """The same as one JSON object in each line.

    Not python-json-logger: it formats a traceback anew, past the redaction, and writes whatever other libraries
    attach to their records.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One object, with ``trace`` where there is one."""
        shown = {
            "time": _time_of(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message_of(record),
            **_facts_of(record),
        }
        if traces := _traces_of(record):
            shown["trace"] = "\n".join(traces)
        return json.dumps(shown, ensure_ascii=False)


def _time_of(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _message_of(record: logging.LogRecord) -> str:
    """The record's own, which was cleaned when it was made; a start banner has several lines."""
    message = record.getMessage()
    if record.name == "werkzeug":
        message = _WHO_AND_WHEN.sub("", _COLOURS.sub("", message))
    return one_line(message.replace("\n", " ").strip())


def _facts_of(record: logging.LogRecord) -> dict[str, Any]:
    own: Mapping[str, Any] = getattr(record, "facts", {})
    return {name: _plain(value) for name, value in {**current_facts().known(), **own}.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else one_line(redact(str(value)))


def _traces_of(record: logging.LogRecord) -> list[str]:
    """Redacted and indented already, when the record was made."""
    return [text for text in (record.exc_text, record.stack_info) if text]
