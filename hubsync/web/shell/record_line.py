"""Line about a record of HubSpot: on a delivery, in a preview, of a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RecordLine:
    """One line: whose it is, a word with its icon and tone, the sentence, and the record's page in HubSpot.

    *gone* says instead of a link that HubSpot does not show the record any more.
    """

    name: str
    word: str
    icon: str
    tone: Literal["good", "plain", "care", "bad"]
    sentence: str
    record_id: str = ""
    link: str = ""
    gone: str = ""


@dataclass(frozen=True)
class FilledLine:
    """One property of a record that HubSpot has: its name, the section it is of, what becomes of it, its value."""

    name: str
    section: str
    sentence: str
    value: str = ""
