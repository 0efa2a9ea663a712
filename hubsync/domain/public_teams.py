"""What guests read of a team at the foot of its booking pages: its name, who is responsible, a privacy notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_OF_A_NAME = 200
MOST_OF_A_NOTICE = 500

# One word that begins as an address does, with a scheme or without. "Note:below" is one too; a blank helps it.
_ADDRESS = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*:|//|www\.)\S*")


@dataclass(frozen=True)
class PublicTeam:
    """A team as guests see it. *responsible* and *privacy_notice* are empty where the team gave none."""

    name: str
    responsible: str = ""
    privacy_notice: str = ""

    @property
    def privacy_link(self) -> str:
        """The notice where it is an address to follow, else an empty text."""
        return self.privacy_notice if is_link(self.privacy_notice) else ""


def looks_like_an_address(text: str) -> bool:
    """Whether *text* is one word that begins as an address does, whatever its scheme."""
    return _ADDRESS.fullmatch(text) is not None


def is_link(text: str) -> bool:
    """Whether *text* is an address that guests may be led to: http or https, with a host and nobody's name."""
    if not looks_like_an_address(text):
        return False
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:  # brackets that enclose no address, a port that is no number
        return False
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc and "\\" not in text
