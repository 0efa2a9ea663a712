"""Sign-in: mailed links, sign-in providers, and whose identity it is."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.signin import again, link, provider

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            again,
            link,
            provider,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
