"""A team with its owner signed in, for tests of the pages around a team."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.store.teams import Team
from tests.web.visitor import Visitor, found


@pytest.fixture
def team(app: Flask) -> Team:
    """Acme, on the Premium plan."""
    return found(app)


@pytest.fixture
def owner(app: Flask, team: Team) -> Visitor:
    """Acme's owner, signed in."""
    return Visitor(app).sign_in()
