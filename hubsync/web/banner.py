"""The banner above every page of a team while somebody has to do something about HubSpot."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request

from hubsync.services.standing import read_standing
from hubsync.web import standing_words

OWN_WORDS = ("hubspot", "hubspot_account", "hubspot_connect", "hubspot_disconnect", "hubspot_key")
"""Blueprints whose pages say it themselves."""


@dataclass(frozen=True)
class Banner:
    """What happened in one sentence, and how many bookings wait for it to be mended."""

    sentence: str
    waiting: int


def register(app: Flask) -> None:
    """Let the base template ask for the banner."""
    app.jinja_env.globals.update(banner=banner)


def banner() -> Banner | None:
    """What the page has to warn of, None when all is well; one query."""
    if g.team.plan != "premium" or request.blueprint in OWN_WORDS:
        return None
    standing = read_standing(g.team.id)
    sentence = standing_words.alarm(standing)
    return Banner(sentence, standing.waiting) if sentence else None
