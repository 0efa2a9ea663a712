"""Log redaction: no tokens in addresses and headers, no characters that forge lines.

It works where records are made, not where they are written, so that it covers every logger of the process: ours,
werkzeug's and gunicorn's access log, urllib3, Authlib; whatever handlers they have, and tracebacks too.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

HIDDEN = "[hidden]"

# A one-time link or the address of a booking source is good for whoever reads it. A route with a token in its path
# belongs here; a test goes through all of them. Senders write the slashes of theirs in other ways as well.
_SLASHES = "(?:/|%2[Ff])+"
_PATHS = re.compile(
    rf"(/(?:signin/link|signin/confirm|signin/join|invitations|feeds|intake{_SLASHES}[\w-]+|"
    rf"book/[\w-]+/(?:confirmed|move|cancel)){_SLASHES})"
    r"[^\s/?#\"'<>&]{12,}"
)
# What is asked for is told without its query: a guest may have opened a booking page with answers in it.
_QUERIES = re.compile(r"(?<=[A-Z] )(/[^\s?\"]*)\?[^\s\"]*(?= HTTP/)")
_TELL_OF_REQUESTS = frozenset({"werkzeug", "gunicorn.access"})
# Codes and states come to the callbacks in the query. Where a sender signs nothing its secret comes to the
# address of the booking source, under a name that a team chose.
_CALLBACKS = re.compile(r"(/callback|/intake/+[\w-]{1,50}/+[^\s/?#\"'<>&]{1,200})\?[^\s\"'<>]+")
# The log is searched for guests' addresses and companies, and a booking page may be opened with a guest's answers.
_SEARCHES = re.compile(r"([?&](?:q|guest_\w{1,20})=)[^\s&\"'<>]+")
# The address of a database, or of a proxy, may have a password in it.
_PASSWORDS = re.compile(r"(://[^\s:/@\"'<>]{0,100}:)[^\s/@\"'<>]{1,200}(?=@)")
_HEADERS = re.compile(r"(?i)\b(bearer|basic)(\s{1,4})[\w.~+/=-]{8,}")
# name=value, "name": "value", and a header; "a token: why not" is a sentence.
_NAMED = re.compile(
    r"""(?ix)
    ((?<![a-z0-9]) (?:token|secret|password|code_verifier|authorization|api_key
                      |secret_key(?:_fallbacks)?|encryption_keys)
     (?: \s? = \s? ["']? | ["'] \s? : \s? ["'] | (?<=authorization) \s? : \s? ))
    (?!\[hidden\]) [^\s"'&,;<>]{8,}"""
)
_LONG_CODES = re.compile(r"(\b(?:code|state|nonce)=)[\w.~%+/=-]{16,}")
_SHAPES = re.compile(r"(?<![\w-])(?:pat-[a-z0-9]+-[0-9a-f-]{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+)")

# C0 and C1 controls but for the tabulator, line and paragraph separators, and what turns text around.
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)} - {0x09}
_SPELLED = {code: chr(code).encode("unicode_escape").decode() for code in _CONTROLS}
_SPELLED_BUT_NEWLINE = {code: spelled for code, spelled in _SPELLED.items() if code != 0x0A}

# Its start banner has several lines and its colours are control characters; it escapes what comes from outside.
_ESCAPES_ITSELF = "werkzeug"

_plain = logging.Formatter()


def redact(text: str) -> str:
    """Return *text* with every value that opens something replaced by ``[hidden]``."""
    text = _PATHS.sub(rf"\1{HIDDEN}", text)
    text = _CALLBACKS.sub(rf"\1?{HIDDEN}", text)
    text = _SEARCHES.sub(rf"\1{HIDDEN}", text)
    text = _PASSWORDS.sub(rf"\1{HIDDEN}", text)
    text = _HEADERS.sub(rf"\1\2{HIDDEN}", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    text = _LONG_CODES.sub(rf"\1{HIDDEN}", text)
    return _SHAPES.sub(HIDDEN, text)


def one_line(text: str) -> str:
    """Return *text* with control characters spelled out: CR, LF, ANSI sequences and their like in Unicode."""
    return text.translate(_SPELLED)


def clean(record: logging.LogRecord) -> logging.LogRecord:
    """Make *record* fit to be written: nothing to hide in it, one line, its traceback indented below."""
    try:
        said = record.getMessage()
    except (TypeError, ValueError, KeyError):  # a format that does not fit its values is logging's to report
        said, record.args = str(record.msg), None
    redacted = redact(_QUERIES.sub(r"\1", said) if record.name in _TELL_OF_REQUESTS else said)
    if record.name != _ESCAPES_ITSELF:
        redacted = one_line(redacted)
    if redacted != said:
        record.msg, record.args = redacted, None
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = _below(_plain.formatException(record.exc_info))
    if record.stack_info:
        record.stack_info = _below(record.stack_info)
    return record


def install() -> None:
    """Clean every record of this process from now on; doing so twice changes nothing."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Cleaning):
        logging.setLogRecordFactory(_Cleaning(make))


class _Cleaning:
    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *given: Any, **named: Any) -> logging.LogRecord:
        return clean(self._make(*given, **named))


def _below(trace: str) -> str:
    """Indented: no line of it, whatever an error's text holds, begins as a log line does."""
    lines = redact(trace).translate(_SPELLED_BUT_NEWLINE).split("\n")
    return "\n".join("    " + line for line in lines)
