"""`flask demo`: the product beside its HubSpot sandbox, with a team to try it, from one command."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import threading
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
from cryptography.fernet import Fernet
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.stop_signal import wait_for_stop
from hubsync.app import create_app
from hubsync.background import Background
from hubsync.domain.fingerprints import fingerprint
from hubsync.paths import FILES, INSTANCE
from hubsync.services.operations.demo_data import OWNER, ZONE, check_sources_soon, seed_demo, seed_hosts
from hubsync.services.signin import links
from scheduler_sandbox.calendars import Account, CalendarServer, working_week
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.timerex import TimeRexServer

FOLDER = INSTANCE / "demo"


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="Where HubSync answers, on loopback.")
@click.option("--sandbox-port", default=9000, show_default=True, help="Where the HubSpot sandbox answers.")
@click.option("--calendly-port", default=9100, show_default=True, help="Where Calendly's stand-in answers.")
@click.option("--timerex-port", default=9200, show_default=True, help="Where TimeRex's stand-in answers.")
@click.option("--calendars-port", default=9400, show_default=True, help="Where the host's own calendar answers.")
@click.option("--fresh", is_flag=True, help="Begin anew: deletes what earlier demos left in instance/demo.")
def demo(
    port: int, sandbox_port: int, calendly_port: int, timerex_port: int, calendars_port: int, fresh: bool
) -> None:
    """Try HubSync out: no settings, no account, no network. Stops at Ctrl-C."""
    os.umask(0o077)
    if fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = _keys()
    with ExitStack() as running:  # stops in the opposite order
        sandbox = _start_sandbox(port, sandbox_port, keys)
        running.callback(sandbox.stop)
        calendly = _start_calendly(calendly_port, keys)
        running.callback(calendly.stop)
        running.callback(_start_timerex(timerex_port).stop)
        calendars = _start_calendars(calendars_port, keys)
        running.callback(calendars.stop)
        app = _make_app(port, sandbox_port, sandbox, calendly, calendars, keys)
        server = _bind(app, port)
        running.callback(server.server_close)
        background = Background(app)
        background.start()
        running.callback(background.stop)
        serving = threading.Thread(target=server.serve_forever, name="hubsync-demo", daemon=True)
        serving.start()
        running.callback(serving.join)
        running.callback(server.shutdown)
        _say_where(app, port, sandbox_port, calendly_port, timerex_port, calendars_port)
        wait_for_stop()
        click.echo("Stopping …")


def _keys() -> dict[str, str]:
    """The demo's own keys, made once and kept beside its database, readable by this user alone."""
    path = FOLDER / "keys.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "HUBSPOT_CLIENT_SECRET": secrets.token_urlsafe(24),
        }
        written = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(written, "w") as file:
            json.dump(made, file)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def _start_sandbox(port: int, sandbox_port: int, keys: dict[str, str]) -> SandboxServer:
    settings = SandboxSettings.demo(
        FOLDER / "sandbox.sqlite3",
        [f"http://localhost:{port}/integrations/hubspot/callback"],
        public_url=f"http://localhost:{sandbox_port}",
        client_secret=keys["HUBSPOT_CLIENT_SECRET"],
        smtp_port=0,
    )
    sandbox = SandboxServer(settings, port=sandbox_port)
    try:
        sandbox.start()
    except OSError as taken:
        sandbox.stop()
        raise click.ClickException(f"Port {sandbox_port} is taken; choose another with --sandbox-port.") from taken
    return sandbox


def _start_calendly(port: int, keys: dict[str, str]) -> CalendlyServer:
    """Calendly's stand-in. It keeps nothing but for its token, so that HubSync can go on with it."""
    token = f"demo-{fingerprint(keys['SECRET_KEY'])[:32]}"
    try:
        return CalendlyServer(pauses=(1.0, 5.0), port=port, token=token).start()
    except OSError as taken:
        raise click.ClickException(f"Port {port} is taken; choose another with --calendly-port.") from taken


def _start_timerex(port: int) -> TimeRexServer:
    """TimeRex's stand-in. It keeps nothing: after a restart its webhook is made anew, as a person makes it."""
    try:
        return TimeRexServer(pauses=(1.0, 5.0), port=port).start()
    except OSError as taken:
        raise click.ClickException(f"Port {port} is taken; choose another with --timerex-port.") from taken


