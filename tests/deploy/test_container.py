"""The container's files: what they build from, what may be reached in it, and who it runs as."""

from __future__ import annotations

import fnmatch
import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from flask import Flask

from tests.kit.serving import ROOT

SECRETS = re.compile(r"(?i)password|secret|token|key")


def read_instructions() -> Iterator[tuple[str, str]]:
    """Instruction and what follows it, with continued lines as one."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, rest = line.split(None, 1)
            yield name, " ".join(rest.split())


INSTRUCTIONS = list(read_instructions())


def values_of(name: str) -> list[str]:
    return [rest for each, rest in INSTRUCTIONS if each == name]


def copied() -> list[str]:
    """What is copied from the repository."""
    ours = [rest.split() for rest in values_of("COPY") if "--from" not in rest]
    return [word.rstrip("/") for words in ours for word in words[:-1] if not word.startswith("--")]


@pytest.fixture(scope="module")
def services() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_the_image_is_built_in_two_stages_from_named_versions() -> None:
    bases = [rest.split()[0] for rest in values_of("FROM")]
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", base) for base in bases)
    assert values_of("ADD") == []
    assert not re.search(r"apt-get|curl|wget|sudo", " ".join(values_of("RUN")))


def test_the_container_runs_as_nobody_in_particular_and_says_how_it_is(app: Flask) -> None:
    assert values_of("USER") == ["10001:10001"]
    assert [name for name, _rest in INSTRUCTIONS].index("USER") > len(INSTRUCTIONS) - 6, (
        "nothing is made by root after"
    )
    assert (values_of("VOLUME"), values_of("WORKDIR")[-1]) == (['["/data"]'], "/data")
    (health,) = values_of("HEALTHCHECK")
    program, command = json.loads(health.partition(" CMD ")[2])
    assert program == "hubsync"
    assert command in app.cli.commands
    (start,) = [json.loads(rest) for rest in values_of("CMD")]
    assert start[0] == "hubsync-start"
    assert not [
        rest for rest in values_of("ENV") + values_of("ARG") if re.search(r"(?i)(key|password|secret)=", rest)
    ]


def test_whatever_the_package_is_made_of_is_copied_and_nothing_else_can_be() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    made_of = {
        *wheel["packages"],
        *wheel["force-include"],
        "requirements.txt",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }
    assert set(copied()) == made_of | {"deploy/start"}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*", "what is not named stays outside"
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    assert sorted(let_in) == sorted(copied())
    assert not [
        each for each in ("instance", ".git", ".env", "tests") if any(fnmatch.fnmatch(each, one) for one in let_in)
    ]


def test_only_the_proxy_can_be_reached_from_outside(services: Any) -> None:
    assert [name for name, each in services.items() if "ports" in each] == ["caddy"]
    assert services["caddy"]["ports"] == ["80:80", "443:443"]
    assert services["postgresql"]["networks"] == ["inside"]
    assert services["hubsync"]["environment"]["HUBSYNC_TRUSTED_PROXIES"] == "1"


def test_a_container_can_write_to_its_data_alone_and_gains_no_rights(services: Any) -> None:
    for name in ("hubsync", "caddy"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    for each in services.values():
        assert each["security_opt"] == ["no-new-privileges:true"]
        assert re.search(r":[\w.-]+$", each["image"]) or "build" in each
    assert "cap_add" not in services["hubsync"]
    assert services["hubsync"]["volumes"] == ["data:/data"]


def test_no_secret_stands_in_the_files(services: Any) -> None:
    for each in services.values():
        for name, value in each.get("environment", {}).items():
            assert not SECRETS.search(name) or value.startswith("${"), name


def test_postgresql_is_there_for_whoever_asks_for_it(services: Any) -> None:
    assert services["postgresql"]["profiles"] == ["postgresql"]
    assert services["hubsync"]["depends_on"]["postgresql"] == {"condition": "service_healthy", "required": False}
    declared = yaml.safe_load((ROOT / "compose.yaml").read_text())["volumes"]
    used = {volume.split(":")[0] for each in services.values() for volume in each["volumes"]}
    assert {each for each in used if not each.startswith(".")} == set(declared)
