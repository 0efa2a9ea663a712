"""Nobody meets a sentence in another language than their own on a stand-in's pages: a walk over all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hubspot_sandbox.app import create_sandbox
from hubspot_sandbox.mail_parser import parse_mail
from hubspot_sandbox.settings import MINIMUM_SCOPES, SandboxSettings
from tests.kit.reading import JAPANESE, is_english, read

ACCOUNT = "1234567"
CALLBACK = "http://localhost:8000/integrations/hubspot/callback"
INSTALL = {"client_id": "sandbox-client-id", "redirect_uri": CALLBACK, "scope": " ".join(MINIMUM_SCOPES)}
NOT_OURS = {"sandbox_mails.letter"}
"""Pages that show what somebody else wrote."""
CODE = re.compile(r"[A-Z_]+|[a-z_\d]+|Retry-After|userId:\d+|Google Calendar")
"""What the API calls things (a method, a policy, the internal name of a property), and a name."""


@pytest.fixture(scope="module")
def hubspot() -> Flask:
    """The stand-in for HubSpot with something on each of its pages."""
    app = create_sandbox(SandboxSettings(redirect_urls=[CALLBACK]))
    client, state = app.test_client(), app.extensions["hubspot_sandbox"]
    for kind, values in (
        ("companies", {"name": "Acme", "domain": "acme.test"}),
        ("contacts", {"email": "mika@acme.test", "firstname": "Demo", "lastname": "Acme"}),
        ("contacts", {"email": "old@acme.test"}),
        ("contacts", {"email": "gone@acme.test"}),
    ):
        assert client.post(f"/sandbox/api/records/{kind}", json={"properties": values}).status_code == 201
    meeting = {"properties": {"hs_meeting_title": "Demo"}}
    kept, old, gone = (each.id for each in state.records_of(int(ACCOUNT), "contacts"))
    made = client.post(f"/sandbox/api/records/contacts/{kept}/synced-meetings", json=meeting)
    assert made.status_code == 201
    install = f"/oauth/{ACCOUNT}/authorize?client_id={INSTALL['client_id']}&redirect_uri={CALLBACK}&scope="
    for path, form in (
        ("/sandbox/sign-in", {"email": "mika@acme.test"}),
        (install + "+".join(MINIMUM_SCOPES), {"answer": "connect"}),
        (f"/contacts/{ACCOUNT}/record/0-1/{kept}/merge", {"other": old}),
        (f"/contacts/{ACCOUNT}/record/0-1/{gone}/archive", {}),
        (f"/service-keys/{ACCOUNT}", {"name": "Acme", "scope": "oauth"}),
        (f"/settings/{ACCOUNT}/rules", {"kind": "required", "object": "contacts", "property": "fax"}),
        *(("/sandbox/faults", {"preset": preset, "times": "3"}) for preset in ("down", "late", "lost", "slow")),
    ):
        assert client.post(path, data=form).status_code in (302, 303), path
    client.get("/crm/objects/2026-09/contacts")
    mail = EmailMessage()
    mail["Subject"] = "Demo"
    mail.set_content("Demo")
    mail.add_attachment(b"Demo", maintype="text", subtype="plain", filename="a.txt")
    state.keep_mail(parse_mail(mail.as_bytes(), "a@acme.test", ["b@acme.test"], datetime.now(UTC)))
    return app


def hubspot_pages(app: Flask, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Every page of the stand-in for HubSpot, and what it refuses."""
    state = app.extensions["hubspot_sandbox"]
    for type_id, kind in (("0-1", "contacts"), ("0-2", "companies"), ("0-47", "meetings")):
        known = {
            "account_id": [ACCOUNT],
            "type_id": [type_id],
            "record_id": [each.id for each in state.records_of(int(ACCOUNT), kind)],
            "number": [each.number for each in state.mails],
        }
        yield from every_page(app, client, known, INSTALL)
    for refused in ({}, {"client_id": ""}, {"redirect_uri": ""}, {"scope": ""}, {"scope": "oauth tickets"}):
        yield str(refused), client.get("/oauth/authorize", query_string={**INSTALL, **refused})
    for path in (
        "/contacts/9/objects/0-1",
        f"/contacts/{ACCOUNT}/objects/0-9",
        "/sandbox/mails/99",
        "/oauth/9/authorize",
    ):
        yield path, client.get(path, query_string=INSTALL)
    first = state.records_of(int(ACCOUNT), "contacts")[0].id
    for path, form in (
        ("/sandbox/faults", {}),
        ("/sandbox/faults/own", {"action": "status", "status": "9", "path": "/crm"}),
        ("/sandbox/settings", {"daily_limit": "soon"}),
        (f"/settings/{ACCOUNT}/rules", {"kind": "conditional", "object": "contacts", "property": "nothing"}),
        (f"/settings/{ACCOUNT}/rules", {"kind": "validation", "object": "companies", "property": "name"}),
        (f"/service-keys/{ACCOUNT}", {"name": "Mika Sato"}),
        (f"/contacts/{ACCOUNT}/record/0-1/{first}/merge", {"other": first}),
    ):
        yield path, client.post(path, data=form)
    client.post("/sandbox/sign-out")
    yield "signed out", client.get("/oauth/authorize", query_string=INSTALL)
    client.post("/sandbox/sign-in", data={"email": "mika@acme.test"})


