"""Whether everything this installation stands on works: database, migrations, mail, HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hubsync.errors import AppMisconfigured, HubSpotError, MailNotSent
from hubsync.hubspot.deadline import Deadline
from hubsync.services import tools
from hubsync.store import db, rest

SECONDS = 8.0


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; *advice* says what to do and is empty when all is well."""

    subject: str
    found: str
    advice: str = ""


def check_installation(newest_migration: str | None) -> Iterator[Finding]:
    """Check one thing after the other; nothing is changed and nobody is mailed."""
    yield _check_database(newest_migration)
    yield _check_mail()
    yield _check_hubspot()


def _check_database(newest_migration: str | None) -> Finding:
    subject = _("database")
    try:
        present = set(db.session.scalars(text("SELECT version_num FROM alembic_version")))
        rest()
    except SQLAlchemyError:
        db.session.rollback()
        return Finding(subject, _("it has no tables, or it does not answer"), _("Run `flask db upgrade`."))
    if present != {newest_migration}:
        return Finding(subject, _("it is older or newer than this HubSync"), _("Run `flask db upgrade`."))
    return Finding(subject, _("it answers and is up to date"))


def _check_mail() -> Finding:
    subject = _("mail")
    try:
        tools().post.check()
    except MailNotSent as fault:
        return Finding(subject, fault.message, _("Check the HUBSYNC_MAIL_ settings."))
    return Finding(subject, _("the mail server answers"))


def _check_hubspot() -> Finding:
    subject = _("HubSpot")
    oauth = tools().oauth
    if oauth is None:
        advice = _("Set HUBSYNC_HUBSPOT_CLIENT_ID and HUBSYNC_HUBSPOT_CLIENT_SECRET to those of your HubSpot app.")
        return Finding(subject, _("no app is set"), advice)
    try:
        # Nobody's token: HubSpot calls it inactive, but only after it has accepted the app.
        oauth.introspect("check", "access_token", Deadline.after(SECONDS))
    except AppMisconfigured as fault:
        return Finding(subject, fault.message, _("Check the client id and the client secret."))
    except HubSpotError as fault:
        return Finding(subject, fault.message, _("Check the network, HUBSYNC_HTTPS_PROXY and HUBSYNC_CA_BUNDLE."))
    return Finding(subject, _("it answers and knows the app"))
