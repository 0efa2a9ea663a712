"""create_app: choose the settings and wire the floors together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Config, Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from hubsync import cli, redacting, web
from hubsync.cli.refusal import refuse_to_serve
from hubsync.config import SettingsRefused, read_settings
from hubsync.config.clear_text import find_exposures
from hubsync.hubspot.oauth import OAuthClient
from hubsync.hubspot.wire import Wire
from hubsync.identity import GOOGLE, MICROSOFT, Providers, Registration, Route
from hubsync.mail import MailSender
from hubsync.paths import FILES, INSTANCE
from hubsync.services import Tools
from hubsync.store import database_files, db, refuse_open_transaction, tables
from hubsync.store.file_modes import keep_from_others
from hubsync.store.sealed import Vault


def create_app(given: Mapping[str, str] | None = None, instance_path: Path | None = None) -> Flask:
    """Return the app, ready to serve.

    *given* are the settings without their prefix; None reads them from the environment. With bad settings an
    app without pages is returned to the few commands that need none; anybody else exits with the problems.
    """
    redacting.install()
    app = Flask(
        "hubsync",
        root_path=str(Path(__file__).parent),
        instance_path=str(instance_path or INSTANCE),
        template_folder=str(FILES / "templates"),
        static_folder=str(FILES / "static"),
    )
    cli.register(app)
    try:
        settings = read_settings(read_environment() if given is None else given)
    except SettingsRefused as refused:
        refuse_to_serve(app, refused.problems)
        return app
    _configure(app, settings)
    folder = Path(app.instance_path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        keep_from_others([folder, *database_files()])
    Migrate(app, db, directory=str(FILES / "migrations"))
    app.extensions["hubsync"] = _tools(app, settings)
    app.extensions["hubsync_exposures"] = tuple(find_exposures(settings))
    web.register(app)
    if hops := int(settings["TRUSTED_PROXIES"]):
        # Not x_host: the base URL says under which host name HubSync is reached.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def read_environment() -> dict[str, str]:
    config = Config(str(FILES))
    config.from_prefixed_env("HUBSYNC", loads=str)
    return {name: value for name, value in config.items() if isinstance(value, str)}


def _configure(app: Flask, settings: dict[str, Any]) -> None:
    secure = urlsplit(settings["BASE_URL"]).scheme == "https"
    app.config.update(
        {name: value for name, value in settings.items() if name.startswith(("MAIL_", "SQLALCHEMY_"))},
        SECRET_KEY=settings["SECRET_KEY"],
        BASE_URL=settings["BASE_URL"],
        HUBSPOT_APP_URL=settings["HUBSPOT_APP_URL"],
        HUBSPOT_CLIENT_ID=settings["HUBSPOT_CLIENT_ID"],
        SCHEDULER=settings["SCHEDULER"],
        TRUSTED_PROXIES=settings["TRUSTED_PROXIES"],
        # __Host- binds the cookie to this host over TLS; browsers refuse the prefix without TLS.
        SESSION_COOKIE_NAME="__Host-hubsync" if secure else "hubsync",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1_000_000,
        # A mapping left open for an hour must still be saved: the token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )


def _tools(app: Flask, settings: dict[str, Any]) -> Tools:
    wire = Wire(
        settings["HUBSPOT_API_URL"],
        https_proxy=settings["HTTPS_PROXY"] or None,
        ca_bundle=settings["CA_BUNDLE"] or None,
        before_send=refuse_open_transaction,
    )
    oauth = None
    if settings["HUBSPOT_CLIENT_ID"] and settings["HUBSPOT_CLIENT_SECRET"]:
        version = settings["HUBSPOT_OAUTH_VERSION"]
        oauth = OAuthClient(wire, version, settings["HUBSPOT_CLIENT_ID"], settings["HUBSPOT_CLIENT_SECRET"])
    return Tools(
        vault=Vault(settings["ENCRYPTION_KEYS"]),
        wire=wire,
        oauth=oauth,
        post=MailSender(app, before_send=refuse_open_transaction),
        identity=_providers(app, settings),
        base_url=settings["BASE_URL"],
        hubspot_app_url=settings["HUBSPOT_APP_URL"],
        hubspot_api_version=settings["HUBSPOT_API_VERSION"],
        hubspot_client_id=settings["HUBSPOT_CLIENT_ID"],
        default_plan=settings["DEFAULT_PLAN"],
        signin_links=settings["SIGNIN_LINKS"],
        sync_budget_seconds=settings["SYNC_BUDGET_SECONDS"],
        company_memory_hours=settings["COMPANY_MEMORY_HOURS"],
        idle_expiry_days=settings["IDLE_EXPIRY_DAYS"],
        mail_set_up=bool(settings["MAIL_DEFAULT_SENDER"]),
        notice_interval_days=settings["NOTICE_INTERVAL_DAYS"],
        retention_days=settings["RETENTION_DAYS"],
    )


def _providers(app: Flask, settings: dict[str, Any]) -> Providers:
    route = Route(
        https_proxy=settings["HTTPS_PROXY"] or None,
        ca_bundle=settings["CA_BUNDLE"] or None,
        before_send=refuse_open_transaction,
    )
    fields = ("CLIENT_ID", "CLIENT_SECRET", "METADATA_URL")
    registrations = [
        Registration(provider, *(settings[f"{provider.upper()}_{field}"] for field in fields))
        for provider in (GOOGLE, MICROSOFT)
    ]
    return Providers(app, registrations, route)


__all__ = ["create_app", "tables"]
