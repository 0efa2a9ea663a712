"""Unwanted bookings, as owners see them: what a calendar does about them."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.unwanted import page

BLUEPRINTS: tuple[Blueprint, ...] = (page.pages,)
"""The pages of this subject."""
