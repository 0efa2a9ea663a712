"""A team's connection to its HubSpot account: Connect, tokens, access, Disconnect."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.connection import (
    account_switch,
    app_project,
    disconnection,
    integrations,
    oauth_flow,
    optional_scopes,
    overview,
    service_key,
)

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            account_switch,
            app_project,
            disconnection,
            integrations,
            oauth_flow,
            optional_scopes,
            overview,
            service_key,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
