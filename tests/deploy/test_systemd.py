"""The systemd unit of `deploy/`: what a fault in HubSync could reach."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kit.serving import ROOT

UNIT = ROOT / "deploy" / "hubsync.service"
COMMAND = ROOT / "deploy" / "hubsync"
SYSTEMCTL = """#!/bin/sh
case "$*" in
  "cat hubsync")
    cat "$UNIT"
    printf '[Service]\\nLoadCredential=mail_password:/etc/hubsync/secrets/mail_password\\n' ;;
  *Environment\\ *)
    sed -n 's|%d|/run/credentials/hubsync.service|; s|^Environment=||p' "$UNIT" | tr '\\n' ' ' ;;
  *EnvironmentFiles*) echo "/etc/hubsync/settings.env (ignore_errors=no)" ;;
esac
"""
"""As systemd 252 answers: specifiers have their values, and what is added by `systemctl edit` follows the unit."""
SYSTEMD_RUN = """#!/bin/sh
printf '%s\\n' "$@"
"""


def test_the_unit_takes_everything_away_that_hubsync_does_not_need() -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # names are told apart by their capitals
    read.read(UNIT)
    service = read["Service"]
    for name in (
        *("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectClock", "ProtectHostname"),
        *("ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups"),
        *("RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"),
        *("MemoryDenyWriteExecute", "RemoveIPC"),
    ):
        assert service[name] == "yes", name
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == ""
    assert service["RestrictAddressFamilies"] == "AF_INET AF_INET6 AF_UNIX"
    assert (service["User"], service["StateDirectoryMode"], service["UMask"]) == ("hubsync", "0700", "0077")
    assert "SECRET_KEY=" not in UNIT.read_text(), "secrets are credentials"


def test_systemd_itself_finds_the_unit_safe() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    looking = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT)]
    done = subprocess.run(looking, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_a_command_runs_with_what_the_unit_runs_with(tmp_path: Path) -> None:
    for name, text in (("systemctl", SYSTEMCTL), ("systemd-run", SYSTEMD_RUN)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "UNIT": str(UNIT)}
    command = [str(COMMAND), "team", "create", "Acme & Sons", "--owner", "you@example.com"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()

    begins = told.index("/opt/hubsync/bin/hubsync")
    assert told[begins + 1 :] == command[1:]
    given = {each.removeprefix("--property=") for each in told[:begins] if each.startswith("--property=")}
    (run,) = [each.removeprefix("--unit=") for each in told if each.startswith("--unit=")]
    read = UNIT.read_text().splitlines()
    for line in read:
        if line.startswith(
            ("User=", "WorkingDirectory=", "UMask=", "StateDirectory", "EnvironmentFile=", "LoadCredential=")
        ):
            assert line in given
    assert "LoadCredential=mail_password:/etc/hubsync/secrets/mail_password" in given
    # systemd-run leaves specifiers as they are: a credential has to be named by its path.
    (variables,) = [each.partition("=")[2].split() for each in given if each.startswith("Environment=")]
    of_the_unit = [line.removeprefix("Environment=") for line in read if line.startswith("Environment=")]
    assert variables == [each.replace("%d", f"/run/credentials/{run}.service") for each in of_the_unit]
    assert {"--wait", "--collect", "--pipe", "--pty"} < set(told[:begins])
    assert COMMAND.stat().st_mode & 0o111
