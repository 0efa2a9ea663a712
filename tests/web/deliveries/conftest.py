"""A team with a log of deliveries to fill, and people who read it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.log_rows import Log, Reader, begin_log, reader


@pytest.fixture
def log(app: Flask) -> Log:
    """Acme's log, still empty."""
    return begin_log(app, "acme")


@pytest.fixture
def owner(log: Log) -> Reader:
    """The team's owner, signed in."""
    return reader(log.app, "owner@acme.example")


@pytest.fixture
def member(log: Log) -> Reader:
    """A member of the team, signed in."""
    return reader(log.app, "member@acme.example")
