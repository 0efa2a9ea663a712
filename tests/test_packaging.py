"""HubSync as a package: built, unpacked away from the checkout, and served from there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.kit.serving import Serving
from tests.kit.settings import make_settings, process_environment

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install .` puts into site-packages."""
    folder = tmp_path_factory.mktemp("package")
    building = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(building, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def settings(unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings that serve, with keys to be made at the start.

    The package is found where it was unpacked, and nothing else of HubSync is.
    """
    monkeypatch.setenv("PYTHONPATH", str(unpacked))
    command = tmp_path / "bin" / "hubsync"  # as pip makes it
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m hubsync "$@"\n')
    command.chmod(0o755)
    path = [str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    given = {name: text for name, text in make_settings().items() if name not in {"SECRET_KEY", "ENCRYPTION_KEYS"}}
    kept = {"SECRET_KEY_FILE": "keys/secret_key", "ENCRYPTION_KEYS_FILE": "keys/encryption_keys"}
    return given | {name: str(tmp_path / path) for name, path in kept.items()}


def run(folder: Path, *command: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hubsync", *command],
        cwd=folder,
        env=process_environment(settings),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.slow
def test_the_package_serves_away_from_the_checkout_as_the_container_does(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    start = (str(ROOT / "deploy" / "start"), "--bind", "127.0.0.1:{port}")
    with Serving(*start, folder=tmp_path, **settings) as serving:
        assert (tmp_path / "instance" / "hubsync.sqlite3").exists()
        said = run(tmp_path, "team", "create", "Acme", "--owner", "mika@acme.example", **settings)
        assert "http://localhost:8000/signin/link/" in said
        page = serving.get("/signin", Host="localhost:8000")
        assert page.status_code == 200
        assert "HUBSYNC_MAIL_DEFAULT_SENDER" in page.text  # no mail is set up, and the page says what is missing
        assert serving.get("/static/shell/shell.css", Host="localhost:8000").status_code == 200
    kept = list((tmp_path / "keys").iterdir())
    assert {path.name: path.stat().st_mode & 0o777 for path in kept} == {
        "secret_key": 0o600,
        "encryption_keys": 0o600,
    }
    assert not [path for path in kept if path.read_text().strip() in serving.said]


@pytest.mark.slow
def test_every_source_has_its_samples_in_the_package(unpacked: Path) -> None:
    # "Send a sample through" reads them wherever HubSync is installed.
    here, there = ROOT / "hubsync" / "sources", unpacked / "hubsync" / "sources"
    samples = {path.relative_to(here) for path in here.rglob("samples/**/*.json")}
    assert len(samples) > 50
    assert {path.relative_to(there) for path in there.rglob("samples/**/*.json")} == samples
