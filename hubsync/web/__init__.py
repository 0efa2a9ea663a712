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

from hubsync.web.bookings import erasure, page, source_settings, webhooks
from hubsync.web.calendars import advanced_settings, calendars
from hubsync.web.connection import (
    account_switch,
    app_project,
    banner,
    disconnection,
    integrations,
    oauth_flow,
    oauth_redirect,
    overview,
    service_key,
)
from hubsync.web.deliveries import log, replays
from hubsync.web.mapping import editor, free_domains, no_company
from hubsync.web.operations import health
from hubsync.web.people import account
from hubsync.web.shell import (
    error_pages,
    forwarded_headers,
    guards,
    headers,
    i18n,
    icons,
    request_bodies,
    team_switcher,
    url_ids,
)
from hubsync.web.signin import asker, link, provider
from hubsync.web.teams import audit, invitation_claims, invitations, members, settings

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.pages,
    link.pages,
    provider.pages,
    settings.pages,
    members.pages,
    audit.pages,
    invitations.pages,
    invitation_claims.pages,
    account.pages,
    integrations.pages,
    calendars.pages,
    advanced_settings.pages,
    editor.pages,
    log.pages,
    replays.pages,
    erasure.pages,
    overview.pages,
    oauth_flow.pages,
    service_key.pages,
    account_switch.pages,
    disconnection.pages,
    free_domains.pages,
    no_company.pages,
    app_project.pages,
    source_settings.pages,
    page.pages,
    webhooks.pages,
)

CSRF_EXEMPT = ("bookings", "intake")
"""Blueprints without the session's form token: booking pages work without a cookie and carry a signed token of
their own, and webhooks prove themselves by a signature over the raw body."""


def register(app: Flask) -> None:
    """Give *app* its pages, and what all pages share."""
    app.config.update(PERMANENT_SESSION_LIFETIME=timedelta(days=7), SESSION_REFRESH_EACH_REQUEST=False)
    Bootstrap5(app)
    request_bodies.register(app)
    forwarded_headers.register(app)
    headers.register(app, CSRF_EXEMPT)
    csrf = CSRFProtect(app)
    i18n.register(app)
    icons.register(app)
    asker.register(app)
    guards.register(app)
    team_switcher.register(app)
    banner.register(app)
    oauth_redirect.register(app)
    error_pages.register(app)
    url_ids.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
        if blueprint.name in CSRF_EXEMPT:
            csrf.exempt(blueprint)
    # At DEBUG, Authlib writes the PKCE secret into the log.
    logging.getLogger("authlib").setLevel(logging.INFO)
