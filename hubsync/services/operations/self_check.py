"""Self-check of an installation: database, keys, files, mail, HubSpot, sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hubsync.config import settings
from hubsync.errors import AppMisconfigured, HubSpotError, IdentityRefused, MailNotSent, ProviderUnreachable
from hubsync.net.deadline import Deadline
from hubsync.services import tools
from hubsync.services.connection.optional_scopes import teams_that_wait
from hubsync.services.connection.watch_only import teams_that_watch
from hubsync.services.operations.key_rotation import count_sealed_texts
from hubsync.store import database_files, db, end_read
from hubsync.store.file_modes import open_to_others, replaceable_by_others

SECONDS = 8.0


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; *advice* says what to do and is empty when all is well.

    *certain* is false for a hint: what may be wrong, and cannot be seen from here.
    """

    subject: str
    found: str
    advice: str = ""
    certain: bool = True


def check_installation(newest_migration: str | None) -> Iterator[Finding]:
    """Check one thing after the other; nothing is changed and nobody is mailed."""
    database = _check_database(newest_migration)
    yield database
    if not database.advice:
        yield check_keys()
    yield _check_files()
    yield from _look_for_a_proxy()
    yield _check_mail()
    yield _check_hubspot()
    if not database.advice:
        yield from _look_for_waiting_features()
        yield from _look_for_watching_teams()
    for provider, label in tools().identity.offered():
        yield _check_provider(provider, label)


def _check_database(newest_migration: str | None) -> Finding:
    subject = "database"
    try:
        present = set(db.session.scalars(text("SELECT version_num FROM alembic_version")))
        end_read()
    except SQLAlchemyError:
        db.session.rollback()
        return Finding(subject, "it has no tables, or it does not answer", "Run `flask db upgrade`.")
    if present != {newest_migration}:
        return Finding(subject, "it is older or newer than this HubSync", "Run `flask db upgrade`.")
    return Finding(subject, "it answers and is up to date")


def _look_for_waiting_features() -> Iterator[Finding]:
    """A hint at teams whose calendars want a permission that HubSpot has not given; nothing where none does."""
    waiting = teams_that_wait()
    end_read()
    for scope, slugs in waiting.items():
        yield Finding(
            "permissions",
            f"calendars of {', '.join(slugs)} want {scope}, which HubSpot has not given",
            "Their owner or an administrator opens the HubSpot page of the team, which says what to press.",
            certain=False,
        )


def _look_for_watching_teams() -> Iterator[Finding]:
    """A hint at teams whose bookings are not posted on purpose; nothing where every team posts."""
    slugs = teams_that_watch()
    end_read()
    if slugs:
        yield Finding(
            "watch only",
            f"bookings of {', '.join(slugs)} are looked up in HubSpot and not posted, as these teams have chosen",
            "Nothing is wrong. Their owner or an administrator ends it with *Go live* on the HubSpot page.",
            certain=False,
        )


def check_keys() -> Finding:
    """Whether HUBSYNC_ENCRYPTION_KEYS open what is stored; after a mistake with the keys, mostly none does."""
    subject = "keys"
    try:
        counts = count_sealed_texts()
    except SQLAlchemyError:
        db.session.rollback()
        return Finding(subject, "what is stored cannot be read", "Run `flask db upgrade`.")
    if counts.unreadable:
        return Finding(
            subject,
            f"HUBSYNC_ENCRYPTION_KEYS cannot open {counts.unreadable} of the {counts.total} stored secrets",
            "Add the key that they were sealed with at the end of HUBSYNC_ENCRYPTION_KEYS, after a comma.",
        )
    if counts.older:
        return Finding(
            subject,
            (
                f"they open everything stored ({counts.total}); an older key is still needed for {counts.older} "
                "until `flask keys rotate` has run"
            ),
        )
    return Finding(subject, f"the newest key opens everything stored ({counts.total})")


def _check_files() -> Finding:
    subject = "files"
    paths = database_files()
    if open_files := open_to_others(paths):
        return Finding(
            subject,
            f"other users of this machine can get at the database: {', '.join(open_files)}",
            "Run `chmod 600` on them; they hold guests' data.",
        )
    folder = Path(current_app.instance_path)
    if open_folders := open_to_others([folder]) or _replaceable(paths):
        return Finding(
            subject,
            f"other users of this machine can get into the folder {open_folders[0]}",
            "Run `chmod 700` on it; it holds guests' data.",
        )
    if not paths:
        return Finding(subject, "the database is not kept in a file")
    return Finding(subject, "the database belongs to this user alone")


def _replaceable(paths: list[Path]) -> list[str]:
    return [str(folder) for folder in {path.parent for path in paths} if replaceable_by_others(folder)]


def _look_for_a_proxy() -> Iterator[Finding]:
    """A hint when a proxy seems to be forgotten; whether there is one cannot be seen from here."""
    if settings().trusted_proxies or not settings().base_url.startswith("https://"):
        return
    found = (
        "none is trusted, and HUBSYNC_BASE_URL is https: if a proxy does the TLS, all visitors seem to come from "
        "its address and share the limits on sign-in mails"
    )
    advice = "Set HUBSYNC_TRUSTED_PROXIES to the number of proxies before HubSync, mostly 1."
    yield Finding("proxies", found, advice, certain=False)


def _check_mail() -> Finding:
    subject = "mail"
    if not settings().mail_set_up:
        advice = "Set HUBSYNC_MAIL_DEFAULT_SENDER, and HUBSYNC_MAIL_SERVER and its companions if need be."
        return Finding(subject, "it is not set up: no sender's address is set", advice)
    try:
        tools().mail_sender.check()
    except MailNotSent as fault:
        return Finding(subject, fault.message, "Check the HUBSYNC_MAIL_ settings.")
    return Finding(subject, "the mail server answers")


def _check_hubspot() -> Finding:
    subject = "HubSpot"
    oauth = tools().oauth
    if oauth is None:
        # Not wrong: so is an installation run whose teams connect with service keys.
        advice = (
            "For the button Connect set HUBSYNC_HUBSPOT_CLIENT_ID and HUBSYNC_HUBSPOT_CLIENT_SECRET to those of "
            "your HubSpot app."
        )
        return Finding(subject, "no app is set: teams connect with a service key", advice, certain=False)
    try:
        # Nobody's token: HubSpot calls it inactive, but only after it has accepted the app.
        oauth.introspect("check", "access_token", Deadline.after(SECONDS))
    except AppMisconfigured as fault:
        return Finding(subject, fault.message, "Check the client id and the client secret.")
    except HubSpotError as fault:
        return Finding(subject, fault.message, "Check the network, HUBSYNC_HTTPS_PROXY and HUBSYNC_CA_BUNDLE.")
    return Finding(subject, "it answers and knows the app")


def _check_provider(provider: str, label: str) -> Finding:
    try:
        tools().identity.check(provider)
    except (ProviderUnreachable, IdentityRefused):
        advice = (
            f"Check HUBSYNC_{provider.upper()}_METADATA_URL, the network, HUBSYNC_HTTPS_PROXY and "
            "HUBSYNC_CA_BUNDLE; the log says what was wrong."
        )
        return Finding(label, "what it publishes for signing in cannot be used", advice)
    found = "its addresses and keys can be read; whether it knows the client id shows at the first sign-in"
    return Finding(label, found)
