"""Everything in this folder runs on PostgreSQL; ``tests/kit/databases.py`` says how it is found."""

from __future__ import annotations

import pytest

from tests.kit.acme import acme, oauth_acme
from tests.kit.databases import Server

__all__ = ["acme", "database", "oauth_acme"]


@pytest.fixture
def database(postgresql: Server) -> dict[str, str]:
    return {"SQLALCHEMY_DATABASE_URI": postgresql.emptied()}
