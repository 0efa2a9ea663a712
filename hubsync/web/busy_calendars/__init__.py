"""Busy calendars of a person: the list on the account page, adding one, and what is done with each."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.busy_calendars import page

BLUEPRINTS: tuple[Blueprint, ...] = (page.pages,)
"""The pages of this subject."""
