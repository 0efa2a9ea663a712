"""A team with a log of deliveries to fill, and people who read it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.kit.browser import Browser
from tests.kit.delivery_log import Log, begin_log


@pytest.fixture
def log(app: Flask) -> Log:
    """Acme's log, still empty."""
    return begin_log(app, "acme")


@pytest.fixture
def owner(log: Log) -> Browser:
    """The team's owner, signed in."""
    return Browser(log.app, signed_in=log.sessions["owner"])


@pytest.fixture
def member(log: Log) -> Browser:
    """A member of the team, signed in."""
    return Browser(log.app, signed_in=log.sessions["member"])
