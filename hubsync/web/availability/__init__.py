"""Free times of a calendar, as its owner sets them up, and why a time is not offered."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.availability import page

BLUEPRINTS: tuple[Blueprint, ...] = (page.pages,)
"""The pages of this subject."""
