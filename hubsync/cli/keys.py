"""`flask keys`: the two keys an installation needs, and how to change one of them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from hubsync.cli.refusal import require_settings
from hubsync.config.key_files import KeysMissing, keep_keys, make_encryption_key, make_secret_key
from hubsync.errors import Refused
from hubsync.services.operations.key_rotation import rotate_keys

keys = AppGroup("keys", help="Make and change the keys of an installation.")


@keys.command("generate", with_appcontext=False)
def generate() -> None:
    """Print a new HUBSYNC_SECRET_KEY and a new HUBSYNC_ENCRYPTION_KEYS."""
    click.echo(f"HUBSYNC_SECRET_KEY={make_secret_key()}")
    click.echo(f"HUBSYNC_ENCRYPTION_KEYS={make_encryption_key()}")


@keys.command("keep")
def keep() -> None:
    """Make the keys that are not there yet, in files.

    HUBSYNC_SECRET_KEY_FILE and HUBSYNC_ENCRYPTION_KEYS_FILE name them. A key that is set, or whose file is there,
    stays as it is. Containers run this before they serve.
    """
    try:
        made = keep_keys(os.environ, Path(current_app.instance_path) / "hubsync.sqlite3")
    except KeysMissing as missing:
        raise click.ClickException(str(missing)) from missing
    except OSError as fault:
        raise click.ClickException(f"{fault.filename} cannot be written: {fault.strerror}") from fault
    for path in made:
        click.echo(f"A new key is kept in {path}: put a copy where your other secrets are.")


@keys.command("rotate")
def rotate() -> None:
    """Seal all stored secrets with the newest encryption key.

    \b
    1. Put a new key first in HUBSYNC_ENCRYPTION_KEYS, before the old one.
    2. Restart every process of HubSync.
    3. flask keys rotate
    4. When it exits with 0, take the old key out and restart again.

    It may run while HubSync serves, may be stopped at any time and may be run twice.
    """
    require_settings()
    try:
        done = rotate_keys()
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(f"sealed with the newest key just now: {done.renewed}")
    click.echo(f"sealed with it already:              {done.already}")
    click.echo(f"cannot be opened:                    {len(done.unreadable)}")
    for each in done.unreadable:
        team = f", team {each.team_slug}" if each.team_slug else ""
        click.echo(f"!!  {each.column}, row {each.row_id}{team}")
    if done.unreadable:
        click.echo("    Put the key that sealed them at the end of HUBSYNC_ENCRYPTION_KEYS and run this again.")
        click.echo(
            "    If it is lost: the team connects HubSpot again, and makes a new secret for each booking source."
        )
    if done.left:
        click.echo("!!  A process still seals with an older key. Restart all of them, then run this again.")
    if done.unreadable or done.left:
        click.echo("    Keep the older keys until this exits with 0.")
        sys.exit(1)
