"""Troubles that hold up many bookings at once: each is one, however many bookings it holds up.

One is named by the code of an error of the whole account or of a permission, or by a property that HubSpot takes
no more: ``contacts.lastname``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hubsync.domain.mapping import Section
from hubsync.domain.remarks import RemarkKind

_NAMED = re.compile(rf"[a-z_]{{1,64}}|(?:{'|'.join(Section)})\.[A-Za-z0-9_]{{1,255}}")


@dataclass(frozen=True, slots=True)
class GoneProperty:
    """A mapped property that HubSpot takes no more, whatever the value: bookings are posted without it.

    *code* is HubSpot's, *since* when that was noticed, None where a former version noticed it; *calendars* are the
    ids of those that map it.
    """

    section: Section
    name: str
    label: str
    code: str
    since: datetime | None
    calendars: tuple[int, ...]

    @property
    def trouble(self) -> str:
        """What names it."""
        return f"{self.section.value}.{self.name}"


def is_trouble(text: str) -> bool:
    """Whether *text* can be the name of one."""
    return _NAMED.fullmatch(text) is not None


def is_of_property(trouble: str) -> bool:
    """Whether it is a property that HubSpot takes no more; else it is the code of an error."""
    return "." in trouble


def holds_up(trouble: str, reason: str, remarks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the trouble holds up a delivery with this *reason* and these *remarks*, or it lacks something."""
    if not is_of_property(trouble):
        return reason == trouble
    section, _dot, name = trouble.partition(".")
    return any(
        each["kind"] == RemarkKind.DROPPED and (each.get("section"), each.get("property")) == (section, name)
        for each in remarks
    )
