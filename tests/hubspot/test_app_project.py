"""The project for HubSpot's command line: right in form, filled in for this installation, always the same."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from typing import Any

import pytest
import time_machine

from hubsync.hubspot.app_project import FOLDER, ProjectFile, pack, project_files, takes_redirect
from hubsync.hubspot.oauth import OWNERS_READ, SCOPES

REDIRECT = "https://hubsync.acme.example/integrations/hubspot/callback"

# What HubSpot's reference says of each field: (is it required, what it must be).
# https://developers.hubspot.com/docs/apps/developer-platform/build-apps/app-configuration
Rule = tuple[bool, Any]
STRING, STRINGS = str, [str]
PROJECT: dict[str, Rule] = {
    "name": (True, STRING),
    "srcDir": (True, re.compile("src")),
    "platformVersion": (True, re.compile(r"20\d\d\.0[39]")),
}
APP: dict[str, Rule] = {
    "uid": (True, re.compile(r"[A-Za-z0-9_.-]{1,64}")),
    "type": (True, re.compile("app")),
    "config": (
        True,
        {
            "name": (True, re.compile(r"\S(.{0,198}\S)?")),
            "description": (True, re.compile(r".{1,8192}", re.DOTALL)),
            "logo": (False, STRING),
            "distribution": (True, re.compile("marketplace|private")),
            "auth": (
                True,
                {
                    "type": (True, re.compile("oauth|static")),
                    "redirectUrls": (True, [re.compile(r"https://[^\s]+|http://localhost(:\d+)?/[^\s]*")]),
                    "requiredScopes": (True, [re.compile(r"[a-z0-9_.-]+")]),
                    "optionalScopes": (False, STRINGS),
                    "conditionallyRequiredScopes": (False, STRINGS),
                },
            ),
            "permittedUrls": (
                True,
                {key: (False, [re.compile(r"https://.+")]) for key in ("fetch", "iframe", "img")},
            ),
            "support": (
                False,
                dict.fromkeys(("supportEmail", "documentationUrl", "supportUrl", "supportPhone"), (False, STRING)),
            ),
        },
    ),
}


def faults(value: Any, rule: Any, place: str = "") -> list[str]:
    """Where *value* is not what *rule* says."""
    if isinstance(rule, dict):
        if not isinstance(value, dict):
            return [f"{place} is no object"]
        found = [f"{place}/{name} is not known" for name in value.keys() - rule.keys()]
        found += [
            f"{place}/{name} is missing" for name, (needed, _) in rule.items() if needed and name not in value
        ]
        for name in value.keys() & rule.keys():
            found += faults(value[name], rule[name][1], f"{place}/{name}")
        return found
    if isinstance(rule, list):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [fault for number, each in enumerate(value) for fault in faults(each, rule[0], f"{place}/{number}")]
    if not isinstance(value, str):
        return [f"{place} is no string"]
    if isinstance(rule, re.Pattern) and not rule.fullmatch(value):
        return [f"{place} is {value!r}"]
    return []


def written(redirect: str = REDIRECT) -> dict[str, Any]:
    return {file.path: json.loads(file.text) for file in project_files(redirect)}


def test_the_files_have_the_form_that_hubspot_documents() -> None:
    files = written()
    assert set(files) == {"hsproject.json", "src/app/app-hsmeta.json"}
    assert faults(files["hsproject.json"], PROJECT) == []
    assert faults(files["src/app/app-hsmeta.json"], APP) == []


def test_the_form_is_really_looked_at() -> None:
    app = written("http://hubsync.acme.example/callback")["src/app/app-hsmeta.json"]
    del app["config"]["name"]
    app["extra"] = "x"
    assert sorted(faults(app, APP)) == [
        "/config/auth/redirectUrls/0 is 'http://hubsync.acme.example/callback'",
        "/config/name is missing",
        "/extra is not known",
    ]


def test_it_asks_for_exactly_the_scopes_that_connect_asks_for_and_comes_back_to_exactly_one_address() -> None:
    config = written()["src/app/app-hsmeta.json"]["config"]
    auth = config["auth"]
    assert (auth["type"], config["distribution"]) == ("oauth", "private")
    assert auth["redirectUrls"] == [REDIRECT]
    # HubSpot stops an install whose scopes are not those of the app.
    assert (tuple(auth["requiredScopes"]), auth["optionalScopes"], auth["conditionallyRequiredScopes"]) == (
        SCOPES,
        [OWNERS_READ],
        [],
    )


def test_the_archive_is_one_folder_and_the_same_bytes_at_any_time() -> None:
    files = (*project_files(REDIRECT), ProjectFile("README.md", "Größe\n"))
    with time_machine.travel("2026-11-23T09:00:00Z"):
        first = pack(files)
    with time_machine.travel("2031-01-01T09:00:00Z"):
        assert time.gmtime().tm_year == 2031
        assert pack(files) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{FOLDER}/{file.path}" for file in files]
        for file in files:
            assert archive.read(f"{FOLDER}/{file.path}").decode() == file.text
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        (REDIRECT, True),
        ("http://localhost:8000/integrations/hubspot/callback", True),
        ("http://127.0.0.1:8000/integrations/hubspot/callback", False),
        ("http://hubsync.acme.example/integrations/hubspot/callback", False),
        ("http://localhost.acme.example/integrations/hubspot/callback", False),
    ],
)
def test_hubspot_takes_https_and_http_on_localhost_only(url: str, taken: bool) -> None:
    assert takes_redirect(url) is taken
