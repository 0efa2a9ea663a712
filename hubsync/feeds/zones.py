"""Time zones of a feed: an IANA name counts for itself, a Windows name is translated, others are as the file says.

The name beats the definition, because definitions are often out of date, and those of Office 365 at times no
definitions at all (https://github.com/home-assistant/core/issues/142164).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import tzinfo
from zoneinfo import ZoneInfo

import icalendar
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from hubsync.domain.zones import zone_named

_OF_THE_MACHINE = frozenset({"localtime", "posixrules", "factory"})
_LONGEST = 200
_UTC_NAMES = {"tzone://microsoft/utc": "UTC", "z": "UTC", "gmt": "UTC"}


class Zones:
    """The zones that one calendar may name; *definitions* are its VTIMEZONE components by name."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._definitions = definitions
        self._known: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """The zone called *name*; None where neither the world nor the file knows it."""
        if name not in self._known:
            self._known[name] = find_zone(name) or self._defined(name) or _whatever_its_case(name)
        return self._known[name]

    def _defined(self, name: str) -> tzinfo | None:
        definition = self._definitions.get(name) or self._definitions.get(name.strip('"'))
        if definition is None:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                component = icalendar.Timezone.from_ical(definition)
                zone: tzinfo = tzp.create_timezone(component)
                return zone
        except Exception:  # whatever a stranger's definition does to two libraries, it is none
            return None


def find_zone(name: str) -> ZoneInfo | None:
    """The zone with an IANA name, a Windows name, or a name of a vendor that ends in an IANA name."""
    cleaned = name.strip().strip('"').strip("/")
    if not cleaned or len(cleaned) > _LONGEST:
        return None
    candidates = [_UTC_NAMES.get(cleaned.lower(), cleaned), WINDOWS_TO_OLSON.get(cleaned, "")]
    parts = cleaned.split("/")
    # /freeassociation.sourceforge.net/Europe/Berlin, as libical and Lightning write it
    candidates += (
        ["/".join(parts[index:]) for index in range(1, len(parts))] if name.strip().startswith("/") else []
    )
    return next((zone for each in candidates if (zone := _iana(each)) is not None), None)


def _iana(name: str) -> ZoneInfo | None:
    if not name or name.lower() in _OF_THE_MACHINE:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # what is no name, a folder, or nothing
        return None


def _whatever_its_case(name: str) -> ZoneInfo | None:
    return _iana(zone_named(name))
