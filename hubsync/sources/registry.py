"""Registry of booking sources: each folder of this package is one, by being there."""

from __future__ import annotations

import json
import pkgutil
from importlib import import_module, resources

from hubsync.sources.source import Source


def discover(package: str) -> dict[str, Source]:
    """The ``SOURCE`` of each folder of *package* by its name, in the order of the names.

    Raises ValueError for a folder whose source has another name, or a word in its address that is taken.
    """
    folders = sorted(each.name for each in pkgutil.iter_modules(import_module(package).__path__) if each.ispkg)
    found: dict[str, Source] = {}
    for folder in folders:
        source: Source = import_module(f"{package}.{folder}").SOURCE
        if source.name != folder:
            raise ValueError(f"the source in {package}.{folder} is called {source.name}")
        if any(source.word == other.word for other in found.values()):
            raise ValueError(f"two sources of {package} are addressed by /intake/{source.word}/")
        found[folder] = source
    return found


def read_sample(source: Source, preset: str = "") -> bytes | None:
    """A booking as the sender of *source* sends one, from the samples in its folder; None where it has none.

    *preset* is the one that the team chose, where a source has several.
    """
    folder = resources.files(f"hubsync.sources.{source.name}") / "samples"
    if source.configure is not None:
        folder /= preset
    expected = folder / "expected.json"
    if not expected.is_file():
        return None
    told = json.loads(expected.read_text("utf-8"))
    bookings = [name for name, each in told.items() if "event" not in each.get("booking", {"event": ""})]
    usual = [f"{event}.json" for event in source.events]
    named = next((name for name in (*usual, *bookings) if name in bookings), None)
    return None if named is None else (folder / named).read_bytes()


SOURCES = discover("hubsync.sources")
"""The name that bookings keep as their source to the source."""
