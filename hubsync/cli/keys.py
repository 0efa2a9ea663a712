"""`flask keys`: the two keys an installation needs."""

from __future__ import annotations

import secrets

import click
from cryptography.fernet import Fernet
from flask.cli import AppGroup

keys = AppGroup("keys", help="Make the keys of an installation.")


@keys.command("generate", with_appcontext=False)
def generate() -> None:
    """Print a new HUBSYNC_SECRET_KEY and a new HUBSYNC_ENCRYPTION_KEYS."""
    click.echo(f"HUBSYNC_SECRET_KEY={secrets.token_urlsafe(48)}")
    click.echo(f"HUBSYNC_ENCRYPTION_KEYS={Fernet.generate_key().decode()}")
