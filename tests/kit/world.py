"""A team to test with: its people, their calendars, and the HubSpot account that it is connected to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import requests
from flask import Flask

from hubspot_sandbox.entities import App
from hubspot_sandbox.grants import connect_app
from hubspot_sandbox.server import SandboxServer
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.people.sessions import start_session
from hubsync.services.teams import members
from hubsync.store import db, write_transaction
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.settings import BASE_URL, CALLBACK, OWNER
from tests.kit.snapshots import build_once

Connected = Literal["key", "oauth"]


@dataclass(frozen=True)
class World:
    """Ids by the names that the test gave, and a session of everybody for a browser."""

    team_id: int
    people: Mapping[str, int]
    calendars: Mapping[str, int]
    sessions: Mapping[str, str]


def world(
    app: Flask,
    sandbox: SandboxServer | None = None,
    *,
    team: str = "acme",
    plan: str = "premium",
    people: tuple[str, ...] = ("owner",),
    calendars: Mapping[str, str] | None = None,
    mapped: bool = True,
    connected: Connected | None = "key",
    person: Mapping[str, Any] | None = None,
) -> World:
    """A team with *people*, who are called by their roles and have the address <role>@<team>.example.

    The stand-in is needed for a team that is *connected*.

    *calendars* says whose each is, by default the owner has one called "intro"; each has the questions that every
    calendar begins with and, if *mapped*, the usual mapping. *connected* is how the team is connected to the
    stand-in's first account: by a service key, by OAuth, or not at all. *person* are columns of all people.
    """
    of_whom = {"intro": "owner"} if calendars is None else dict(calendars)
    person = dict(person or {})

    def build() -> World:
        tokens = {"access_token": service_key(sandbox)} if sandbox and connected == "key" else {}
        if sandbox and connected == "oauth":
            tokens = grant_tokens(sandbox)
        with write_transaction() as session:
            team_id = rows.add_team(session, team, plan=plan).id
            ids = {role: rows.add_person(session, f"{role}@{team}.example", **person).id for role in people}
            for role, person_id in ids.items():
                rows.add_member(session, team_id, person_id, role)
            made = {}
            for name, owner in of_whom.items():
                shown = "Intro call" if name == "intro" else f"Calendar of the {name}"
                made[name] = rows.add_calendar(session, team_id, ids[owner], f"{team}-{name}", name=shown).id
                if mapped:
                    rows.add_usual_mapping(session, made[name])
            if tokens:
                connection = rows.add_connection(session, team_id, tokens["access_token"])
                if connected == "oauth":
                    store_tokens(connection, tokens)
            sessions = {role: start_session(session, person_id) for role, person_id in ids.items()}
        return World(team_id, ids, made, sessions)

    key = (team, plan, people, tuple(of_whom.items()), mapped, connected, tuple(person.items()), bool(sandbox))
    return build_once(app, sandbox, key, build)


def create_team(app: Flask, name: str = "Acme", owner: str = OWNER, plan: str = "premium") -> Team:
    """A team with its owner, as whoever runs the installation makes it."""

    def build() -> int:
        return members.create_team(name, owner, plan).id

    team_id = build_once(app, None, (name, owner, plan), build)
    with app.app_context():
        return db.session.get_one(Team, team_id)


def store_tokens(connection: Any, tokens: Mapping[str, Any]) -> None:
    """Give the row the tokens as Connect does."""
    for what, column in (("access token", "access_sealed"), ("refresh token", "refresh_sealed")):
        sealed = tools().vault.seal(sealed_place(connection.team_id, what), tokens[what.replace(" ", "_")])
        setattr(connection, column, sealed)
    connection.access_expires_at = now() + timedelta(seconds=tokens["expires_in"])
    connection.state, connection.connected_at = "connected", now()


def service_key(sandbox: SandboxServer) -> str:
    """A new service key of the stand-in's first account."""
    made = requests.post(f"{sandbox.url}/sandbox/api/service-keys", json={}, timeout=60)
    assert made.ok, made.text
    return str(made.json()["token"])


def grant_tokens(sandbox: SandboxServer, account: str = rows.ACCOUNT) -> dict[str, Any]:
    """Tokens as somebody gets them who presses Connect at the stand-in."""
    state, redirect = sandbox.state, f"{BASE_URL}{CALLBACK}"
    registered, found = state.apps.get(sandbox.settings.client_id), state.accounts.get(account)
    assert isinstance(registered, App)
    assert found is not None
    form = {
        "grant_type": "authorization_code",
        "code": connect_app(state, registered, found, "a@b.example", list(SCOPES), redirect, None),
        "redirect_uri": redirect,
        "client_id": registered.client_id,
        "client_secret": registered.client_secret,
    }
    answer = requests.post(f"{sandbox.url}/oauth/2026-09/token", data=form, timeout=60)
    assert answer.ok, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens
