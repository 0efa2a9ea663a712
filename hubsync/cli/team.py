"""`flask team`: the first team of an installation."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from hubsync.cli.refusal import require_settings
from hubsync.config import settings
from hubsync.domain.plans import Plan
from hubsync.errors import Refused
from hubsync.services.signin import links
from hubsync.services.teams import members

team = AppGroup("team", help="Make teams.")


@team.command("create")
@click.argument("name")
@click.option("--owner", required=True, metavar="EMAIL", help="The owner's e-mail address.")
@click.option("--plan", type=click.Choice([each.value for each in Plan]), help="Default: HUBSYNC_DEFAULT_PLAN.")
def create(name: str, owner: str, plan: str | None) -> None:
    """Make the team NAME and print a one-time sign-in link for its owner."""
    require_settings()
    try:
        made = members.create_team(name, owner, Plan(plan) if plan else settings().default_plan)
        link = links.make_link(owner)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(f"Team {made.name}: {settings().base_url}/teams/{made.slug}/")
    click.echo(f"Sign in within 10 minutes, once: {link}")
