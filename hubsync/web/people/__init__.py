"""People: who they are, their sessions and what they say about themselves."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.people import account, booking_feed, language_choice

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(module.pages for module in (account, booking_feed, language_choice))
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
