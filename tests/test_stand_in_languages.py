"""Nobody meets a sentence in another language than their own on a stand-in's pages: a walk over all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
from scheduler_sandbox.calcom import EVENT_TYPES, CalCom, CalComServer
from scheduler_sandbox.calendars import CalendarServer
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.pages import QUESTIONS, TOPICS
from scheduler_sandbox.sending import Sender
from scheduler_sandbox.server import SchedulerServer
from scheduler_sandbox.timerex import TimeRexServer
from tests.kit.reading import JAPANESE, Reading, is_english, read

ACCOUNT = "1234567"
CALLBACK = "http://localhost:8000/integrations/hubspot/callback"
INSTALL = {"client_id": "sandbox-client-id", "redirect_uri": CALLBACK, "scope": " ".join(MINIMUM_SCOPES)}
GUEST = {"name": "Mika Sato", "email": "mika@acme.test", "starts_at": "2026-12-14T10:00"}
NOT_OURS = {"sandbox_mails.letter"}
"""Pages that show what somebody else wrote."""
CODE = re.compile(r"[A-Z_]+|[a-z_\d]+|Retry-After|userId:\d+|Google Calendar|Webhook|CalDAV")
"""What the API calls things (a method, a policy, the internal name of a property), and names."""


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
        if "GET" not in (rule.methods or ()) or not is_page(rule.endpoint):
            continue
        names = sorted(rule.arguments)
        for values in product(*(known[name] for name in names)):
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **dict(zip(names, values, strict=True)))
            answer = client.get(path, query_string=query)
            assert answer.status_code in (200, 303), path
            yield path, answer


def is_page(endpoint: str) -> bool:
    """Whether people look at what is there: not files, nor what programs ask for."""
    blueprint = endpoint.rpartition(".")[0]
    return endpoint == "home" or (
        blueprint.startswith(("sandbox_", "pages")) and blueprint != "sandbox_control" and endpoint not in NOT_OURS
    )


def timerex() -> tuple[SchedulerServer, dict[str, list[str]]]:
    """The stand-in for TimeRex with a booking that stands, one that was moved and one cancelled, and a webhook."""
    server = TimeRexServer()
    client, space = server.app.test_client(), server.space
    paths = [each.path for each in space.calendars]
    for _ in range(3):
        assert client.post(f"/s/{paths[0]}", data=GUEST).status_code == 303
    moved, cancelled, _stands = space.bookings
    client.post(f"/schedule/change/{moved}", data=GUEST)
    client.post(f"/schedule/cancel/{cancelled}")
    client.post("/settings/integrations/webhook", data={"url": "https://hooks.acme.test/"})
    return server, {"path": paths, "id": list(space.bookings)}


def calendly() -> tuple[SchedulerServer, dict[str, list[str]]]:
    """The stand-in for Calendly with a booking that stands, one moved, one cancelled and a no-show."""
    server = CalendlyServer()
    client = server.app.test_client()
    for _ in range(4):
        assert client.post("/book", data=GUEST).status_code == 303
    moved, cancelled, missed, _stands = server.account.invitees
    client.post(f"/reschedulings/{moved}", data=GUEST)
    client.post(f"/cancellations/{cancelled}")
    client.post(f"/no_shows/{missed}")
    return server, {"id": list(server.account.invitees)}


def calcom() -> tuple[SchedulerServer, dict[str, list[str]]]:
    """The stand-in for Cal.com with bookings in all their states, and a webhook."""
    server = CalComServer(CalCom(Sender(), lambda: datetime.now(UTC), EVENT_TYPES, "cal_live_key"))
    client, account = server.app.test_client(), server.account
    slugs = [each.slug for each in account.event_types]
    for slug in (*slugs, "first-talk", "first-talk", "first-talk", "consultation"):
        assert client.post(f"/nao/{slug}", data=GUEST).status_code == 303
    talks = [uid for uid, each in account.bookings.items() if each.event_type.slug == "first-talk"]
    waiting = [uid for uid, each in account.bookings.items() if each.event_type.slug == "consultation"]
    for path, more in (
        (f"{talks[0]}/reschedule", GUEST),
        (f"{talks[1]}/cancel", {"reason": "Demo"}),
        (f"{talks[2]}/no-show", {"guest": GUEST["email"]}),
        (f"{waiting[0]}/reject", {}),
    ):
        assert client.post(f"/booking/{path}", data=more).status_code == 303, path
    client.post("/settings/developer/webhooks", data={"url": "https://hooks.acme.test/"})
    return server, {"slug": slugs, "uid": list(account.bookings)}


def own_calendars() -> tuple[SchedulerServer, dict[str, list[str]]]:
    """The stand-in for a provider of calendars."""
    return CalendarServer(), {}


def owners_words(server: SchedulerServer) -> set[str]:
    """What the account's owner called things, which no language changes."""
    account = getattr(server, "account", None) or getattr(server, "space", None)
    types = [*getattr(account, "event_types", ()), *getattr(account, "calendars", ())]
    titles = {str(getattr(each, "title", getattr(each, "name", ""))) for each in types}
    asked: set[str] = set()
    for each in types:
        questions = getattr(each, "questions", ())
        asked.update(questions.values() if isinstance(questions, dict) else questions)
    return titles | asked | {*QUESTIONS.values(), *TOPICS}


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
        other |= dict.fromkeys(strange_pieces(page, language), path)
    assert list(other.items()) == []
    assert looked_at > 1000


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("make", [timerex, calendly, calcom, own_calendars])
def test_every_page_of_a_scheduler_is_in_the_language_of_its_reader(
    make: Callable[[], tuple[SchedulerServer, dict[str, list[str]]]], language: str
) -> None:
    server, known = make()
    client, names = server.app.test_client(), owners_words(server)
    client.post("/language", data={"language": language})
    other: dict[str, str] = {}
    for path, answer in [*every_page(server.app, client, known, {}), *forms_refused(server, client)]:
        strange = strange_pieces(read(answer.text, language), language)
        other |= {each: path for each in strange if not any(name in each for name in names)}
    assert list(other.items()) == []


def forms_refused(server: SchedulerServer, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """What the pages with a form answer to an empty one, and to a press that only shows something."""
    for rule in server.app.url_map.iter_rules():
        if {"GET", "POST"} <= (rule.methods or set()) and rule.endpoint.startswith("pages."):
            path = rule.rule.replace("<path>", "70a7f00d").replace("<slug>", "first-talk")
            yield path, client.post(path, data={})


def strange_pieces(page: Reading, language: str) -> list[str]:
    """What of the *page* is in another language."""
    if language == "ja":
        return [each for each in page.pieces if is_english(each, page.quoted) and not CODE.fullmatch(each)]
    return [each for each in page.pieces if JAPANESE.search(each)]


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
