"""Readers of an appointment's surroundings: where it is, with whom, and in which time zone its guest lives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubsync.sources import fields
from hubsync.sources.texts import AcceptedValue, take_text, text_of

LONGEST_TEXT = 1_000

_PLACES = ("join_url", "location", "additional_info")
"""What may say where: a video call has an address, a call the number, everything else a text."""


def read_location(sent: Any) -> AcceptedValue:
    """Where guest and host meet; nothing while a video call has no address yet."""
    if not isinstance(sent, Mapping):
        return take_text(sent, LONGEST_TEXT)
    places = [sent[each] for each in _PLACES if sent.get(each)]
    return take_text(places[0] if len(places) == 1 else places, LONGEST_TEXT)


def read_hosts(sent: Any) -> str:
    """Whom the guest meets, all of them: their names, or addresses where they have none."""
    members = [each for each in sent if isinstance(each, Mapping)] if isinstance(sent, list) else []
    return ", ".join(
        filter(None, (_first_text(each.get("user_name"), each.get("user_email")) for each in members))
    )


def read_host_email(sent: Any) -> str:
    """The address of the first of them who has one."""
    members = [each for each in sent if isinstance(each, Mapping)] if isinstance(sent, list) else []
    return next(filter(None, (_first_text(each.get("user_email")) for each in members)), "")


def read_zone(sent: Any) -> str:
    """The guest's time zone; Calendly's own examples write some with a blank (``America/New York``)."""
    return fields.time_zone(sent.strip().replace(" ", "_")) if isinstance(sent, str) else ""


def _first_text(*sent: Any) -> str:
    return next((text for each in sent if (text := text_of(take_text(each, LONGEST_TEXT)))), "")
