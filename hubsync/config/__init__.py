"""Settings: what the environment says, read once when the app is made, and asked for from here alone.

``table`` has a field for each, ``formats`` how its text is read, ``environment`` where texts come from and every
problem with them, ``clear_text`` what would travel unencrypted.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from hubsync.config.table import Settings

EXTENSION = "hubsync_settings"


def settings(app: Flask | None = None) -> Settings:
    """The settings of *app*, by default of the one that is serving."""
    return cast(Settings, (app or current_app).extensions[EXTENSION])
