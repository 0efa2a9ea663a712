"""`flask person`: people who left, and browsers that should not be signed in any more."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask.cli import AppGroup

from hubsync.cli.refusal import require_settings
from hubsync.errors import Refused
from hubsync.services.operations.person_erasure import PersonBelongings, count_belongings, erase_person
from hubsync.services.people import sessions
from hubsync.services.people.people import find_person

person = AppGroup("person", help="Sign somebody out everywhere, or erase a person who left.")


@person.command("end-sessions")
@click.argument("email")
def end_sessions(email: str) -> None:
    """Sign EMAIL out in every browser, and end links that were mailed. The person stays and may sign in again."""
    require_settings()
    try:
        ended = sessions.shut_out(find_person(email).id)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(f"Signed out in {ended} browser{'' if ended == 1 else 's'}.")


@person.command("erase")
@click.argument("email")
@click.option("--new-owner", metavar="EMAIL", help="Who owns the person's teams then; somebody who is in them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, new_owner: str | None, yes: bool) -> None:
    """Erase the person EMAIL, who left: name, address, accounts, sessions, busy calendars and booking feed.

    Calendars and appointments to come go to the owner of their team, bookings stay, and the audit trail keeps a
    mark in the place of the name.
    """
    require_settings()
    try:
        leaver = find_person(email)
        owner = find_person(new_owner) if new_owner else None
        has = count_belongings(leaver.id)
        if has.owned and owner is None:
            raise click.ClickException(
                f"{leaver.shown} owns {', '.join(has.owned)}. Name a new owner, who is in the team, with "
                "--new-owner EMAIL; or delete the team in its Team Settings first."
            )
        if not yes:
            click.echo(f"{leaver.shown} ({leaver.email}) will be erased here.")
            for words in _what_goes(has, owner.shown if owner else ""):
                click.echo(f"  {words}")
            click.confirm("Erase this person? This cannot be undone.", abort=True)
        erase_person(leaver.id, owner.id if owner else None)
    except Refused as refused:
        raise click.ClickException(refused.message) from refused
    click.echo("Erased. Backups of before still have the person.")


def _what_goes(has: PersonBelongings, owner: str) -> Iterator[str]:
    if has.owned:
        yield f"Teams that {owner} owns then: {', '.join(has.owned)}"
    if has.others:
        yield f"Teams without this person then: {', '.join(has.others)}"
    if has.calendars:
        yield f"Calendars that go to the owner of their team: {has.calendars}"
    if has.appointments:
        yield f"Appointments to come whose host is that owner then, free at that time or not: {has.appointments}"
    if has.busy_calendars:
        yield f"Busy calendars that are deleted: {has.busy_calendars}"
