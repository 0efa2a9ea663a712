"""Account of one person at a calendar provider, in memory."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


def write_event(start: datetime, end: datetime, title: str, *lines: str) -> str:
    """The text of an event from *start* to *end* (aware), with more *lines*, such as a rule."""
    stamp = "%Y%m%dT%H%M%SZ"
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{secrets.token_hex(8)}@calendar.example",
            f"DTSTAMP:{start.astimezone(UTC):{stamp}}",
            f"DTSTART:{start.astimezone(UTC):{stamp}}",
            f"DTEND:{end.astimezone(UTC):{stamp}}",
            f"SUMMARY:{title}",
            *lines,
            "END:VEVENT",
        ]
    )


@dataclass
class PersonalCalendar:
    """One calendar: its *name*, the *path* of its address, and the texts of its components by their ids."""

    name: str
    path: str
    components: dict[str, str] = field(default_factory=dict)
    holds: str = "VEVENT"
    version: int = 1

    def put(self, text: str, id: str = "") -> str:
        """Keep a component (several texts in one make one resource), under a new id unless there is one."""
        id = id or secrets.token_hex(6)
        self.components[id] = text
        self.version += 1
        return id

    def remove(self, id: str) -> None:
        del self.components[id]
        self.version += 1

    @property
    def tag(self) -> str:
        return f"{self.path}-{self.version}"

    def write(self, *ids: str) -> str:
        """The calendar, or those of its components, as a file."""
        texts = [self.components[each] for each in ids or self.components]
        return "\r\n".join(
            ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stand-in//EN", *texts, "END:VCALENDAR", ""]
        )


@dataclass
class Account:
    """Who may see the *calendars*: by CalDAV under *user* and *password*, by ICS whoever knows *secret*."""

    user: str = "ren@calendar.example"
    password: str = "app-password"  # noqa: S105  # of a stand-in, shown on its page
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    calendars: list[PersonalCalendar] = field(default_factory=list)

    def find(self, path: str) -> PersonalCalendar | None:
        return next((each for each in self.calendars if each.path == path), None)


def working_week(monday: datetime) -> PersonalCalendar:
    """A calendar *Work* with the appointments of each week, from the midnight *monday* (aware) begins with."""
    calendar = PersonalCalendar("Work", "work")
    workdays = "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    for day, hour, minutes, title, rule in (
        (0, 10, 60, "Planning of the week", "RRULE:FREQ=WEEKLY"),
        (0, 15, 30, "Stand-up", workdays),
        (1, 13, 120, "Design review", "RRULE:FREQ=WEEKLY"),
        (3, 16, 90, "One to one", "RRULE:FREQ=WEEKLY"),
        (4, 9, 180, "Time to write", "RRULE:FREQ=WEEKLY;INTERVAL=2"),
    ):
        start = monday + timedelta(days=day, hours=hour)
        calendar.put(write_event(start, start + timedelta(minutes=minutes), title, rule))
    return calendar
