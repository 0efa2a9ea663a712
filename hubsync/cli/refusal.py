"""Refusal of unusable settings: one line per problem, and exit 1.

Keys that do not open what is stored are no reason not to start: booking pages work without them, and the page of
each team says what is wrong. They are a warning in the log.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from flask import Flask, current_app

from hubsync.logs import is_serving
from hubsync.services.operations.self_check import check_keys


def refuse_to_serve(app: Flask, problems: list[str]) -> None:
    """Exit with the problems, unless `flask` is only looking for a command that may need no settings.

    `flask NAME` loads the app to look NAME up, in the context of the group itself; every other context
    (`flask run`, `flask db …`) and every server that is no command needs the app whole.
    """
    context = click.get_current_context(silent=True)
    if context is None or context.parent is not None:
        _exit(problems)
    app.extensions["hubsync_problems"] = problems
    app.cli.add_command(_refusing("db", problems))


def require_settings() -> None:
    """First line of each command that needs settings: exit with the problems if there are any."""
    problems = current_app.extensions.get("hubsync_problems")
    if problems:
        _exit(problems)


def warn_of_wrong_keys(app: Flask) -> None:
    """Say in the log of a process that serves when its keys do not open what is stored."""
    if not is_serving():
        return
    with app.app_context():
        finding = check_keys()
        if finding.advice:
            app.logger.warning("%s: %s. %s", finding.subject, finding.found, finding.advice)


def _refusing(name: str, problems: list[str]) -> click.Command:
    """A command that takes whatever follows its name and exits; Flask-Migrate's own needs settings."""

    @click.command(name, context_settings={"ignore_unknown_options": True}, add_help_option=False, hidden=True)
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    def refuse(rest: tuple[str, ...]) -> None:
        _exit(problems)

    return refuse


def _exit(problems: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(problem, err=True)
    click.echo("`flask keys generate` prints keys; docs/SETTINGS.md lists all settings.", err=True)
    sys.exit(1)
