"""`flask privacy`: erase what is kept of a guest."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from hubsync.cli.refusal import require_settings
from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.errors import HubSyncError
from hubsync.services.bookings import erasure, guest_erasures
from hubsync.store.guest_erasures import GuestErasure

privacy = AppGroup("privacy", help="Erase what is kept of a guest.")

WISHES = {"leave": ContactWish.LEFT, "archive": ContactWish.ARCHIVED, "delete": ContactWish.ERASED}
FATES = {
    ContactFate.NOT_ASKED: "HubSpot was not asked, records there are untouched",
    ContactFate.OPEN: "HubSpot could not be asked yet",
    ContactFate.DONE: "the contact in HubSpot is gone",
    ContactFate.NOT_THERE: "HubSpot has no contact with this address",
    ContactFate.NOT_THEIRS: "left in HubSpot, where the address is a further one of somebody else's contact",
    ContactFate.REFUSED: "the contact in HubSpot may still be there",
}


@privacy.command("erase")
@click.argument("email", default="-")
@click.option(
    "--hubspot",
    "wish",
    type=click.Choice(list(WISHES)),
    default="leave",
    show_default=True,
    help="What becomes of the contact in the HubSpot account of each team; delete is HubSpot's GDPR delete.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, wish: str, yes: bool) -> None:
    """Erase all bookings of EMAIL in every team, with their answers and deliveries, and leave a receipt in each.

    Without EMAIL, or with "-", it is asked for or read from standard input, and is in no shell's history.
    """
    require_settings()
    if email == "-":
        email = click.prompt("E-mail address of the guest", type=str)
    teams = guest_erasures.teams_of_guest(email)
    if not teams:
        click.echo("Nothing is kept of this address.")
        return
    counted = sum(erasure.count_guest(email, team_id) for team_id, _slug in teams)
    if not yes:
        click.confirm(f"Bookings of this address: {counted}. Erase them? This cannot be undone.", abort=True)
    finished = [_erase_in(slug, team_id, email, WISHES[wish]) for team_id, slug in teams]
    if not all(finished):
        sys.exit(1)


def _erase_in(slug: str, team_id: int, email: str, wish: ContactWish) -> bool:
    """Erase in one team and say so; whether nothing is left to do."""
    try:
        erasure_id = guest_erasures.begin(email, team_id, by=None, wish=wish)
    except HubSyncError as fault:
        click.echo(f"Team {slug}: HubSpot cannot be asked ({fault.code}), so nothing was erased there.", err=True)
        return False
    guest_erasures.carry_on(erasure_id)
    receipt = guest_erasures.find_receipt(team_id, erasure_id)
    click.echo(f"Team {slug}: receipt {receipt.id}; {_tell(receipt)}.")
    return receipt.finished_at is not None and receipt.contact_fate is not ContactFate.REFUSED


def _tell(receipt: GuestErasure) -> str:
    if receipt.erased_here_at is None:
        return "a booking is being posted at this moment and was left; HubSync goes on by itself"
    why = f" ({receipt.fault_code})" if receipt.fault_code else ""
    later = "; HubSync goes on by itself" if receipt.finished_at is None else ""
    return f"bookings erased: {receipt.bookings}; {FATES[receipt.contact_fate]}{why}{later}"
