"""A line of the record of processing: what is kept, where, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.services.operations.processing_record import ProcessingRecord

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
"""What databases are called, by the names that SQLAlchemy has for them."""


@dataclass(frozen=True)
class KeptThing:
    """A line of the record. *lead* is the label of a page of Team Settings about it and *endpoint* that page."""

    what: str
    where: str
    kept: str
    more: Sequence[str] = field(default=())
    lead: str = ""
    endpoint: str = ""


def in_database(record: ProcessingRecord) -> str:
    """Where what HubSync itself keeps lies."""
    return _("the database of this installation (%(kind)s)", kind=DATABASES.get(record.database, record.database))


def tell_span(time: timedelta) -> str:
    """A length of time in days, or in minutes below a day."""
    if time >= timedelta(days=1):
        return ngettext("%(num)s day", "%(num)s days", time.days)
    return ngettext("%(num)s minute", "%(num)s minutes", time.seconds // 60)
