"""The commands of `flask`, one module each."""

from __future__ import annotations

from flask import Flask

from hubsync.cli import (
    backup,
    bookings_import,
    check,
    config,
    db,
    demo,
    due,
    keys,
    move_to_postgresql,
    person,
    privacy,
    sandbox,
    signin_link,
    team,
)
from hubsync.health_probe import health


def register(app: Flask) -> None:
    """Add HubSync's commands to `flask`."""
    for command in (
        backup.backup,
        bookings_import.bookings_import,
        check.check,
        config.config,
        db.db,
        demo.demo,
        due.due,
        health,
        keys.keys,
        move_to_postgresql.move,
        person.person,
        privacy.privacy,
        sandbox.sandbox,
        signin_link.signin_link,
        team.team,
    ):
        app.cli.add_command(command)
