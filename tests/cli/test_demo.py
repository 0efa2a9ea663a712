"""`flask demo` as a newcomer starts it: one command, six addresses, everything kept, a clean end."""

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

import pytest
import requests

from tests.cli.commands import BIN, ROOT
from tests.kit.browser import Browser
from tests.kit.ports import free_port
from tests.kit.settings import process_environment
from tests.kit.tab import Tab


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the demo needs of the repository, so that a test does not touch the demo of whoever runs it."""
    for name in ("hubsync", "hubspot_sandbox", "scheduler_sandbox", "templates", "static", "migrations"):
        # With what is compiled already, but for what somebody is just writing.
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copy(ROOT / "wsgi.py", tmp_path)
    return tmp_path


class Demo:
    def __init__(self, checkout: Path, *options: str, **environment: str) -> None:
        self.port, self.sandbox_port = free_port(), free_port()
        self.calendly_port, self.timerex_port, self.calendars_port = free_port(), free_port(), free_port()
        ports = ["--port", str(self.port), "--sandbox-port", str(self.sandbox_port)]
        ports += ["--calendly-port", str(self.calendly_port), "--timerex-port", str(self.timerex_port)]
        ports += ["--calendars-port", str(self.calendars_port)]
        self.process = subprocess.Popen(
            [str(BIN / "flask"), "demo", *ports, *options],
            cwd=checkout,
            env={**process_environment({}), **environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

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
        self.said += self.process.communicate(timeout=30)[0] or ""
        return self.process.returncode

    def address(self, piece: str) -> str:
        found = re.search(rf"http://localhost:\d+{piece}\S*", self.said)
        assert found, self.said
        return found[0]


@pytest.fixture
def demos(checkout: Path) -> Iterator[list[Demo]]:
    started: list[Demo] = []
    yield started
    for demo in started:
        demo.stop()


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
    ):
        assert requests.get(address, timeout=10).status_code == 200
    folder = checkout / "instance" / "demo"
    open_to_others = [path.name for path in (folder, *folder.iterdir()) if path.stat().st_mode & 0o077]
    assert open_to_others == []
    assert demo.stop() == 0
    for port in (demo.port, demo.sandbox_port, demo.calendly_port, demo.timerex_port, demo.calendars_port):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.slow
def test_a_second_start_finds_what_the_first_one_left_and_hubspot_still_connected(
    checkout: Path, demos: list[Demo]
) -> None:
    first = Demo(checkout).wait()
    demos.append(first)
    guests_page = first.address("/book/")
    ports = ("--port", str(first.port), "--sandbox-port", str(first.sandbox_port))
    page = f"http://localhost:{first.port}/teams/acme-trading/settings/integrations/hubspot"
    browser = Tab(Browser())
    browser.open(first.address("/signin/link/")).press("Sign in")
    free_times = page.replace("settings/integrations/hubspot", "calendars/1/free-times")
    today = datetime.now(UTC).date()
    monday = today + timedelta(days=14 - today.weekday())
    assert "free: Ren Suzuki · Mika Sato: busy (Work)" in browser.open(f"{free_times}?why={monday}").text
    browser.open(page)
    browser.press("Connect").press("Sign in").press("Choose account").press("Connect app")
    assert "Connected to" in browser.text
    first.stop()
    second = Demo(checkout, *ports).wait()
    demos.append(second)
    assert second.address("/book/") == guests_page
    assert "Connected to" in browser.open(page).text
    editor = f"http://localhost:{first.port}/teams/acme-trading/calendars/1/advanced/hubspot"
    assert "Properties of HubSpot read" in browser.open(editor).text  # a live call, with the tokens kept
    second.stop()
    fresh = Demo(checkout, *ports, "--fresh").wait()
    demos.append(fresh)
    assert fresh.address("/book/") != guests_page


@pytest.mark.slow
@pytest.mark.parametrize(
    "option", ["--port", "--sandbox-port", "--calendly-port", "--timerex-port", "--calendars-port"]
)
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
