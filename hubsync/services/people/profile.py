"""Profile: what a person says about themselves."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.zones import is_zone
from hubsync.errors import Refused
from hubsync.store import write_transaction
from hubsync.store.people import Person

LONGEST_NAME = 200
LONGEST_LANGUAGE = 16
# They turn the rest of a line around: "by <name>" must not rewrite the sentence it stands in.
# https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def save_profile(person_id: int, name: str, time_zone: str, language: str) -> Person:
    """Store how the person is called, in which zone and language they read, and return the person.

    An empty *name* is none, an empty *language* is the browser's. Whether there is a catalogue for *language* is
    the page's to know. Raises Refused, naming the field.
    """
    tidy = tidy_name(name)
    if len(tidy) > LONGEST_NAME:
        raise Refused(_("The name may have up to 200 characters."), field="name")
    if not is_zone(time_zone):
        raise Refused(_("Select a time zone."), field="time_zone")
    if len(language) > LONGEST_LANGUAGE:
        raise Refused(_("Select a language."), field="language")
    with write_transaction() as session:
        person = session.get_one(Person, person_id)
        person.name, person.time_zone, person.language = tidy, time_zone, language
    return person


def tidy_name(name: str) -> str:
    """The name on one line, without signs that control how others read it; empty when nothing can be seen of it.

    A letter that is half of a pair is no letter, and no database takes it.
    """
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in name)
    tidy = " ".join("".join(sign for sign in kept if sign not in TURNING).split())
    return tidy if any(unicodedata.category(sign)[0] in "LNPS" for sign in tidy) else ""


def links_work() -> bool:
    """Whether a sign-in link can be asked for and mailed."""
    return settings().signin_links and settings().mail_set_up
