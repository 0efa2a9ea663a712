"""`flask check`: whether an installation is ready, and what to do where it is not."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from hubsync.config import settings
from hubsync.config.clear_text import find_exposures
from hubsync.services.operations.readiness import newest_migration
from hubsync.services.operations.self_check import check_installation


@click.command("check")
@with_appcontext
def check() -> None:
    """Check settings, database, migrations, mail and HubSpot; exit 1 when something needs doing."""
    problems = current_app.extensions.get("hubsync_problems")
    if problems:
        for problem in problems:
            click.echo(f"!!  settings: {problem}")
        click.echo("    `flask keys generate` prints keys; docs/SETTINGS.md lists all settings.")
        sys.exit(1)
    click.echo("ok  settings: all three that are required are set")
    for exposure in find_exposures(settings()):
        click.echo(f"??  settings: HUBSYNC_{exposure.setting} {exposure.what}")
        click.echo(f"    {exposure.advice}")
    wrong = 0
    for finding in check_installation(newest_migration()):
        wrong += bool(finding.advice and finding.certain)
        mark = ("!!" if finding.certain else "??") if finding.advice else "ok"
        click.echo(f"{mark}  {finding.subject}: {finding.found}")
        if finding.advice:
            click.echo(f"    {finding.advice}")
    sys.exit(1 if wrong else 0)