def _start_calendars(port: int, keys: dict[str, str]) -> CalendarServer:
    """The calendar that the owner is busy by, at an address that stays; what is added by hand is not kept."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time.min, ZoneInfo(ZONE))
    account = Account(OWNER, secret=fingerprint("calendars" + keys["SECRET_KEY"])[:32])
    account.calendars.append(working_week(monday))
    try:
        return CalendarServer(account, port=port).start()
    except OSError as taken:
        raise click.ClickException(f"Port {port} is taken; choose another with --calendars-port.") from taken


def _make_app(
    port: int,
    sandbox_port: int,
    sandbox: SandboxServer,
    calendly: CalendlyServer,
    calendars: CalendarServer,
    keys: dict[str, str],
) -> Flask:
    app = create_app(
        {
            **keys,
            "BASE_URL": f"http://localhost:{port}",
            "HUBSPOT_CLIENT_ID": sandbox.settings.client_id,
            "HUBSPOT_APP_URL": f"http://localhost:{sandbox_port}",
            "HUBSPOT_API_URL": f"http://127.0.0.1:{sandbox_port}",
            "SOURCE_API_URLS": f"calendly={calendly.url}",
            "FEED_PRIVATE_HOSTS": "127.0.0.1",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(sandbox.smtp_port),
            "MAIL_DEFAULT_SENDER": "HubSync <hubsync@demo.example>",
        },
        instance_path=FOLDER,
    )
    with app.app_context():
        upgrade(directory=str(FILES / "migrations"))
        seed_demo()
        seed_hosts(calendars.feed_url())
        check_sources_soon()
    return app


class _QuietHandler(WSGIRequestHandler):
    """Leaves the terminal to the addresses that a person needs."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing about a request; errors are still logged."""


def _bind(app: Flask, port: int) -> BaseWSGIServer:
    try:
        # Bound here, because Werkzeug's own way of binding ends the process when the port is taken.
        with socket.create_server(("127.0.0.1", port), backlog=128) as listening:
            return make_server(
                "127.0.0.1", port, app, threaded=True, request_handler=_QuietHandler, fd=listening.fileno()
            )
    except OSError as taken:
        raise click.ClickException(f"Port {port} is taken; choose another with --port.") from taken


def _say_where(
    app: Flask, port: int, sandbox_port: int, calendly_port: int, timerex_port: int, calendars_port: int
) -> None:
    with app.app_context():
        link = links.make_link(OWNER)
        page = seed_demo()
    click.echo("")
    click.echo("HubSync is running. Everything stays on this machine, in instance/demo/.")
    click.echo("")
    click.echo(f"  1  Sign in (once, within 10 minutes):  {link}")
    click.echo(f"  2  Book as a guest:                    http://localhost:{port}/book/{page}")
    click.echo(f"  3  See what arrived in HubSpot:        http://localhost:{sandbox_port}")
    click.echo(f"  4  Book at a stand-in for Calendly:    http://localhost:{calendly_port}/book")
    click.echo("     Connect it first, in Team Settings > Integrations > Calendly. Its token is given out at")
    click.echo(f"     http://localhost:{calendly_port}/integrations/api_webhooks")
    click.echo(f"  5  Book at a stand-in for TimeRex:     http://localhost:{timerex_port}/")
    click.echo("     Set it up first, in Team Settings > Integrations > TimeRex. Its webhook is made at")
    click.echo(f"     http://localhost:{timerex_port}/settings/integrations/webhook")
    click.echo(f"  6  The host's own calendar:            http://localhost:{calendars_port}/")
    click.echo(
        "     Add an event, press Read now on Your account > Busy calendars, and see it in Why?, which is on"
    )
    click.echo("     the page Free times of the calendar.")
    click.echo("")
    click.echo(f"A later sign-in: ask for a link for {OWNER}; the mail arrives in the sandbox's mailbox,")
    click.echo(f"http://localhost:{sandbox_port}/sandbox/mails. Press Ctrl-C to stop.")
