"""`flask privacy`: erase what is kept of a guest."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from hubsync.cli.refusal import require_settings
from hubsync.services.bookings import erasure

privacy = AppGroup("privacy", help="Erase what is kept of a guest.")


@privacy.command("erase")
@click.argument("email", default="-")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, yes: bool) -> None:
    """Erase all bookings of EMAIL in every team, with their answers and deliveries. Records at HubSpot stay.

    Without EMAIL, or with "-", it is asked for or read from standard input, and is in no shell's history.
    """
    require_settings()
    if email == "-":
        email = click.prompt("E-mail address of the guest", type=str)
    counted = erasure.count_guest(email)
    if not counted:
        click.echo("Nothing is kept of this address.")
        return
    if not yes:
        click.confirm(f"Bookings of this address: {counted}. Erase them? This cannot be undone.", abort=True)
    erased, left = erasure.erase_guest(email)
    click.echo(f"Erased: {erased}. Their records at HubSpot are untouched.")
    if left:
        click.echo(f"Left, because they are being posted at this moment: {left}. Run this again in a minute.")
        sys.exit(1)
