"""`flask demo`: the product beside its HubSpot sandbox, with a team to try it, from one command."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import socket
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
from cryptography.fernet import Fernet
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from hubspot_sandbox.crm.owners import add_owner
from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubspot_sandbox.stop_signal import wait_for_stop
from hubsync.app import create_app
from hubsync.background import Background
from hubsync.domain.fingerprints import fingerprint
from hubsync.logs import SECURITY
from hubsync.paths import FILES, INSTANCE
from hubsync.services.operations.demo_data import COLLEAGUE, OWNER, ZONE, check_sources_soon, seed_demo, seed_hosts
from hubsync.services.signin import links
from scheduler_sandbox.calcom import EVENT_TYPES, CalCom, CalComServer
from scheduler_sandbox.calendars import Account, CalendarServer, working_week
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer
from scheduler_sandbox.timerex import TimeRexServer

FOLDER = INSTANCE / "demo"
PAUSES = (1.0, 5.0)
"""Seconds between the attempts of a delivery that a stand-in makes."""


@dataclass(frozen=True)
class Ports:
    """Where everything of the demo answers, on loopback."""

    hubsync: int
    sandbox: int
    calendly: int
    timerex: int
    calcom: int
    calendars: int


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="Where HubSync answers, on loopback.")
@click.option("--sandbox-port", default=9000, show_default=True, help="Where the HubSpot sandbox answers.")
@click.option("--calendly-port", default=9100, show_default=True, help="Where Calendly's stand-in answers.")
@click.option("--timerex-port", default=9200, show_default=True, help="Where TimeRex's stand-in answers.")
@click.option("--calcom-port", default=9300, show_default=True, help="Where Cal.com's stand-in answers.")
@click.option("--calendars-port", default=9400, show_default=True, help="Where the host's own calendar answers.")
@click.option("--fresh", is_flag=True, help="Begin anew: deletes what earlier demos left in instance/demo.")
def demo(
    port: int,
    sandbox_port: int,
    calendly_port: int,
    timerex_port: int,
    calcom_port: int,
    calendars_port: int,
    fresh: bool,
) -> None:
    """Try HubSync out: no settings, no account, no network. Stops at Ctrl-C."""
    os.umask(0o077)
    logging.getLogger(SECURITY).setLevel(logging.WARNING)  # this terminal is for the way through the demo
    ports = Ports(port, sandbox_port, calendly_port, timerex_port, calcom_port, calendars_port)
    if fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = _keys()
    with ExitStack() as running:  # stops in the opposite order
        sandbox = _start_sandbox(ports, keys)
        running.callback(sandbox.stop)
        calendars = make_calendars(ports, keys)
        for option, stand_in in (make_schedulers(ports, keys) | {"--calendars-port": calendars}).items():
            _start(stand_in, option)
            running.callback(stand_in.stop)
        settings = demo_settings(ports, keys, sandbox.settings.client_id, str(sandbox.smtp_port))
        app = _make_app(settings, calendars.feed_url())
        server = _bind(app, port)
        running.callback(server.server_close)
        background = Background(app)
        background.start()
        running.callback(background.stop)
        serving = threading.Thread(target=server.serve_forever, name="hubsync-demo", daemon=True)
        serving.start()
        running.callback(serving.join)
        running.callback(server.shutdown)
        _say_where(app, ports)
        wait_for_stop()
        click.echo("Stopping …")


def demo_settings(ports: Ports, keys: Mapping[str, str], client_id: str, smtp_port: str) -> dict[str, str]:
    """The demo's settings: whatever HubSync asks of others is answered on this machine."""
    return {
        **keys,
        "BASE_URL": f"http://localhost:{ports.hubsync}",
        "HUBSPOT_CLIENT_ID": client_id,
        "HUBSPOT_APP_URL": f"http://localhost:{ports.sandbox}",
        "HUBSPOT_API_URL": f"http://127.0.0.1:{ports.sandbox}",
        "SOURCE_API_URLS": (
            f"calendly=http://127.0.0.1:{ports.calendly},calcom=http://127.0.0.1:{ports.calcom}/v2"
        ),
        "FEED_PRIVATE_HOSTS": "127.0.0.1",
        "SIGNIN_AGAIN_MINUTES": "720",  # nobody has to prove anything to try things out
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": smtp_port,
        "MAIL_DEFAULT_SENDER": "HubSync <hubsync@demo.example>",
    }


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


def _start_sandbox(ports: Ports, keys: Mapping[str, str]) -> SandboxServer:
    settings = SandboxSettings.demo(
        FOLDER / "sandbox.sqlite3",
        [f"http://localhost:{ports.hubsync}/integrations/hubspot/callback"],
        public_url=f"http://localhost:{ports.sandbox}",
        client_secret=keys["HUBSPOT_CLIENT_SECRET"],
        smtp_port=0,
    )
    sandbox = SandboxServer(settings, port=ports.sandbox)
    _make_users(sandbox)
    _start(sandbox, "--sandbox-port")
    return sandbox


