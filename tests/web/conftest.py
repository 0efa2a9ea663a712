"""A team with its owner signed in, for tests of the pages around a team."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.world import create_team


@pytest.fixture
def team(app: Flask) -> Team:
    """Acme, on the Premium plan."""
    return create_team(app)


@pytest.fixture
def owner(app: Flask, team: Team) -> Browser:
    """Acme's owner, signed in."""
    return Browser(app).sign_in()
