"""The settings that a test's HubSync runs with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask

from hubsync.config import EXTENSION, settings
from tests.kit import used_databases

BASE_URL = "http://localhost:8000"
OWNER = "owner@acme.example"
CALLBACK = "/integrations/hubspot/callback"
KEY = Fernet.generate_key().decode()
"""One key for all tests of a process, so that what one of them sealed another can open."""


def make_settings(*, hubspot: str = "", mail_port: int | None = None, **different: str) -> dict[str, str]:
    """Settings without their prefix: those that every app needs, and *different* ones.

    *hubspot* is the address of the stand-in, which knows its app under the usual id and secret; without it HubSpot
    is not set up, without *mail_port* no mail server is.
    """
    made = {"SECRET_KEY": "k" * 48, "ENCRYPTION_KEYS": KEY, "BASE_URL": BASE_URL, "SCHEDULER": "off"}
    made["FORM_LEAST_SECONDS"] = "0"  # tests fill forms in more quickly than anybody types
    if hubspot:
        made |= {
            "HUBSPOT_CLIENT_ID": "sandbox-client-id",
            "HUBSPOT_CLIENT_SECRET": "sandbox-client-secret",
            "HUBSPOT_APP_URL": hubspot,
            "HUBSPOT_API_URL": hubspot,
        }
    if mail_port is not None:
        made |= {
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(mail_port),
            "MAIL_DEFAULT_SENDER": "HubSync <hubsync@acme.example>",
        }
    return made | different


def process_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that has these settings, and none of whoever runs the tests."""
    used_databases.note_settings(settings)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUBSYNC_", "FLASK_"))}
    return kept | {f"HUBSYNC_{name}": value for name, value in settings.items()}


def change_settings(app: Flask, **changes: Any) -> None:
    """Let an app that is made already go on with other settings, by the names of `config.table.Settings`."""
    app.extensions[EXTENSION] = settings(app).model_copy(update=changes)
