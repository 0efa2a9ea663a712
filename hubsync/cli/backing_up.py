"""`flask backup`: one file with everything but the keys; whether it is good, and putting it back."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import Config

from hubsync.cli.refusal import require_settings
from hubsync.errors import Refused
from hubsync.services.operations.backups import BackupFinding, database_place, make_backup, verify_backup
from hubsync.services.operations.restoring import Settled, restore, settle_database
from hubsync.store.backup_file import engine_of

FILE = click.Path(dir_okay=False, path_type=Path)
backup = AppGroup("backup", help="Make, verify and restore backups of a database on SQLite.")


@backup.command("make")
@click.argument("file", type=FILE)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there.")
def make(file: Path, overwrite: bool) -> None:
    """Put a backup of the database into FILE; HubSync may serve meanwhile.

    It has guests' data, and not the keys (HUBSYNC_ENCRYPTION_KEYS, HUBSYNC_SECRET_KEY): keep these elsewhere.
    """
    require_settings()
    try:
        manifest = make_backup(file, overwrite=overwrite)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(f"{file}: {sum(manifest.counts.values())} rows, revision {manifest.revision}.")
    click.echo("The keys of HUBSYNC_ENCRYPTION_KEYS are not in it; without them its sealed values open nowhere.")


@backup.command("verify")
@click.argument("file", type=FILE)
def verify(file: Path) -> None:
    """Look through the backup FILE; exit 1 when it could not be restored as it was. Nothing is changed."""
    require_settings()
    if not _tell(_verify(file)):
        sys.exit(1)


@backup.command("restore")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore_command(file: Path, yes: bool) -> None:
    """Put the backup FILE in the place of the database, which is kept beside it. Stop HubSync first.

    A backup of an earlier version is migrated. Everybody signs in again. HubSpot is asked before anything that
    was on its way is posted; mails that may have left are not sent by themselves.
    """
    require_settings()
    try:
        findings = _verify(file)
        good = _tell(findings)
        bad = [each.subject for each in findings if not each.good]
        if not good and bad != ["keys"]:
            raise click.ClickException("This file is not restored.")
        place = database_place()
        if not yes:
            asked = "What was written down since is lost." if good else "HubSpot has to be connected again."
            click.confirm(f"Put it in the place of {place}? {asked}", abort=True)
        settled, kept = restore(file, place, _migrate)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo("Restored.")
    if kept:
        click.echo(f"The database of before is {kept}.")
    _tell_settled(settled)


@backup.command("settle")
@click.option("--yes", is_flag=True, help="Do not ask.")
def settle(yes: bool) -> None:
    """After pg_restore: let HubSync work with a database that comes from a backup. Nothing may serve meanwhile.

    Everybody signs in again. HubSpot is asked before anything that was on its way is posted; mails that may have
    left are not sent by themselves. `flask backup restore` does so by itself.
    """
    require_settings()
    if not yes:
        click.confirm("Does the database come from a backup, and is HubSync stopped?", abort=True)
    _tell_settled(settle_database())


def _verify(file: Path) -> list[BackupFinding]:
    scripts = ScriptDirectory.from_config(_config())
    try:
        return list(verify_backup(file, {each.revision for each in scripts.walk_revisions()}))
    except Refused as refused:
        raise click.ClickException(refused.message) from refused


def _tell(findings: list[BackupFinding]) -> bool:
    for each in findings:
        click.echo(f"{'ok' if each.good else '!!'}  {each.subject}: {each.found}")
    return all(each.good for each in findings)


def _tell_settled(settled: Settled) -> None:
    click.echo("Everybody signs in again.")
    if settled.deliveries:
        click.echo(f"Deliveries that HubSpot is asked about before they are posted: {settled.deliveries}.")
    if settled.mails:
        click.echo(f"Mails that may have left, and are not sent by themselves: {settled.mails}.")
        click.echo("Team Settings > Mails shows them.")
    click.echo("Run `flask check`, and then start HubSync. docs/BACKUP.md says what a restore cannot know.")


def _migrate(file: Path) -> None:
    config = _config()
    with engine_of(file) as engine, engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config
