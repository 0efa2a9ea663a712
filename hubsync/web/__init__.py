"""The pages: parse, call, show.

One module per page group, each with a blueprint named ``pages``; its forms stand beside it in ``*_forms.py``,
its templates in ``templates/<page group>/``. What every page shares is in ``frame`` (who is here, in which team)
and ``headers`` (what every answer carries).
"""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect

from hubsync.web import (
    account,
    advanced,
    asking,
    audit,
    banner,
    bodies,
    bookings,
    calendars,
    deliveries,
    erasing_guests,
    errors,
    forwarded,
    frame,
    headers,
    health,
    hubspot,
    hubspot_account,
    hubspot_app,
    hubspot_connect,
    hubspot_disconnect,
    hubspot_domains,
    hubspot_key,
    hubspot_redirect,
    icons,
    intake,
    integrations,
    invitation_claims,
    invitations,
    languages,
    mapping,
    members,
    no_company,
    numbers,
    provider_signin,
    replays,
    signed_json,
    signin,
    switcher,
    teams,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.pages,
    signin.pages,
    provider_signin.pages,
    teams.pages,
    members.pages,
    audit.pages,
    invitations.pages,
    invitation_claims.pages,
    account.pages,
    integrations.pages,
    calendars.pages,
    advanced.pages,
    mapping.pages,
    deliveries.pages,
    replays.pages,
    erasing_guests.pages,
    hubspot.pages,
    hubspot_connect.pages,
    hubspot_key.pages,
    hubspot_account.pages,
    hubspot_disconnect.pages,
    hubspot_domains.pages,
    no_company.pages,
    hubspot_app.pages,
    signed_json.pages,
    bookings.pages,
    intake.pages,
)

CSRF_EXEMPT = ("bookings", "intake")
"""Blueprints without the session's form token: booking pages work without a cookie and carry a signed token of
their own, and webhooks prove themselves by a signature over the raw body."""


def register(app: Flask) -> None:
    """Give *app* its pages, and what all pages share."""
    app.config.update(PERMANENT_SESSION_LIFETIME=timedelta(days=7), SESSION_REFRESH_EACH_REQUEST=False)
    Bootstrap5(app)
    bodies.register(app)
    forwarded.register(app)
    headers.register(app, CSRF_EXEMPT)
    csrf = CSRFProtect(app)
    languages.register(app)
    icons.register(app)
    asking.register(app)
    frame.register(app)
    switcher.register(app)
    banner.register(app)
    hubspot_redirect.register(app)
    errors.register(app)
    numbers.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
        if blueprint.name in CSRF_EXEMPT:
            csrf.exempt(blueprint)
    # At DEBUG, Authlib writes the PKCE secret into the log.
    logging.getLogger("authlib").setLevel(logging.INFO)