def _make_users(sandbox: SandboxServer) -> None:
    """The demo's hosts are users of HubSpot too, so that new records can belong to them."""
    known = {each.email for each in sandbox.state.owners}
    for email, first, last in ((OWNER, "Mika", "Sato"), (COLLEAGUE, "Ren", "Suzuki")):
        if email not in known:
            add_owner(sandbox.state, DEFAULT_ACCOUNT, email, first_name=first, last_name=last)


def make_schedulers(ports: Ports, keys: Mapping[str, str]) -> dict[str, SchedulerServer]:
    """The stand-ins of schedulers, by the options that say where they answer.

    They keep nothing but the token of Calendly and the key of Cal.com, so that HubSync can go on with these and
    makes its webhooks anew; at TimeRex a person does that.
    """
    token = f"demo-{fingerprint(keys['SECRET_KEY'])[:32]}"
    key = f"cal_live_{fingerprint('calcom ' + keys['SECRET_KEY'])[:32]}"
    calcom = CalCom(Sender(PAUSES), event_types=EVENT_TYPES, api_key=key)
    return {
        "--calendly-port": CalendlyServer(pauses=PAUSES, port=ports.calendly, token=token),
        "--timerex-port": TimeRexServer(pauses=PAUSES, port=ports.timerex),
        "--calcom-port": CalComServer(calcom, port=ports.calcom),
    }


def _start(server: SandboxServer | SchedulerServer, option: str) -> None:
    try:
        server.start()
    except OSError as taken:
        server.stop()
        raise _say_taken(server.port, option) from taken


def _say_taken(port: int, option: str) -> click.ClickException:
    return click.ClickException(f"Port {port} is taken; choose another with {option}.")


def make_calendars(ports: Ports, keys: Mapping[str, str]) -> CalendarServer:
    """The calendar that the owner is busy by, at an address that stays; what is added by hand is not kept."""
    today = datetime.now(ZoneInfo(ZONE)).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time.min, ZoneInfo(ZONE))
    account = Account(OWNER, secret=fingerprint("calendars" + keys["SECRET_KEY"])[:32])
    account.calendars.append(working_week(monday))
    return CalendarServer(account, port=ports.calendars)


def _make_app(settings: Mapping[str, str], busy_address: str) -> Flask:
    app = create_app(settings, instance_path=FOLDER)
    with app.app_context():
        upgrade(directory=str(FILES / "migrations"))
        seed_demo()
        seed_hosts(busy_address)
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
        raise _say_taken(port, "--port") from taken


def _say_where(app: Flask, ports: Ports) -> None:
    with app.app_context():
        link = links.make_link(OWNER)
        page = seed_demo()
    hubsync, sandbox, calendly, timerex, calcom, calendars = (
        f"http://localhost:{port}" for port in astuple(ports)
    )
    click.echo("")
    click.echo("HubSync is running. Everything stays on this machine, in instance/demo/.")
    click.echo("")
    click.echo(f"  1  Sign in (once, within 10 minutes):  {link}")
    click.echo(f"  2  Book as a guest:                    {hubsync}/book/{page}")
    click.echo(f"  3  See what arrived in HubSpot:        {sandbox}")
    click.echo(f"  4  Book at a stand-in for Calendly:    {calendly}/book")
    click.echo("     Connect it first, in Team Settings > Integrations > Calendly. Its token is given out at")
    click.echo(f"     {calendly}/integrations/api_webhooks")
    click.echo(f"  5  Book at a stand-in for TimeRex:     {timerex}/")
    click.echo("     Set it up first, in Team Settings > Integrations > TimeRex. Its webhook is made at")
    click.echo(f"     {timerex}/settings/integrations/webhook")
    click.echo(f"  6  Book at a stand-in for Cal.com:     {calcom}/")
    click.echo("     Connect it first, in Team Settings > Integrations > Cal.com. Its API key is given out at")
    click.echo(f"     {calcom}/settings/developer/api-keys")
    click.echo(f"  7  The host's own calendar:            {calendars}/")
    click.echo(
        "     Add an event, press Read now on Your account > Busy calendars, and see it in Why?, which is on"
    )
    click.echo("     the page Free times of the calendar.")
    click.echo("")
    click.echo(f"A later sign-in: ask for a link for {OWNER}; the mail arrives in the sandbox's mailbox,")
    click.echo(f"{sandbox}/sandbox/mails. Press Ctrl-C to stop.")