def every_page(
    app: Flask, client: FlaskClient, known: dict[str, list[str]], query: dict[str, str]
) -> Iterator[tuple[str, TestResponse]]:
    """The pages of *app* at every address that the *known* arguments make; an unknown argument is an error."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        if "GET" not in (rule.methods or ()) or not blueprint or rule.endpoint in NOT_OURS:
            continue
        if not blueprint.startswith("sandbox_") or blueprint == "sandbox_control":
            continue
        names = sorted(rule.arguments)
        for values in product(*(known[name] for name in names)):
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **dict(zip(names, values, strict=True)))
            answer = client.get(path, query_string=query)
            assert answer.status_code in (200, 303), path
            yield path, answer


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_of_the_stand_in_for_hubspot_is_in_the_language_of_its_reader(
    hubspot: Flask, language: str
) -> None:
    client = hubspot.test_client()
    client.post("/sandbox/sign-in", data={"email": "mika@acme.test"})
    client.post("/sandbox/language", data={"language": language})
    looked_at, other = 0, {}
    for path, answer in hubspot_pages(hubspot, client):
        page = read(answer.text, language)
        looked_at += len(page.pieces)
        if language == "ja":
            strange = [each for each in page.pieces if is_english(each, page.quoted) and not CODE.fullmatch(each)]
        else:
            strange = [each for each in page.pieces if JAPANESE.search(each)]
        other |= dict.fromkeys(strange, path)
    assert list(other.items()) == []
    assert looked_at > 1000


def test_the_choice_at_a_pages_foot_beats_what_the_browser_asks_for(hubspot: Flask) -> None:
    client, asked = hubspot.test_client(), {"Accept-Language": "ja-JP,en;q=0.5"}
    page = client.get("/sandbox/faults?x=1", headers=asked).text
    assert '<html lang="ja">' in page
    assert 'name="next" value="/sandbox/faults?x=1"' in page
    answer = client.post("/sandbox/language", data={"language": "en", "next": "/sandbox/faults?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sandbox/faults?x=1")
    assert '<html lang="en">' in client.get("/sandbox/faults", headers=asked).text
    away = client.post("/sandbox/language", data={"language": "xx", "next": "//acme.test/"})
    assert away.headers["Location"] == "/"
    assert "Set-Cookie" not in away.headers


def test_what_programs_are_told_is_english_whatever_a_browser_reads(hubspot: Flask) -> None:
    answer = hubspot.test_client().post(
        "/sandbox/api/faults", json={"action": "none"}, headers={"Accept-Language": "ja"}
    )
    assert answer.status_code == 400
    assert not JAPANESE.search(answer.get_data(as_text=True))
    assert "must be one of" in answer.get_data(as_text=True)
