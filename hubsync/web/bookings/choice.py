"""Choice of a time: what of the address, or of a form that was sent, says which month, day, time and zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from hubsync.domain.availability.start_times import is_counted
from hubsync.domain.query_names import rank
from hubsync.domain.questions import Part, Question
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.web.shell.i18n import LANG
from hubsync.web.shell.time_zone_choices import is_offered

SEE, START, ZONE = "see", "start", "time_zone"
PICK = "pick"
"""What a time is called that is chosen while answers are typed already."""
PREFILLED = {
    "guest_name": Part.NAME,
    "guest_email": Part.EMAIL,
    "guest_company": Part.COMPANY,
    "guest_comment": Part.COMMENT,
}
"""Query names that fill in the default questions."""
OWN_NAMES = frozenset((SEE, START, ZONE, PICK, LANG, *PREFILLED))
"""Names of our own, which are no URL parameters of the booking."""


def read_zone(sent: MultiDict[str, str], page: BookingPage) -> ZoneInfo:
    """The guest's time zone: what was chosen, else the calendar's."""
    name = sent.get(ZONE, "")
    return ZoneInfo(name if is_offered(name, page.time_zone) else page.time_zone)


def read_start(typed: str) -> datetime | None:
    """The instant that a choice names (ISO 8601 with its offset), in UTC; None for anything else.

    A time in the first or the last years of all is none: a zone may have no date for it.
    """
    try:
        start = datetime.fromisoformat(typed.strip()[:40].replace(" ", "+"))  # a + that nobody escaped
        return start.astimezone(UTC) if start.tzinfo is not None and is_counted(start) else None
    except ValueError:
        return None


def prefilled(args: MultiDict[str, str], questions: Iterable[Question]) -> MultiDict[str, str]:
    """What the address fills in, under the names of the questions' fields."""
    names = {part: name for name, part in PREFILLED.items()}
    found: MultiDict[str, str] = MultiDict()
    for question in questions:
        if question.part is not None and args.get(names[question.part]):
            found[f"question-{question.id}"] = args[names[question.part]]
    return found


def params_of(args: MultiDict[str, str], page: BookingPage) -> list[tuple[str, str]]:
    """The URL parameters that are kept with the booking, those first that are kept before others."""
    params = [(name, value) for name, value in args.items(multi=True) if name not in OWN_NAMES]
    return sorted(params, key=lambda each: rank(each[0], page.query_names))
