"""URL converters of what names a row: a number or a text that no row can have is not found."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from hubsync.services.deliveries.queries import LARGEST_ID


class StoredNumber(IntegerConverter):
    """`<int:…>` in a route: from 0 to the largest id. A larger one would end in the database's overflow error."""

    def __init__(self, map: Map, max: int = LARGEST_ID, **more: Any) -> None:
        super().__init__(map, max=max, **more)


class StoredText(UnicodeConverter):
    """`<…>` in a route. PostgreSQL takes no NUL in a text, not even in one that it is asked for."""

    def __init__(self, map: Map, **more: Any) -> None:
        super().__init__(map, **more)
        self.regex = self.regex.replace("[^/]", "[^/\x00]")


def register(app: Flask) -> None:
    """Let every `<int:…>` and `<…>` of *app* be one of these; called before the routes are made."""
    app.url_map.converters.update(int=StoredNumber, string=StoredText, default=StoredText)
