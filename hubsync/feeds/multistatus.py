"""Reader of WebDAV's 207 answers: what a server says of each of its resources (RFC 4918, section 13).

The XML is a stranger's, so no tree is built, nothing is declared in it, and it is no deeper than such answers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError, XMLParser

from hubsync.errors import FeedCutOff, FeedNotCalendar, FeedTooManyEvents
from hubsync.feeds.lines import number
from hubsync.feeds.reading import MOST_COMPONENTS

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
SERVER = "{http://calendarserver.org/ns/}"
_DEEPEST = 30


@dataclass(slots=True)
class Resource:
    """What is said of one *href*: its *status* (0 where none is said) and the properties that could be read."""

    href: str = ""
    status: int = 0
    properties: dict[str, Property] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        return self.properties[name].text.strip() if name in self.properties else ""

    def leads_to(self, name: str) -> str:
        """The first address in a property, empty where there is none."""
        return next(iter(self.properties[name].hrefs), "") if name in self.properties else ""

    def parts(self, name: str) -> frozenset[str]:
        return frozenset(self.properties[name].parts) if name in self.properties else frozenset()


@dataclass(slots=True)
class Property:
    """The *text* of a property, the *hrefs* in it, and its *parts*: names of elements in it, or of components."""

    text: str = ""
    hrefs: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def read_multistatus(content: bytes) -> list[Resource]:
    """The resources of a 207 answer. Raises FeedNotCalendar for what is none, FeedCutOff, FeedTooManyEvents."""
    target = _Target()
    # Nothing is fetched by it, and what could grow is declared in a DOCTYPE, which the target refuses.
    parser = XMLParser(target=target, encoding="utf-8")  # noqa: S314
    try:
        parser.feed(content)
        parser.close()
    except ParseError:
        if target.depth:
            raise FeedCutOff("Its answer ends within a resource, or is broken there.") from None
        raise FeedNotCalendar("Its answer is no answer of a CalDAV server.") from None
    if not target.is_multistatus:
        raise FeedNotCalendar("Its answer is no answer of a CalDAV server.")
    return target.resources


class _Target:
    """What the parser tells, kept as resources."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.is_multistatus = False
        self._path: list[str] = []
        self._text: list[str] = []
        self._found: dict[str, Property] = {}
        self._status = 200

    @property
    def depth(self) -> int:
        return len(self._path)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise FeedNotCalendar("Its answer declares what no CalDAV server does.")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            raise FeedNotCalendar("Its answer is deeper than one of a CalDAV server is.")
        if not self._path:
            self.is_multistatus = name == f"{DAV}multistatus"
        self._path.append(name)
        self._text = []
        match self._path[1:]:
            case ["{DAV:}response"]:
                if len(self.resources) > MOST_COMPONENTS:
                    raise FeedTooManyEvents(f"It has more than {MOST_COMPONENTS} events in this period.")
                self.resources.append(Resource())
            case ["{DAV:}response", "{DAV:}propstat"]:
                self._found, self._status = {}, 200
            case ["{DAV:}response", "{DAV:}propstat", "{DAV:}prop", each]:
                self._found[each] = Property()
            case ["{DAV:}response", "{DAV:}propstat", "{DAV:}prop", each, *_]:
                self._found[each].parts.append(attributes.get("name", "") if name == f"{CALDAV}comp" else name)

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        text = "".join(self._text)
        match self._path[1:]:
            case ["{DAV:}response", "{DAV:}href"]:
                self.resources[-1].href = text.strip()
            case ["{DAV:}response", "{DAV:}status"]:
                self.resources[-1].status = _status(text)
            case ["{DAV:}response", "{DAV:}propstat", "{DAV:}status"]:
                self._status = _status(text)
            case ["{DAV:}response", "{DAV:}propstat"] if 200 <= self._status < 300:
                self.resources[-1].properties |= self._found
            case ["{DAV:}response", "{DAV:}propstat", "{DAV:}prop", each]:
                self._found[each].text = text
            case ["{DAV:}response", "{DAV:}propstat", "{DAV:}prop", each, *_] if name == f"{DAV}href":
                self._found[each].hrefs.append(text.strip())
        self._path.pop()
        self._text = []

    def close(self) -> None:
        """Nothing is built that would be handed over here."""


def _status(line: str) -> int:
    """The number in ``HTTP/1.1 200 OK``; 0 where there is none."""
    words = line.split()
    return max(number(words[1]), 0) if len(words) > 1 else 0
