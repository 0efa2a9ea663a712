"""Calendar files read by a second reader, which shares nothing with the library that wrote them.

The lines are read here; what a zone's rules say of an instant is dateutil's word.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from dateutil import parser, tz


@dataclass
class Line:
    """A property of the event: its value, and its parameters by their names."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass
class ReadEvent:
    """The one event of a file; *lines* by name, of the *attendees* all, times as instants."""

    method: str
    lines: dict[str, Line]
    attendees: list[Line]
    starts_at: datetime
    ends_at: datetime
    zone: str


def read_calendar(mail: EmailMessage) -> ReadEvent:
    """The event of the calendar part of *mail*, whose header names the method that the file has."""
    (part,) = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    read = read_event(part.get_content().replace("\r\n", "\n").replace("\n", "\r\n"))
    assert part.get_param("method") == read.method
    assert part.get_param("charset").lower() == "utf-8"
    return read


def read_event(text: str) -> ReadEvent:
    """The one event of the calendar file *text*."""
    lines: list[str] = []
    for physical in text.split("\r\n"):
        assert len(physical.encode()) <= 75, "a line has at most 75 octets"
        if physical.startswith(" "):
            lines[-1] += physical[1:]
        elif physical:
            lines.append(physical)
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    begins, ends = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    found: dict[str, Line] = {}
    attendees = []
    for line in lines[begins + 1 : ends]:
        name, read = _read_line(line)
        if name == "ATTENDEE":
            attendees.append(read)
        else:
            assert name not in found, f"{name} twice"
            found[name] = read
    zones = tz.tzical(io.StringIO(text)) if "BEGIN:VTIMEZONE" in lines else None
    starts, until = found["DTSTART"], found["DTEND"]
    method = next(line.removeprefix("METHOD:") for line in lines if line.startswith("METHOD:"))
    zone = starts.parameters.get("TZID", "UTC")
    return ReadEvent(method, found, attendees, _at(starts, zones), _at(until, zones), zone)


def _at(line: Line, zones: Any) -> datetime:
    read = parser.parse(line.value)
    if not line.value.endswith("Z"):
        read = read.replace(tzinfo=zones.get(line.parameters["TZID"]))
    return read.astimezone(UTC)


def _read_line(line: str) -> tuple[str, Line]:
    """Name, parameters and value; colons and semicolons between quotes belong to a parameter."""
    pieces, quoted = [""], False
    for number, sign in enumerate(line):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            value = line[number + 1 :]
            break
        elif sign == ";" and not quoted:
            pieces.append("")
            continue
        pieces[-1] += sign
    named = [piece.partition("=") for piece in pieces[1:]]
    return pieces[0], Line(_unescape(value), {key: text.strip('"') for key, _, text in named})


def _unescape(value: str) -> str:
    plain = value.replace("\\\\", "\x00").replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
    return plain.replace("\x00", "\\")
