"""Another setting for an app that is made already."""

from __future__ import annotations

from typing import Any

from flask import Flask

from hubsync.config import EXTENSION, settings


def change_settings(app: Flask, **changes: Any) -> None:
    """Let *app* go on with these settings, by the names of `hubsync.config.table.Settings`."""
    app.extensions[EXTENSION] = settings(app).model_copy(update=changes)
