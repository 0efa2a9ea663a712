"""Application factory: it chooses the settings and wires the layers together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from hubsync import cli, redacting, web
from hubsync.alerts.sending import AlertRoute
from hubsync.cli.refusal import refuse_to_serve
from hubsync.config import EXTENSION
from hubsync.config.environment import SettingsRefused, read_settings
from hubsync.config.table import Settings
from hubsync.feeds.reading import Route as FeedRoute
from hubsync.hubspot.oauth import OAuthClient
from hubsync.hubspot.wire import Wire
from hubsync.identity import GOOGLE, MICROSOFT, OIDC, Providers, Registration, Route
from hubsync.mail import MailSender
from hubsync.paths import FILES, INSTANCE
from hubsync.services import Tools
from hubsync.services.tally import Tally
from hubsync.sources.client import Route as SourceRoute
from hubsync.sources.client import SourceClient
from hubsync.sources.registry import SOURCES
from hubsync.store import database_files, db, refuse_open_transaction
from hubsync.store.calendar_stamps import watch_changes
from hubsync.store.file_modes import keep_from_others
from hubsync.store.migrations import Migrations
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
        settings = read_settings(given)
    except SettingsRefused as refused:
        refuse_to_serve(app, refused.problems)
        return app
    app.extensions[EXTENSION] = settings
    _configure(app, settings)
    folder = Path(app.instance_path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    watch_changes()
    with app.app_context():
        keep_from_others([folder, *database_files()])
    app.extensions["migrate"] = Migrations(str(FILES / "migrations"))
    app.extensions["hubsync"] = build_tools(app, settings)
    web.register(app)
    if hops := settings.trusted_proxies:
        # Not x_host: the base URL says under which host name HubSync is reached.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    """Tell Flask and its extensions what they read; whatever is ours asks `hubsync.config.settings`."""
    secure = urlsplit(settings.base_url).scheme == "https"
    app.config.update(
        {name.upper(): value for name, value in settings if name.startswith(("mail_", "sqlalchemy_"))},
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        # __Host- binds the cookie to this host over TLS; browsers refuse the prefix without TLS.
        SESSION_COOKIE_NAME="__Host-hubsync" if secure else "hubsync",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1_000_000,
        BOOTSTRAP_SERVE_LOCAL=True,
    )


def build_tools(app: Flask, settings: Settings) -> Tools:
    """Build the adapters for these settings, and the memory that the services of *app* share."""
    tally = Tally()
    wire = Wire(
        settings.hubspot_api_url,
        https_proxy=settings.https_proxy or None,
        ca_bundle=settings.ca_bundle or None,
        before_send=refuse_open_transaction,
        observe=tally.note_call,
    )
    oauth = None
    if settings.hubspot_client_id:
        version, secret = settings.hubspot_oauth_version, settings.hubspot_client_secret
        oauth = OAuthClient(wire, version, settings.hubspot_client_id, secret)
    return Tools(
        vault=Vault(settings.encryption_keys),
        wire=wire,
        tally=tally,
        oauth=oauth,
        mail_sender=MailSender(app, before_send=refuse_open_transaction),
        identity=_providers(app, settings),
        feed_route=FeedRoute(
            settings.feed_contact,
            settings.feed_private_hosts,
            https_proxy=settings.https_proxy or None,
            ca_bundle=settings.ca_bundle or None,
            before_send=refuse_open_transaction,
        ),
        alert_route=AlertRoute(
            settings.alert_private_hosts,
            https_proxy=settings.https_proxy,
            ca_bundle=settings.ca_bundle,
            before_send=refuse_open_transaction,
        ),
        source_clients=_source_clients(settings),
    )


def _source_clients(settings: Settings) -> dict[str, SourceClient]:
    clients = {}
    for name, source in SOURCES.items():
        if source.api is not None:
            route = SourceRoute(
                settings.source_api_urls.get(name) or source.api.base_url,
                https_proxy=settings.https_proxy or None,
                ca_bundle=settings.ca_bundle or None,
                before_send=refuse_open_transaction,
            )
            clients[name] = source.api.make_client(route)
    return clients


def _providers(app: Flask, settings: Settings) -> Providers:
    route = Route(
        https_proxy=settings.https_proxy or None,
        ca_bundle=settings.ca_bundle or None,
        before_send=refuse_open_transaction,
    )
    google = Registration(
        GOOGLE, settings.google_client_id, settings.google_client_secret, settings.google_metadata_url
    )
    microsoft = Registration(
        MICROSOFT, settings.microsoft_client_id, settings.microsoft_client_secret, settings.microsoft_metadata_url
    )
    by_the_standard = Registration(
        OIDC, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_metadata_url, settings.oidc_label
    )
    return Providers(app, [google, microsoft, by_the_standard], route)
