"""Registry of booking sources: each folder of this package is one, by being there."""

from __future__ import annotations

import pkgutil
from importlib import import_module

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


SOURCES = discover("hubsync.sources")
"""The name that bookings keep as their source to the source."""
