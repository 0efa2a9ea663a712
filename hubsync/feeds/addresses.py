"""Addresses of calendars, as people paste them."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from hubsync.errors import FeedAddressInvalid, FeedNotHttps, FeedRedirected
from hubsync.feeds.reading import Route

LONGEST = 2_000
_BY_WEB = {"webcal": "https", "webcals": "https"}
"""Schemes that tell a browser to open the calendar program; what is behind them is a web address."""


def read_address(text: str, route: Route) -> str:
    """The address that *text* is, as it is asked. Raises FeedAddressInvalid and FeedNotHttps.

    http is taken on this machine alone, where the installation names it as one of its own.
    """
    url = _split(text.strip())
    scheme = _BY_WEB.get(url.scheme.lower(), url.scheme.lower())
    if scheme == "http" and not is_here(url, route):
        raise FeedNotHttps("The address begins with http.")
    if scheme not in {"http", "https"}:
        raise FeedAddressInvalid("The address is no web address.")
    return url._replace(scheme=scheme, fragment="").geturl()


def follow(address: str, location: str, route: Route) -> str:
    """Where *address* sends on to; raises FeedRedirected where that is another host, or http."""
    try:
        there = urlsplit(read_address(urljoin(address, location), route))
    except (ValueError, FeedAddressInvalid, FeedNotHttps):
        there = None
    here = urlsplit(address)
    if there is None or (there.scheme, there.hostname, there.port) != (here.scheme, here.hostname, here.port):
        raise FeedRedirected("It leads on to another address.")
    return there.geturl()


def is_here(url: SplitResult, route: Route) -> bool:
    """Whether *url* is on this machine and the installation names that as one of its own."""
    host = url.hostname or ""
    return route.exceptions.names(host) and (host == "localhost" or host.startswith("127.") or host == "::1")


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        port = url.port  # raises ValueError for one that is none
    except ValueError:
        raise FeedAddressInvalid("The address is no web address.") from None
    odd = not text.isprintable() or " " in text or "\\" in text or len(text) > LONGEST or port == 0
    if odd or not url.hostname or url.username is not None:
        raise FeedAddressInvalid("The address is no web address.")
    return url
