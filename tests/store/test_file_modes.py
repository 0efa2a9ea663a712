"""Files and folders with guests' data are this user's alone, whatever made them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from hubsync.app import create_app
from hubsync.services.operations.self_check import Finding, check_installation
from tests.kit.apps import close, create_tables
from tests.kit.settings import make_settings

pytestmark = pytest.mark.sqlite("is about the modes of its files")

ENDS = ("", "-wal", "-shm")


def start(folder: Path, database: str = "sqlite:///hubsync.sqlite3") -> Flask:
    return create_app(make_settings(SQLALCHEMY_DATABASE_URI=database), instance_path=folder)


def modes(*paths: Path) -> set[str]:
    return {oct(path.stat().st_mode & 0o777) for path in paths}


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o750, 0o711, 0o2775])
def test_a_start_takes_folder_and_files_from_others(tmp_path: Path, usual_umask: None, mode: int) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    folder.chmod(mode)
    files = [folder / f"hubsync.sqlite3{end}" for end in ENDS]
    for file in files:
        file.touch()
        file.chmod(mode & 0o666)
    start(folder)
    assert modes(folder) == {"0o700"}
    assert modes(*files) == {"0o600"}


def test_a_new_folder_is_closed_from_the_first_moment(tmp_path: Path, usual_umask: None) -> None:
    start(tmp_path / "new" / "instance")
    assert modes(tmp_path / "new" / "instance") == {"0o700"}


def files_finding(app: Flask) -> Finding:
    before = os.umask(0o077)  # as wsgi.py sets it for every command
    with app.app_context(), app.test_request_context():
        found = next(each for each in check_installation(None) if each.subject == "files")
    close(app)
    os.umask(before)
    return found


@pytest.mark.parametrize(
    ("opened", "mode", "advice"),
    [
        ("instance/hubsync.sqlite3", 0o640, "chmod 600"),
        ("instance", 0o755, "chmod 700"),
        ("instance", 0o710, "chmod 700"),
        ("", 0o700, ""),
    ],
)
def test_what_is_open_all_the_same_is_told_with_what_to_do(
    tmp_path: Path, opened: str, mode: int, advice: str
) -> None:
    app = start(tmp_path / "instance")
    create_tables(app)
    (tmp_path / "instance" / "hubsync.sqlite3").chmod(0o600)
    (tmp_path / opened).chmod(mode)
    finding = files_finding(app)
    assert bool(finding.advice) is bool(advice)
    assert advice in finding.advice
    assert not advice or str(tmp_path / opened) in finding.found


@pytest.mark.parametrize(("mode", "told"), [(0o777, True), (0o775, True), (0o1777, False), (0o755, False)])
def test_a_folder_in_which_others_could_swap_the_database_is_told(tmp_path: Path, mode: int, told: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(mode)
    app = start(tmp_path / "instance", f"sqlite:///{elsewhere}/db.sqlite3")
    assert modes(elsewhere) == {oct(mode & 0o777)}, "that folder is not HubSync's"
    assert (str(elsewhere) in files_finding(app).found) is told
