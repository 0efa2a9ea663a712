"""Banner above every page of a team while somebody has to do something about HubSpot."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request
from flask_babel import ngettext

from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.plans import posts
from hubsync.domain.roles import Action
from hubsync.phrases import enumerated
from hubsync.services.connection.refused_properties import read_gone
from hubsync.services.connection.status import ConnectionStatus, read_status
from hubsync.services.deliveries.statistics import count_held_up_seen
from hubsync.web.connection import status_text
from hubsync.web.shell.guards import allowed, counted_states

OWN_WORDS = ("hubspot", "hubspot_account", "hubspot_connect", "hubspot_disconnect", "hubspot_key", "hubspot_watch")
"""Blueprints whose pages say of access themselves."""
LOG = ("deliveries", "replays")
"""Blueprints whose pages show what needs a person."""


@dataclass(frozen=True)
class Banner:
    """What happened to access, in a sentence, with how many bookings wait for it; and what else needs a person.

    *watching*: the team watches only, so that nobody takes what is skipped for posted.
    """

    sentence: str
    waiting: int
    needing: str
    watching: bool = False


def register(app: Flask) -> None:
    """Let the base template ask for the banner."""
    app.jinja_env.globals.update(banner=banner)


def banner() -> Banner | None:
    """What the page has to warn of, None when all is well; one query beside what the frame reads anyway."""
    if not posts(g.team.plan) or request.blueprint in OWN_WORDS:
        return None
    status = read_status(g.team.id)
    sentence = status_text.alarm(status)
    if not sentence and status.refuses_properties:
        sentence = status_text.alarm_of_gone(read_gone(g.team.id))
    needing = "" if request.blueprint in LOG else _needing(status)
    watching = status.watching_since is not None
    if not (sentence or needing or watching):
        return None
    waiting = status.waiting if status_text.alarm(status) else 0
    return Banner(sentence, waiting, needing, watching)


def _needing(status: ConnectionStatus) -> str:
    """What the reader may see and has to do something about; empty when there is nothing.

    Without access nobody can do anything about what waits but to connect, which another sentence says.
    """
    counted = counted_states()
    links = [
        ngettext("%(num)s failed", "%(num)s failed", counted.get(DeliveryState.FAILED, 0)),
        ngettext(
            "%(num)s is only partly posted",
            "%(num)s are only partly posted",
            counted.get(DeliveryState.PARTIAL, 0),
        ),
        _tell_waiting(counted.get(DeliveryState.WAITING, 0), status),
    ]
    states = (DeliveryState.FAILED, DeliveryState.PARTIAL, DeliveryState.WAITING)
    numbers = [counted.get(state, 0) for state in states]
    if status.state == ConnectionState.LOST:
        numbers[2] = 0
    number = sum(numbers)
    if not number:
        return ""
    named = enumerated(words for words, each in zip(links, numbers, strict=True) if each)
    return ngettext(
        "%(num)s booking needs a person: %(named)s.",
        "%(num)s bookings need a person: %(named)s.",
        number,
        named=named,
    )


def _tell_waiting(number: int, status: ConnectionStatus) -> str:
    """How many wait, and for what, if all of them wait for the same."""
    if not number:
        return ""
    held_up = status.waiting if allowed(Action.SEE_ALL_DELIVERIES) else count_held_up_seen(g.membership)
    if not held_up:
        return ngettext(
            "%(num)s waits because HubSpot is not added to its calendar",
            "%(num)s wait because HubSpot is not added to their calendars",
            number,
        )
    if held_up == number and status.state == ConnectionState.DISCONNECTED:
        return ngettext(
            "%(num)s waits because HubSpot is not connected",
            "%(num)s wait because HubSpot is not connected",
            number,
        )
    return ngettext("%(num)s waits to be posted", "%(num)s wait to be posted", number)
