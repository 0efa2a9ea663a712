"""Busy calendars of a person: the list on the account page, adding one, and what is done with each."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.busy_calendars import account_page, page

BLUEPRINTS: tuple[Blueprint, ...] = tuple(dict.fromkeys(module.pages for module in (page, account_page)))
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
