"""Profile: what a person says about themselves."""

from __future__ import annotations

from flask_babel import gettext as _

from hubsync.config import settings
from hubsync.domain.languages import LONGEST_LANGUAGE
from hubsync.domain.names import tidy_name
from hubsync.domain.zones import is_zone
from hubsync.errors import Refused
from hubsync.store import write_transaction
from hubsync.store.people import Person

LONGEST_NAME = 200


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


def links_work() -> bool:
    """Whether a sign-in link can be asked for and mailed."""
    return settings().signin_links and settings().mail_set_up
