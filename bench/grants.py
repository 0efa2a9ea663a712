"""A team connected by OAuth, as somebody leaves it who pressed Connect."""

from __future__ import annotations

from sqlalchemy import select

from bench.installation import Installation
from hubspot_sandbox.server import SandboxServer
from hubsync.domain.connections import ConnectMethod
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from tests.kit.world import grant_tokens, store_tokens


def connect_by_oauth(installation: Installation, server: SandboxServer) -> None:
    """Replace the service key of the installation's team by OAuth tokens of the stand-in's usual account."""
    tokens = grant_tokens(server)
    with installation.app.app_context(), write_transaction() as session:
        row = session.scalars(select(Connection)).one()
        row.method = ConnectMethod.OAUTH
        store_tokens(row, tokens)
