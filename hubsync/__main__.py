"""The commands of HubSync, as `hubsync` once it is installed and as `python -m hubsync`: those of `flask`."""

from __future__ import annotations

import os

from flask.cli import FlaskGroup

from hubsync.loading import loading


def main() -> None:
    """Run a command: `demo`, `db upgrade`, `team create` and the others."""
    # As in wsgi.py: what is made here holds guests' data.
    os.umask(0o077)
    with loading():
        from hubsync.app import create_app

    commands = FlaskGroup(name="hubsync", create_app=create_app, add_version_option=False)
    commands(prog_name="hubsync")


if __name__ == "__main__":
    main()
