"""The plan of the house, proved on every run: floors, fences and the size of rooms."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "hubsync"

FLOORS = {
    "errors": 1,
    "domain": 2,
    "store": 3,
    "hubspot": 3,
    "sources": 3,
    "identity": 3,
    "mail": 3,
    "services": 4,
    "web": 5,
    "config": 6,
    "app": 6,
    "background": 6,
    "redacting": 6,
    "cli": 6,
}
APART = "sandbox"
# Who may start the stand-in.
STARTS_SANDBOX = {"cli"}

# Each library has one room. Types for annotations count too: a room that names a library knows it.
FENCES = {
    "sqlalchemy": {"store", "services"},
    "flask_sqlalchemy": {"store"},
    "requests": {"hubspot", "identity"},
    "urllib3": {"hubspot", "identity"},
    "flask_mail": {"mail"},
    "smtplib": {"mail"},
    "wtforms": {"web"},
    "flask_wtf": {"web"},
    "pydantic": {"sources"},
    "authlib": {"web", "identity"},
    "joserfc": {"identity"},
    "flask_migrate": {"app", "cli"},
    "cryptography": {"store", "config", "cli"},
}
LARGEST = 250


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        yield (inside.parts[0].removesuffix(".py"), path)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            found.add(node.module or "")
            if node.module == "hubsync":
                found |= {f"hubsync.{name.name}" for name in node.names}
    return found


def ours(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("hubsync.")}


@pytest.fixture(scope="module")
def rooms() -> list[tuple[str, Path, set[str]]]:
    return [(room, path, imports(path)) for room, path in modules()]


def test_every_package_has_a_floor(rooms: list[tuple[str, Path, set[str]]]) -> None:
    found = {room for room, _, _ in rooms} - {"__init__", APART}
    assert found == set(FLOORS)


def test_nobody_imports_upward_or_sideways(rooms: list[tuple[str, Path, set[str]]]) -> None:
    offences = [
        f"{path.relative_to(ROOT)} imports {other}"
        for room, path, names in rooms
        if room in FLOORS
        for other in ours(names) & set(FLOORS)
        if other != room and (FLOORS[other] > FLOORS[room] or (FLOORS[other] == FLOORS[room] and FLOORS[room] < 6))
    ]
    assert offences == []


def test_the_sandbox_stands_apart(rooms: list[tuple[str, Path, set[str]]]) -> None:
    leaving = [str(path) for room, path, names in rooms if room == APART and ours(names) - {APART}]
    entering = [
        str(path)
        for room, path, names in rooms
        if APART in ours(names) and room != APART and room not in STARTS_SANDBOX
    ]
    assert leaving == []
    assert entering == []


@pytest.mark.parametrize("library", sorted(FENCES))
def test_each_library_has_one_room(library: str, rooms: list[tuple[str, Path, set[str]]]) -> None:
    users = {
        room
        for room, _, names in rooms
        if room != APART and any(name == library or name.startswith(library + ".") for name in names)
    }
    assert users <= FENCES[library]
    assert users, f"nobody uses {library}: take its fence down"


def test_only_the_wire_and_the_transport_send(rooms: list[tuple[str, Path, set[str]]]) -> None:
    senders = {
        str(path.relative_to(PACKAGE))
        for room, path, names in rooms
        if room != APART
        and any(name.split(".")[0] in {"requests", "urllib", "http", "httpx"} for name in names)
        and any(name in {"requests", "urllib.request", "http.client", "httpx"} for name in names)
    }
    assert senders <= {"hubspot/wire.py", "identity/transport.py"}


def test_the_domain_knows_no_clock_no_network_and_no_framework(rooms: list[tuple[str, Path, set[str]]]) -> None:
    banned = {"time", "socket", "random", "flask", "flask_babel", "logging", "os"}
    offences = {
        f"{path.name}: {name}"
        for room, path, names in rooms
        if room == "domain"
        for name in names
        if name.split(".")[0] in banned
    }
    assert offences == set()
    clocks = [path.name for room, path, _ in rooms if room == "domain" and ".now(" in path.read_text()]
    assert clocks == []


def test_only_services_commit(rooms: list[tuple[str, Path, set[str]]]) -> None:
    committers = {
        room
        for room, path, _ in rooms
        if room in FLOORS
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr == "commit")
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "writing")
    }
    # store/__init__ holds writing() itself.
    assert committers <= {"store", "services"}


def test_no_room_is_too_large() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.js", "*.html"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    files = [ROOT / name for name in listed] or [path for _, path in modules()]
    large = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in files
        if path.exists() and "migrations/versions" not in str(path)
    }
    assert {name: lines for name, lines in large.items() if lines > LARGEST} == {}


def test_no_room_is_named_after_nothing() -> None:
    lumber = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "models", "views", "forms"}
    assert [str(path) for _, path in modules() if path.stem in lumber] == []


def test_no_old_oauth_path_is_called_by_the_product(rooms: list[tuple[str, Path, set[str]]]) -> None:
    # https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
    assert [str(path) for room, path, _ in rooms if room != APART and "/oauth/v1" in path.read_text()] == []
