"""What is said of an event of a busy calendar that could not be read: its day and the reason, nothing more."""

from __future__ import annotations

from flask_babel import format_date, gettext, lazy_gettext

from hubsync.domain.busy_times import UnreadEvent, UnreadReason

SENTENCES = {
    UnreadReason.NO_START: lazy_gettext("It does not say when it begins. It does not count as busy."),
    UnreadReason.TIME_INVALID: lazy_gettext("One of its times cannot be read. It does not count as busy."),
    UnreadReason.RULE_INVALID: lazy_gettext(
        "The rule by which it repeats makes no sense. It does not count as busy."
    ),
    UnreadReason.RULE_TOO_COSTLY: lazy_gettext(
        "Working out when it repeats takes too long. It does not count as busy."
    ),
    UnreadReason.TOO_MANY_TIMES: lazy_gettext("It repeats too often. It does not count as busy."),
    UnreadReason.NOT_CLOSED: lazy_gettext("Its end is missing in the file. It does not count as busy."),
    UnreadReason.ZONE_UNKNOWN: lazy_gettext(
        "Nobody knows the time zone that it names, so the calendar's own zone was taken. It counts as busy then."
    ),
}


def explain_unread(event: UnreadEvent) -> str:
    """One line about an event that could not be read."""
    sentence = str(SENTENCES[event.reason])
    if event.day is None:
        return gettext("An event without a day: %(sentence)s", sentence=sentence)
    return gettext("An event that begins on %(day)s: %(sentence)s", day=format_date(event.day), sentence=sentence)
