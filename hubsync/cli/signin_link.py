"""`flask signin-link`: a sign-in link while mail does not work yet."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from hubsync.cli.refusal import require_settings
from hubsync.errors import Refused
from hubsync.services.signin import links


@click.command("signin-link")
@click.argument("email")
@with_appcontext
def signin_link(email: str) -> None:
    """Print a one-time sign-in link for EMAIL, valid for 10 minutes."""
    require_settings()
    try:
        click.echo(links.make_link(email))
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
