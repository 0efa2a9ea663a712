"""What somebody reads on a page or in a mail, piece by piece."""

from __future__ import annotations

import re
from html.parser import HTMLParser

JAPANESE = re.compile(r"[぀-ヿ㐀-鿿＀-￯]")
WORD = re.compile(r"[A-Za-z]{2,}")
NAMES = re.compile(
    r"""\S+@\S+ | https?://\S+ | localhost:\d+ | slack://\S+ | [\w*-]+(?:\.[\w*/-]+)+ | [A-Z]\w+/[A-Z]\w+ | x{9,}
    | ^.*\ \([a-z_\d]+\)$
    | \b(?:UTC | UTF-8 | UTF-16 | URL | HTTP | Base64
    | HubSync | HubSpot | TimeRex | Calendly | Google | Microsoft\ 365 | Outlook
    | Slack | Discord | Microsoft\ Teams | ntfy | iCloud | Fastmail | Nextcloud | Proton | Formbricks | Jicoo
    | OpnForm | SavvyCal | Tally | Typeform | Zoom\ Scheduler | Mattermost | Gotify | Talk | Chat | Telegram
    | Zulip | Webex | Pushover | Rocket
    | UTF-8 | UTF-16
    | Acme | Intro\ call | Demo | Mika\ Sato | Sato\ Mika | Mika | Budget | Work | Home | Illness | Price
    | Host\ of\ acme
    | Lenses | Delivery\ times | Name | Email | false | Signed\ webhook)\b""",
    re.VERBOSE,
)
"""Names of products, properties as the account calls them, and what is in the matrix's teams and in samples."""
SPOKEN = ("aria-label", "title", "placeholder", "alt")
CODE = re.compile(r"[a-z0-9_.: -]*")
"""What scripts read in attributes of theirs."""
QUOTED = {"code", "pre", "kbd", "textarea"}
NOT_READ = {"script", "style", "svg"}
WITHOUT_END = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


class Reading(HTMLParser):
    """The *pieces* of text of a page in *language*, and what it quotes.

    What is marked as another language is left out, and so are the places of time zones.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.pieces: list[str] = []
        self.quoted: set[str] = set()
        self._open: list[tuple[str, str]] = []
        self._goes_on = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._goes_on = tag == "wbr" and bool(self.pieces)
        known = {name: value or "" for name, value in attrs}
        kind = self._kind_of(tag, known)
        if kind == "read":
            self.pieces += [known[each] for each in SPOKEN if known.get(each)]
            scripts = [value for name, value in known.items() if name.startswith("data-") and " " in value]
            self.pieces += [each for each in scripts if not CODE.fullmatch(each)]
        if tag in {"input", "option"}:
            self.quoted.update(WORD.findall(known.get("value", "")))
        if tag not in WITHOUT_END:
            self._open.append((tag, kind))

    def _kind_of(self, tag: str, known: dict[str, str]) -> str:
        around = self._open[-1][1] if self._open else "read"
        if around != "read":
            return around
        if (
            tag in NOT_READ
            or known.get("lang", self.language) != self.language
            or known.get("name") == "time_zone"
        ):
            return "left out"
        return "quoted" if tag in QUOTED else "read"

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        kind = self._open[-1][1] if self._open else "read"
        if kind == "quoted":
            self.quoted.update(WORD.findall(data))
        elif kind == "read" and data.strip():
            before = self.pieces.pop() if self._goes_on else ""
            self.pieces.append(before + " ".join(data.split()))


def read(html: str, language: str) -> Reading:
    """What is read on the page *html*."""
    reading = Reading(language)
    reading.feed(html)
    return reading


def is_english(piece: str, quoted: frozenset[str] | set[str] = frozenset()) -> bool:
    """Whether the *piece* has words, but names and what the page quotes, and nothing Japanese."""
    return not JAPANESE.search(piece) and bool(set(WORD.findall(NAMES.sub(" ", piece))) - quoted)
