"""URL converter of row ids: a number that no row can have is not found."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from hubsync.services.deliveries.queries import LARGEST_ID


class StoredNumber(IntegerConverter):
    """`<int:…>` in a route: from 0 to the largest id. A larger one would end in the database's overflow error."""

    def __init__(self, map: Map, max: int = LARGEST_ID, **more: Any) -> None:
        super().__init__(map, max=max, **more)


def register(app: Flask) -> None:
    """Let every `<int:…>` of *app* be one of these; called before the routes are made."""
    app.url_map.converters["int"] = StoredNumber
