"""The systemd unit of `deploy/`: what a fault in HubSync could reach."""

from __future__ import annotations

import configparser
import shutil
import subprocess

import pytest

from tests.kit.serving import ROOT

UNIT = ROOT / "deploy" / "hubsync.service"


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
