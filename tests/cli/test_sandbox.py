"""`flask sandbox`: the stand-in alone, for those who try out a HubSync of their own."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from tests.cli.commands import BIN, ROOT, call
from tests.kit.ports import free_port

FLASK = str(BIN / "flask")


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [FLASK, "sandbox", *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.mark.slow
def test_it_answers_keeps_what_it_is_told_to_keep_and_stops_at_ctrl_c(tmp_path: Path) -> None:
    port, smtp_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}/sandbox/api/records/companies"
    options = ["--port", str(port), "--smtp-port", str(smtp_port), "--data", str(tmp_path / "sandbox.sqlite3")]
    found = []
    for _ in range(2):
        sandbox = start(*options)
        assert sandbox.stdout is not None
        while "Ctrl-C" not in (line := sandbox.stdout.readline()):
            assert line
        found.append(len(requests.get(url, timeout=60).json()["results"]))
        requests.post(url, json={"properties": {"name": "Kept"}}, timeout=60).raise_for_status()
        sandbox.send_signal(signal.SIGINT)
        sandbox.communicate(timeout=60)
        assert sandbox.returncode == 0
    assert found[1] == found[0] + 1


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
def test_a_port_already_taken_is_said_clearly(option: str) -> None:
    free = {"--port": str(free_port()), "--smtp-port": str(free_port())}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = str(listening.getsockname()[1])
        ended = call("sandbox", *(word for pair in {**free, option: taken}.items() for word in pair))
    assert ended.returncode == 1
    assert taken in ended.stderr
    assert "taken" in ended.stderr
