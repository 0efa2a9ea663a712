"""HubSync as a package: built, unpacked away from the checkout, and served from there."""

from __future__ import annotations

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
    """Settings that serve; the package is found where it was unpacked, and nothing else of HubSync is."""
    monkeypatch.setenv("PYTHONPATH", str(unpacked))
    return make_settings()


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
def test_the_package_serves_away_from_the_checkout(tmp_path: Path, settings: dict[str, str]) -> None:
    run(tmp_path, "db", "upgrade", **settings)
    assert (tmp_path / "instance" / "hubsync.sqlite3").exists()
    said = run(tmp_path, "team", "create", "Acme", "--owner", "mika@acme.example", **settings)
    assert "http://localhost:8000/signin/link/" in said
    gunicorn = ("gunicorn", "-c", "python:hubsync.gunicorn_conf", "-b", "127.0.0.1:{port}", "hubsync.wsgi:app")
    with Serving(*gunicorn, folder=tmp_path, **settings) as serving:
        page = serving.get("/signin", Host="localhost:8000")
        assert page.status_code == 200
        assert "HUBSYNC_MAIL_DEFAULT_SENDER" in page.text  # no mail is set up, and the page says what is missing
        assert serving.get("/static/shell/shell.css", Host="localhost:8000").status_code == 200


@pytest.mark.slow
def test_every_source_has_its_samples_in_the_package(unpacked: Path) -> None:
    # "Send a sample through" reads them wherever HubSync is installed.
    here, there = ROOT / "hubsync" / "sources", unpacked / "hubsync" / "sources"
    samples = {path.relative_to(here) for path in here.rglob("samples/**/*.json")}
    assert len(samples) > 50
    assert {path.relative_to(there) for path in there.rglob("samples/**/*.json")} == samples
