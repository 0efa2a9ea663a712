"""Names of browsers from the user agent, so that people recognise theirs in the list of sessions."""

from __future__ import annotations

import re

# Most browsers name others too, to be let in everywhere: the first one that fits is meant.
# https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent
_PROGRAMS = (
    (r"\b(?:Edg|EdgA|EdgiOS)/", "Edge"),
    (r"\b(?:OPR|OPT)/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"(?:\b|Headless)(?:Chrome|Chromium|CriOS)/", "Chrome"),
    (r"\bVersion/\S+ .*\bSafari/", "Safari"),
)
_SYSTEMS = (
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bWindows\b", "Windows"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bMacintosh\b", "macOS"),
    (r"\bLinux\b", "Linux"),
)
LONGEST = 512
"""Characters of a User-Agent that are looked at; real ones are far shorter."""


def recognise_browser(user_agent: str) -> str:
    """Return program and system, such as ``Firefox/Linux``; either is empty when it is not known, or all of it.

    Nothing else of what the browser tells is kept, least of all the version.
    """
    seen = user_agent[:LONGEST]
    program, system = _first(_PROGRAMS, seen), _first(_SYSTEMS, seen)
    return f"{program}/{system}" if program or system else ""


def _first(known: tuple[tuple[str, str], ...], seen: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, seen)), "")
