"""Lazy command: `flask` has its name and its line in the help, and what it runs is imported when it is called."""

from __future__ import annotations

import importlib
from typing import Any

import click


class LazyCommand(click.Command):
    """A proxy of the command at *address*, ``module:name``, which a HubSync that serves never loads."""

    def __init__(self, name: str, address: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self.address = address

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself, which is what is run, or asked for its help."""
        module, _colon, name = self.address.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command.make_context(info_name, args, parent, **extra)
