"""The clients of sources' APIs are made with the installation's settings, once."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import text

from hubsync.errors import SourceError, SourceTokenRefused, SourceUnreachable
from hubsync.net.deadline import Deadline
from hubsync.services import tools
from hubsync.store import db, end_read
from tests.kit.apps import new_app
from tests.kit.diary import NAME, TOKEN, DiaryServer
from tests.kit.http_server import Server, http, raw, serve
from tests.kit.settings import make_settings

__all__ = ["serve"]

Serve = Callable[..., Server]


def ask() -> str:
    return tools().source_clients[NAME].look_up_holder(TOKEN, Deadline.after(5)).shown


def refused(settings: dict[str, str], folder: Path, kind: type[SourceError], words: str) -> None:
    with new_app(settings, folder) as app, app.app_context(), pytest.raises(kind, match=words):
        ask()


def test_a_call_in_an_open_transaction_is_refused(acme: Any, diary: DiaryServer) -> None:
    assert ask() == "Ren Host"
    db.session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError, match="a database transaction is open"):
        ask()
    end_read()
    assert diary.called() == ["GET /me"]


def test_it_is_asked_through_the_proxy(
    served_diary: DiaryServer, serve: Serve, tmp_path: Path, database: dict[str, str]
) -> None:
    proxy = serve(raw(http(403)))
    given = {"SOURCE_API_URLS": f"{NAME}=https://api.diary.example", "HTTPS_PROXY": proxy.url, **database}
    refused(make_settings(**given), tmp_path, SourceUnreachable, "proxy")
    assert proxy.requests[0].line.startswith("CONNECT api.diary.example:443 ")


def test_certificates_are_trusted_as_the_installation_says(
    served_diary: DiaryServer, serve: Serve, tmp_path: Path, database: dict[str, str]
) -> None:
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = serve(raw(http(401)), context=context)
    url = {"SOURCE_API_URLS": f"{NAME}={server.host_url}", **database}
    refused(make_settings(**url), tmp_path / "one", SourceUnreachable, "certificate")
    refused(make_settings(**url, CA_BUNDLE=str(bundle)), tmp_path / "two", SourceTokenRefused, "not accepted")
