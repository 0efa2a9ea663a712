"""The commands of HubSync, as `hubsync` once it is installed and as `python -m hubsync`: those of `flask`."""

from __future__ import annotations

import os
import sys

from flask import Flask
from flask.cli import FlaskGroup

from hubsync.loading import loading


def main() -> None:
    """Run a command: `demo`, `db upgrade`, `team create` and the others."""
    if sys.argv[1:2] == ["health"]:
        from hubsync.health_probe import health

        health(args=sys.argv[2:], prog_name="hubsync health")
    # As in wsgi.py: what is made here holds guests' data.
    os.umask(0o077)
    with loading():
        from hubsync.app import create_app
        from hubsync.config.environment import read_log_format
        from hubsync.logs import set_up

    def make_app() -> Flask:
        set_up(read_log_format())  # here, where it is known which command it is
        return create_app()

    commands = FlaskGroup(name="hubsync", create_app=make_app, add_version_option=False)
    commands(prog_name="hubsync")


if __name__ == "__main__":
    main()
