"""Everything in this folder runs on PostgreSQL; ``tests/kit/databases.py`` says how it is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.acme import acme, oauth_acme
from tests.kit.databases import Server

__all__ = ["acme", "database", "oauth_acme"]


@pytest.fixture
def database(postgresql: Server) -> Iterator[dict[str, str]]:
    with postgresql.database() as uri:
        yield {"SQLALCHEMY_DATABASE_URI": uri}
