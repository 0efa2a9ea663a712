"""Form of a calendar's free times: what was typed, what is wrong with each field, and the rules that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hubsync.domain.availability.opening_hours import Intervals, OpeningHours
from hubsync.domain.availability.rules import (
    FIRST_DATE,
    LAST_DATE,
    LIMITS,
    LONGEST_PERIOD,
    MOST_LOOKS,
    ROLLING_DAYS,
    Fixed,
    FreeTimeRules,
    Rolling,
    last_known,
)
from hubsync.domain.availability.typed_hours import read_day, read_week, time_text
from hubsync.domain.normal_forms import nfkc
from hubsync.domain.reminders import CHOICES, NONE
from hubsync.domain.values import date_text
from hubsync.phrases import labelled
from hubsync.web.availability.words import FIELDS, name_weekdays, tell_hours_problem

DAY_MINUTES = {"minutes": 1, "hours": 60, "days": 24 * 60}
"""The units of the least notice, in minutes."""
MOST_OTHER_DAYS = 366
NUMBERS = ("duration_minutes", "step_minutes", "buffer_before", "buffer_after", "most_a_day")
_LONGEST = 20

Row = tuple[str, str]


@dataclass
class HoursRow:
    """The intervals of a weekday or of a single day as typed; *errors* are sentences by interval."""

    id: str
    rows: list[Row]
    date: str = ""
    errors: dict[int, str] = field(default_factory=dict)
    date_error: str = ""


class FreeTimesForm:
    """The free times of a calendar in *zone*; `check` makes ``rules`` of them, or gives fields their errors."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.week: list[HoursRow] = []
        self.other_days: list[HoursRow] = []
        self.values: dict[str, str] = {}
        self.hosts: set[str] = set()
        self.errors: dict[str, str] = {}
        self.rules: FreeTimeRules | None = None
        self.reminder_minutes = NONE

    @classmethod
    def of(
        cls, rules: FreeTimeRules, hosts: Sequence[int], today: date, reminder_minutes: int = NONE
    ) -> FreeTimesForm:
        """The form with the *rules* as they are saved; single days that have passed are left out."""
        form = cls(rules.zone)
        form.week = [HoursRow(f"day-{day}", _typed(each)) for day, each in enumerate(rules.hours.weekly)]
        coming = [(day, each) for day, each in sorted(rules.hours.days.items()) if day >= today]
        form.other_days = [
            HoursRow(f"other-{number}", _typed(each), day.isoformat()) for number, (day, each) in enumerate(coming)
        ]
        form.values = {name: "" if getattr(rules, name) is None else str(getattr(rules, name)) for name in NUMBERS}
        unit = next(name for name in ("days", "hours", "minutes") if rules.notice_minutes % DAY_MINUTES[name] == 0)
        form.values |= {
            "notice": str(rules.notice_minutes // DAY_MINUTES[unit]),
            "notice_unit": unit if rules.notice_minutes else "hours",
        }
        if isinstance(rules.period, Rolling):
            form.values |= {"period": "rolling", "days_ahead": str(rules.period.days)}
        else:
            fixed = {"first_day": rules.period.first.isoformat(), "last_day": rules.period.last.isoformat()}
            form.values |= {"period": "fixed", **fixed}
        form.values["reminder"] = str(reminder_minutes)
        form.hosts = {str(each) for each in hosts}
        return form

    @classmethod
    def sent(cls, zone: ZoneInfo, sent: MultiDict[str, str]) -> FreeTimesForm:
        """The form as it came back."""
        form = cls(zone)
        form.week = [HoursRow(f"day-{day}", _pairs(sent, f"day-{day}")) for day in range(7)]
        numbers = sorted({name.split("-")[1] for name in sent if name.startswith("other-")}, key=_as_number)
        typed = [
            HoursRow(
                f"other-{_as_number(each)}",
                _pairs(sent, f"other-{each}"),
                sent.get(f"other-{each}-date", "").strip(),
            )
            for each in numbers[: MOST_OTHER_DAYS + 1]
        ]
        form.other_days = [each for each in typed if each.date or each.rows]
        names = (*NUMBERS, "notice", "notice_unit", "reminder", "period", "days_ahead", "first_day", "last_day")
        form.values = {name: sent.get(name, "")[:_LONGEST].strip() for name in names}
        form.hosts = set(sent.getlist("hosts"))
        return form

    @property
    def spare_day(self) -> HoursRow:
        """An empty day to fill in, under a name that none of the others has."""
        numbers = [_as_number(row.id.removeprefix("other-")) for row in self.other_days]
        return HoursRow(f"other-{max(numbers, default=-1) + 1}", [])

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What has to be corrected, in the page's order: the id of the field, and its name with a sentence."""
        found: list[tuple[str, str]] = []
        others = ((row, _name_day(row)) for row in self.other_days)
        for row, day in (*zip(self.week, name_weekdays(), strict=False), *others):
            if row.date_error:
                found.append((f"{row.id}-date", labelled(day, row.date_error)))
            found += [
                (f"{row.id}-{number}-opens", labelled(day, sentence))
                for number, sentence in sorted(row.errors.items())
            ]
        wrong = (name for name in FIELDS if name in self.errors)
        return [*found, *((name, labelled(FIELDS[name], self.errors[name])) for name in wrong)]

    def check(self, today: date) -> bool:
        """Whether everything will do *today*; ``rules`` are made then."""
        weekly = self._check_week()
        days = self._check_other_days()
        numbers = {name: self._number(name, *LIMITS[name], optional=name == "most_a_day") for name in NUMBERS}
        notice = self._notice()
        self._check_reminder()
        period = self._fixed(today) if self["period"] == "fixed" else self._rolling()
        if self.problems or period is None or notice is None:
            return False
        required = {name: number for name, number in numbers.items() if number is not None}
        hours = OpeningHours(weekly, days)
        rules = FreeTimeRules(self.zone, hours, notice_minutes=notice, period=period, **required)
        if rules.count_looks(len(self.hosts)) > MOST_LOOKS:
            self.errors["step_minutes"] = _(
                "With these hours, this period and these hosts there are too many start times to look through. "
                "Choose a longer step or a shorter period."
            )
            return False
        self.rules = rules
        return True

    def _check_week(self) -> tuple[Intervals, ...]:
        read = read_week([row.rows for row in self.week])
        for (day, number), problem in read.problems.items():
            self.week[day].errors[number] = tell_hours_problem(problem)
        return read.weekly

    def _check_other_days(self) -> Mapping[date, Intervals]:
        days: dict[date, Intervals] = {}
        if len(self.other_days) > MOST_OTHER_DAYS:
            self.errors["other_days"] = _("At most %(most)s other days can be kept.", most=MOST_OTHER_DAYS)
        for row in self.other_days:
            read = read_day(row.rows)
            row.errors = {number: tell_hours_problem(problem) for number, problem in read.problems.items()}
            text = date_text(row.date)
            if text is None:
                row.date_error = _("Choose a date.")
            elif date.fromisoformat(text) in days:
                row.date_error = _("This date is there twice.")
            else:
                days[date.fromisoformat(text)] = read.intervals
        return days

    def _number(self, name: str, least: int, most: int, *, optional: bool = False) -> int | None:
        typed = nfkc(self[name])
        if not typed and optional:
            return None
        if typed.isascii() and typed.isdigit() and least <= int(typed) <= most:
            return int(typed)
        self.errors[name] = _("This is a number from %(least)s to %(most)s.", least=least, most=most)
        return None

    def _notice(self) -> int | None:
        minutes = DAY_MINUTES.get(self["notice_unit"], 60)
        number = self._number("notice", 0, LIMITS["notice_minutes"][1] // minutes)
        return None if number is None else number * minutes

    def _check_reminder(self) -> None:
        known = {str(each): each for each in (NONE, *CHOICES)}
        chosen = known.get(self["reminder"] or str(NONE))
        if chosen is None:
            self.errors["reminder"] = _("Choose one of these.")
        else:
            self.reminder_minutes = chosen

    def _rolling(self) -> Rolling | None:
        number = self._number("days_ahead", *ROLLING_DAYS)
        return None if number is None else Rolling(number)

    def _day(self, name: str) -> date | None:
        text = date_text(self[name])
        day = date.fromisoformat(text) if text is not None else None
        if day is None or not FIRST_DATE <= day <= LAST_DATE:
            self.errors[name] = _("Choose a date.")
            return None
        return day

    def _fixed(self, today: date) -> Fixed | None:
        first, last = self._day("first_day"), self._day("last_day")
        if first is None or last is None:
            return None
        period = Fixed(first, last)
        length = (period.last - period.first).days
        if length < 0:
            self.errors["last_day"] = _("The last day is before the first one.")
        elif length >= LONGEST_PERIOD:
            self.errors["last_day"] = _("At most %(most)s days can be open.", most=LONGEST_PERIOD)
        elif period.last > last_known(today):
            self.errors["last_day"] = _(
                "Busy calendars are read until %(day)s. Choose that day or one before it.",
                day=format_date(last_known(today), "long"),
            )
        return None if "last_day" in self.errors else period


def _name_day(row: HoursRow) -> str:
    """The single day of a row as people write it."""
    text = date_text(row.date)
    return format_date(date.fromisoformat(text), "long") if text is not None else _("Other day")


def _typed(intervals: Intervals) -> list[Row]:
    return [(time_text(each.opens), time_text(each.closes)) for each in intervals]


def _pairs(sent: MultiDict[str, str], name: str) -> list[Row]:
    """The intervals of one day; empty ones at its end are no rows."""
    opens, closes = sent.getlist(f"{name}-opens"), sent.getlist(f"{name}-closes")
    rows = [(begin[:_LONGEST].strip(), end[:_LONGEST].strip()) for begin, end in zip(opens, closes, strict=False)]
    return [row for row in rows if any(row)]


def _as_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 10**6
