"""Team switcher: every team of the person, and the open invitations."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, g, request, url_for

from hubsync.domain.roles import Action, may
from hubsync.services.teams import joining
from hubsync.sources.registry import SOURCES
from hubsync.store.teams import Invitation, Membership
from hubsync.web.shell.labels import ROLES

SETTINGS = (
    "teams",
    "members",
    "audit",
    "imports",
    "mails",
    "chat_alerts",
    "privacy",
    "integrations",
    "hubspot",
    "hubspot_account",
    "hubspot_app",
    "hubspot_connect",
    "hubspot_disconnect",
    "hubspot_domains",
    "hubspot_key",
    "hubspot_watch",
    *SOURCES,
)
"""Blueprints of Team Settings."""
SAME_PAGE = (
    "members.list_members",
    "audit.show_trail",
    "imports.list_imports",
    "mails.list_mails",
    "privacy.show_record",
    "integrations.list_integrations",
    "hubspot.show_connection",
    "deliveries.list_deliveries",
)
"""Pages that every team has at the same place; from others the switcher leads to the first page of their kind."""


def register(app: Flask) -> None:
    """Offer the switcher's parts to the frame."""
    app.jinja_env.globals.update(
        same_place=same_place, open_offers=open_offers, role_word=lambda role: ROLES[role], settings_pages=SETTINGS
    )


def same_place(membership: Membership) -> str:
    """The address of this kind of page in another team, as far as the role there opens it; else the calendars."""
    endpoint = "calendars.list_calendars"
    if request.blueprint == "deliveries":
        endpoint = "deliveries.list_deliveries"
    elif request.blueprint in SETTINGS and may(membership.role, Action.TEAM_SETTINGS):
        endpoint = str(request.endpoint) if request.endpoint in SAME_PAGE else "teams.settings"
    return url_for(endpoint, team_slug=membership.team.slug)


def open_offers() -> Sequence[Invitation]:
    """The invitations for whoever is signed in; read once in each request."""
    if "offers" not in g:
        g.offers = joining.list_offers(g.person)
    offers: Sequence[Invitation] = g.offers
    return offers
