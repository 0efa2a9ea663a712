"""Web layer: parse, call a service, show.

A subject is a package with its pages, forms and words; its blueprints stand in ``BLUEPRINTS`` of the package,
its templates in ``templates/<subject>/``. What every page shares is in ``shell``.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5

from hubsync.web import (
    availability,
    bookings,
    busy_calendars,
    calendars,
    connection,
    deliveries,
    imports,
    mapping,
    operations,
    people,
    signin,
    sources,
    teams,
    unwanted,
)
from hubsync.web.connection import banner, oauth_redirect
from hubsync.web.shell import (
    error_pages,
    forwarded_headers,
    guards,
    headers,
    i18n,
    icons,
    recent_sign_in,
    request_bodies,
    request_facts,
    session_cookie,
    session_forms,
    team_switcher,
    url_parts,
)
from hubsync.web.signin import asker

SUBJECTS = (
    availability,
    bookings,
    busy_calendars,
    calendars,
    connection,
    deliveries,
    imports,
    mapping,
    operations,
    people,
    signin,
    sources,
    teams,
    unwanted,
)
BLUEPRINTS: tuple[Blueprint, ...] = tuple(blueprint for subject in SUBJECTS for blueprint in subject.BLUEPRINTS)

CSRF_EXEMPT = ("bookings", "intake")
"""Blueprints without the session's form token: booking pages work without a cookie and carry a signed token of
their own, and webhooks prove themselves by a signature over the raw body."""


def register(app: Flask) -> None:
    """Give *app* its pages, and what all pages share."""
    app.config.update(PERMANENT_SESSION_LIFETIME=timedelta(days=7), SESSION_REFRESH_EACH_REQUEST=False)
    Bootstrap5(app)
    request_facts.register(app)
    request_bodies.register(app)
    forwarded_headers.register(app)
    headers.register(app, CSRF_EXEMPT)
    session_cookie.register(app)
    session_forms.register(app, CSRF_EXEMPT)
    i18n.register(app)
    icons.register(app)
    asker.register(app)
    recent_sign_in.register(app)
    guards.register(app)
    team_switcher.register(app)
    banner.register(app)
    oauth_redirect.register(app)
    error_pages.register(app)
    url_parts.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # At DEBUG, Authlib writes the PKCE secret into the log.
    logging.getLogger("authlib").setLevel(logging.INFO)
