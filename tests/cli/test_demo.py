"""`flask demo` as a newcomer starts it: one command, seven addresses, everything kept, a clean end."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from hubsync.config.environment import read_settings
from hubsync.demo import Ports, demo_settings, make_schedulers
from hubsync.sources.registry import SOURCES
from tests.cli.commands import BIN, ROOT
from tests.kit.browser import Browser
from tests.kit.ports import free_port
from tests.kit.settings import make_settings, process_environment
from tests.kit.tab import Tab
from tests.kit.waiting import wait_until


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the demo needs of the repository, so that a test does not touch the demo of whoever runs it."""
    for name in ("hubsync", "hubspot_sandbox", "scheduler_sandbox", "templates", "static", "migrations"):
        # With what is compiled already, but for what somebody is just writing.
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copy(ROOT / "wsgi.py", tmp_path)
    return tmp_path


OPTIONS = ("--port", "--sandbox-port", "--calendly-port", "--timerex-port", "--calcom-port", "--calendars-port")


class Demo:
    def __init__(self, checkout: Path, *options: str, **environment: str) -> None:
        self.port, self.sandbox_port = free_port(), free_port()
        self.ports = {option: free_port() for option in OPTIONS}
        self.port, self.sandbox_port = self.ports["--port"], self.ports["--sandbox-port"]
        self.calcom_port = self.ports["--calcom-port"]
        self.process = subprocess.Popen(
            [str(BIN / "flask"), "demo", *self.arguments(), *options],
            cwd=checkout,
            env={**process_environment({}), **environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def arguments(self) -> list[str]:
        """Its ports, for another one after it."""
        return [piece for option, port in self.ports.items() for piece in (option, str(port))]

    def wait(self) -> Demo:
        assert self.process.stdout is not None
        while "Ctrl-C" not in self.said:
            line = self.process.stdout.readline()
            assert line, f"the demo ended: {self.said}"
            self.said += line
        return self

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=60)[0] or ""
        return self.process.returncode

    def address(self, piece: str) -> str:
        found = re.search(rf"http://localhost:\d+{piece}\S*", self.said)
        assert found, self.said
        return found[0]


def connect(demo: Demo) -> Tab:
    """The browser of its owner, who connected HubSpot, and Cal.com's stand-in by its key."""
    browser = Tab(Browser())
    team = f"http://localhost:{demo.port}/teams/acme-trading"
    browser.open(demo.address("/signin/link/")).press("Sign in").open(f"{team}/settings/integrations/hubspot")
    browser.press("Connect").press("Sign in").press("Choose account").press("Connect app")
    browser.open(demo.address("/settings/developer/api-keys")).press("Save")
    (key,) = browser.page.select("#key")
    browser.open(f"{team}/settings/integrations/calcom").press("Connect", token=key.words)
    assert "Connected as nao@aoba-design.example" in browser.text
    return browser


@pytest.fixture
def demos(checkout: Path) -> Iterator[list[Demo]]:
    started: list[Demo] = []
    yield started
    for demo in started:
        demo.stop()


PORTS = Ports(hubsync=8000, sandbox=9000, calendly=9100, timerex=9200, calcom=9300, calendars=9400)


def test_nothing_that_the_demo_asks_is_outside_this_machine() -> None:
    given = make_settings()
    keys = {name: given[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS")} | {"HUBSPOT_CLIENT_SECRET": "s"}
    settings = read_settings(demo_settings(PORTS, keys, "client", "2525"))
    asked = [settings.base_url, settings.hubspot_app_url, settings.hubspot_api_url]
    asked += [settings.source_api_urls[name] for name, source in SOURCES.items() if source.api is not None]
    assert {urlsplit(address).hostname for address in asked} == {"localhost", "127.0.0.1"}
    assert settings.mail_server == "127.0.0.1"
    assert (settings.google_client_id, settings.microsoft_client_id, settings.https_proxy) == ("", "", "")


def test_each_stand_in_of_a_scheduler_has_its_port_and_a_token_that_stays() -> None:
    first, second = (make_schedulers(PORTS, make_settings()) for _ in range(2))
    ports = {option: scheduler.port for option, scheduler in first.items()}
    assert ports == {"--calendly-port": 9100, "--timerex-port": 9200, "--calcom-port": 9300}
    for option, account in (("--calendly-port", "token"), ("--calcom-port", "api_key")):
        tokens = {getattr(each[option].account, account) for each in (first, second)}
        assert len(tokens) == 1
        assert tokens != {""}


@pytest.mark.slow
def test_one_command_starts_everything_for_its_user_alone_and_ctrl_c_stops_it(
    checkout: Path, demos: list[Demo]
) -> None:
    demo = Demo(checkout, HUBSYNC_BASE_URL="https://production.example", HUBSYNC_MAIL_PORT="nonsense")
    demos.append(demo)
    demo.wait()
    for address in (
        demo.address("/signin/link/"),
        demo.address("/book/"),
        f"http://localhost:{demo.sandbox_port}/",
        demo.address("/integrations/api_webhooks"),
        demo.address("/settings/integrations/webhook"),
        demo.address("/settings/developer/api-keys"),
    ):
        assert requests.get(address, timeout=60).status_code == 200
    folder = checkout / "instance" / "demo"
    open_to_others = [path.name for path in (folder, *folder.iterdir()) if path.stat().st_mode & 0o077]
    assert open_to_others == []
    assert demo.stop() == 0
    for port in demo.ports.values():
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.slow
def test_a_second_start_finds_what_the_first_one_left_and_hubspot_still_connected(
    checkout: Path, demos: list[Demo]
) -> None:
    first = Demo(checkout).wait()
    demos.append(first)
    guests_page = first.address("/book/")
    page = f"http://localhost:{first.port}/teams/acme-trading/settings/integrations/hubspot"
    browser = connect(first)
    assert "Connected to" in browser.open(page).text
    free_times = page.replace("settings/integrations/hubspot", "calendars/1/free-times")
    today = datetime.now(UTC).date()
    monday = today + timedelta(days=14 - today.weekday())
    assert "free: Ren Suzuki · Mika Sato: busy (Work)" in browser.open(f"{free_times}?why={monday}").text
    first.stop()
    second = Demo(checkout, *first.arguments()).wait()
    demos.append(second)
    assert second.address("/book/") == guests_page
    assert "Connected to" in browser.open(page).text
    editor = f"http://localhost:{first.port}/teams/acme-trading/calendars/1/advanced/hubspot"
    assert "Properties of HubSpot read" in browser.open(editor).text  # a live call, with the tokens kept
    calcom = f"http://localhost:{first.calcom_port}"
    wait_until(lambda: "/intake/calcom/" in browser.open(calcom).text)  # it forgot its webhook, which is made anew
    second.stop()
    fresh = Demo(checkout, *first.arguments(), "--fresh").wait()
    demos.append(fresh)
    assert fresh.address("/book/") != guests_page


@pytest.mark.slow
def test_what_is_booked_moved_and_cancelled_at_the_stand_in_for_cal_com_arrives_in_hubspot(
    checkout: Path, demos: list[Demo]
) -> None:
    demo = Demo(checkout).wait()
    demos.append(demo)
    team, calcom = f"http://localhost:{demo.port}/teams/acme-trading", f"http://localhost:{demo.calcom_port}"
    browser = connect(demo)
    browser.open(calcom).follow("First talk")
    browser.press("Confirm", name="Ines Duarte", email="ines@mar-azul.pt", company="Mar Azul")
    booking = browser.url
    wait_until(lambda: "First talk" in browser.open(f"{team}/calendars").text)
    browser.follow("First talk").follow("Advanced settings").follow("HubSpot").press("Save")
    browser.open(f"{team}/deliveries").follow("Ines Duarte").press("Retry")
    delivery = browser.url
    assert "posted" in browser.text
    browser.open(f"http://localhost:{demo.sandbox_port}").follow("1 contact")
    assert "ines@mar-azul.pt" in browser.text

    browser.open(booking).press("Reschedule", starts_at="2031-05-06T15:00")
    wait_until(lambda: "2031" in browser.open(delivery).text)
    browser.open(calcom).follow("Ines Duarte").press("Cancel event", reason="Ill")
    wait_until(lambda: "cancelled" in browser.open(delivery).text)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--port", "--sandbox-port", "--calcom-port"])
def test_a_port_already_taken_is_said_clearly(checkout: Path, demos: list[Demo], option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        demo = Demo(checkout, option, str(port))
        demos.append(demo)
        began = time.monotonic()
        demo.process.wait(timeout=60)
    demo.stop()
    assert time.monotonic() - began < 60
    assert demo.process.returncode == 1
    assert f"Port {port} is taken" in demo.said
    assert option in demo.said
    assert "Traceback" not in demo.said
