"""Which values of a test must not be seen where: what is secret, what was looked at, what is made to show it.

What guests wrote about a change of their booking counts as secret, too, but in the database and on its own page.
A `Guard` learns secrets by their value and by their shape, looks at what leaves the product, and names every
sighting by its kind and place, never by its value.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

SHORTEST = 12
"""A shorter value is no secret of ours: it would be found everywhere."""

LOG, PAGE, HEADER, MAIL, DATABASE = CHANNELS = ("log", "page", "header", "mail", "database")

GUESTS_WORDS = "guest's words"

TO_ITSELF = " leading to itself"
"""Ends the names of places that lead a browser to the same address under HUBSYNC_BASE_URL."""


@dataclass(frozen=True)
class Shape:
    """A kind of secret that is recognised by how it looks: a *mark*, found fast, and a pattern for the *rest*."""

    kind: str
    mark: bytes
    rest: bytes
    channels: tuple[str, ...] = CHANNELS

    def is_in(self, raw: bytes) -> bool:
        return self.mark in raw and re.search(re.escape(self.mark) + self.rest, raw) is not None


SHAPES = (
    Shape("sign-in link", b"/signin/link/", rb"[\w-]{20,}"),
    Shape("confirmation link", b"/signin/confirm/", rb"[\w-]{20,}"),
    Shape("claim link", b"/signin/join/", rb"[\w-]{20,}"),
    Shape("invitation link", b"/invitations/", rb"[\w-]{20,}"),
    # Team Settings shows the address of a booking source at any time: its proof is the signature.
    Shape("address of a booking source", b"/intake/", rb"\w+/[\w-]{20,}", (LOG, MAIL)),
    Shape("address of a booking feed", b"/feeds/", rb"[\w-]{20,}\.ics"),
    Shape("bearer token", b"Bearer ", rb"[\w.~+/-]{16,}"),
    Shape("service key", b"pat-", rb"[a-z0-9]{2,4}-[0-9a-f]{8}-[0-9a-f-]{20,}"),
    Shape("ID token", b"eyJ", rb"[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    Shape("query of a callback", b"/callback?", rb"[^\s\"]*\b(?:code|state)=\w", (LOG, PAGE, MAIL)),
)


@dataclass(frozen=True)
class Allowed:
    """A place made to show a secret: *place* is a pattern that the whole name of the place fits."""

    kind: str
    channel: str
    place: str
    reason: str


ALLOWED = (
    Allowed("sign-in link", MAIL, "Your link to sign in to HubSync", "whoever reads the mail is who signs in"),
    Allowed("sign-in link", MAIL, "HubSyncのログインリンク", "the same in Japanese"),
    Allowed("confirmation link", MAIL, "Confirm how you sign in to HubSync", "proves that the address is theirs"),
    Allowed(
        "claim link", MAIL, "Confirm that you join .* on HubSync", "proves that the invited address is theirs"
    ),
    Allowed("invitation link", MAIL, ".* to .* on HubSync", "whoever reads the mail is who is invited"),
    Allowed("invitation link", MAIL, ".*HubSync.*招待.*", "the same in Japanese"),
    Allowed("invitation link", PAGE, r"(GET|POST) invitations\.\w+", "its forms lead to the same address"),
    Allowed("confirmation link", PAGE, r"GET provider_signin\.open_confirmation", "its form leads to itself"),
    Allowed("address of a booking feed", PAGE, r"GET own_feed\.show_new_address", "shown once, to be copied"),
    Allowed("session cookie", HEADER, ".* Set-Cookie", "that is how the browser gets it"),
    Allowed(GUESTS_WORDS, PAGE, r"GET deliveries\.show_delivery", "that is where the booking's history stands"),
    Allowed(GUESTS_WORDS, PAGE, r"POST bookings\.(move|cancel)", "what was typed goes along to the next step"),
    Allowed("HubSpot's words", PAGE, r"GET deliveries\.show_delivery", "beside the answers that they may repeat"),
    Allowed("sealed secret", PAGE, r"GET \w+\.show_new_secret", "shown once, to be copied"),
    *(
        Allowed(kind, channel, f"GET .*{TO_ITSELF}.*", "tells a browser what it said, under the base URL")
        for kind in (
            "sign-in link",
            "invitation link",
            "confirmation link",
            "claim link",
            "address of a booking feed",
            "authorization code",
            "query of a callback",
        )
        for channel in (HEADER, PAGE)
    ),
)


class Guard:
    """What is secret in a test, and what was looked at in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: dict[tuple[bytes, str], tuple[str, ...]] = {}
        self._seen: dict[tuple[str, str, bytes], None] = {}

    def begin(self) -> None:
        """Forget the test before."""
        with self._lock:
            self._secrets.clear()
            self._seen.clear()

    def learn(self, kind: str, secret: str | None, channels: tuple[str, ...] = CHANNELS) -> None:
        """Take *secret* for a canary, wherever it was or will be seen in this test, if it is one of *channels*."""
        if secret and len(secret) >= SHORTEST:
            with self._lock:
                self._secrets[secret.encode(), kind] = channels

    def look(self, channel: str, place: str, text: str | bytes) -> None:
        """Look at what leaves the product in *channel*, at *place*; the same twice costs nothing."""
        raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        with self._lock:
            self._seen[channel, place, raw] = None

    def sightings(self) -> list[str]:
        """What was seen that should not have been: each kind and place once, without the value."""
        with self._lock:
            secrets, seen = dict(self._secrets), list(self._seen)
        found = {
            f"{kind} in {channel}: {place}": None
            for channel, place, raw in seen
            for kind in _kinds_in(secrets, channel, raw)
            if not is_allowed(kind, channel, place)
        }
        return list(found)


def is_allowed(kind: str, channel: str, place: str) -> bool:
    """Whether the place is made to show this kind of secret."""
    return any(
        each.kind == kind and each.channel == channel and re.fullmatch(each.place, place) for each in ALLOWED
    )


def _kinds_in(secrets: dict[tuple[bytes, str], tuple[str, ...]], channel: str, raw: bytes) -> Iterator[str]:
    yield from {kind for (secret, kind), channels in secrets.items() if channel in channels and secret in raw}
    yield from (shape.kind for shape in SHAPES if channel in shape.channels and shape.is_in(raw))
