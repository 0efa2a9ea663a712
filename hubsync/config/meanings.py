"""What each setting means, in the order in which people read them: `flask config` and docs/SETTINGS.md say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Settings that belong together; *meanings* has a sentence for each, by its name."""

    title: str
    meanings: Mapping[str, str]


GROUPS = (
    Group(
        "Required",
        {
            "SECRET_KEY": "signs sessions, forms and guests' links; `flask keys generate` prints one",
            "ENCRYPTION_KEYS": "seal what is stored and opens something; comma separated, newest first",
            "BASE_URL": "how browsers reach HubSync, such as `https://hubsync.example.com`, without a path",
        },
    ),
    Group(
        "Database and keys",
        {
            "SQLALCHEMY_DATABASE_URI": (
                "where the database is: a SQLite file in `instance/`, or `postgresql://user:password@host/name`"
            ),
            "SECRET_KEY_FALLBACKS": "former secret keys that are still taken; comma separated, newest first",
            "MIGRATION_BACKUPS": (
                "so many of the backups that are made before migrations on SQLite are kept; 0 makes none"
            ),
            "RETENTION_DAYS": (
                "bookings and their deliveries are erased when they are that old; 0 keeps them for ever"
            ),
        },
    ),
    Group(
        "HubSpot",
        {
            "HUBSPOT_CLIENT_ID": "that of your HubSpot app; without it teams connect by a service key",
            "HUBSPOT_CLIENT_SECRET": "that of your HubSpot app; set with the client id or not at all",
            "HUBSPOT_APP_URL": "where people are sent to give access",
            "HUBSPOT_API_URL": "where HubSpot's API is",
            "HUBSPOT_API_VERSION": "the version of HubSpot's API for records",
            "HUBSPOT_OAUTH_VERSION": "the version of HubSpot's API for tokens",
            "IDLE_EXPIRY_DAYS": "access expires after so many days without a post; 0 switches that off",
            "SYNC_BUDGET_SECONDS": "so long a guest may wait for HubSpot; what is left is done in the background",
            "COMPANY_MEMORY_HOURS": "so long a company is remembered that HubSpot's search may not show yet",
        },
    ),
    Group(
        "Mail",
        {
            "MAIL_SERVER": "the mail server's host name",
            "MAIL_PORT": "its port",
            "MAIL_USE_TLS": "`on` for STARTTLS",
            "MAIL_USE_SSL": "`on` for TLS from the first byte",
            "MAIL_USERNAME": "the user name there, if it wants one",
            "MAIL_PASSWORD": "the password there",
            "MAIL_DEFAULT_SENDER": (
                "the sender's address, such as `HubSync <hubsync@example.com>`; without it nothing is mailed"
            ),
            "NOTICE_INTERVAL_DAYS": "after a mail about failures there is no other for so many days",
            "ALERT_PRIVATE_HOSTS": (
                "hosts and networks of your own to which chat alerts may go, such as `ntfy.lan,10.1.0.0/16`; "
                "others are asked on the internet only, by https"
            ),
        },
    ),
    Group(
        "Signing in",
        {
            "SIGNIN_LINKS": "`off` switches mailed sign-in links off",
            "SIGNIN_AGAIN_MINUTES": "what hurts asks whoever signed in longer ago to sign in again",
            "GOOGLE_CLIENT_ID": "that of HubSync at Google, for its button",
            "GOOGLE_CLIENT_SECRET": "that of HubSync at Google; set with the client id or not at all",
            "GOOGLE_METADATA_URL": "Google's discovery document; for tests only",
            "MICROSOFT_CLIENT_ID": "that of HubSync at Microsoft, for its button",
            "MICROSOFT_CLIENT_SECRET": "that of HubSync at Microsoft; set with the client id or not at all",
            "MICROSOFT_METADATA_URL": "Microsoft's discovery document, which says whose accounts may come",
            "OIDC_CLIENT_ID": "that of HubSync at any other OpenID Connect provider, for its button",
            "OIDC_CLIENT_SECRET": "that of HubSync there; set with the client id or not at all",
            "OIDC_METADATA_URL": (
                "that provider's discovery document, `https://…/.well-known/openid-configuration`"
            ),
            "OIDC_LABEL": "its name on the button, up to 40 letters",
        },
    ),
    Group(
        "Booking pages and sources",
        {
            "FORM_LEAST_SECONDS": "a booking form that was filled in faster is not taken; 0 is for no such limit",
            "FORMS_PER_ADDRESS": (
                "so many booking forms of one network address are taken in ten minutes; 0 is for no such limit"
            ),
            "FORMS_PER_PAGE": "so many booking forms of one page are taken in a minute; 0 is for no such limit",
            "SOURCE_API_URLS": (
                "where the APIs of booking sources are, if not where they usually are: "
                "`calendly=https://…,calcom=https://…`"
            ),
            "FEED_CONTACT": (
                "an e-mail or web address that servers of busy calendars are told beside HubSync's name"
            ),
            "FEED_PRIVATE_HOSTS": (
                "hosts and networks of your own on which busy calendars may be, such as "
                "`calendar.lan,10.1.0.0/16`; "
                "others are asked on the internet only"
            ),
        },
    ),
    Group(
        "Running it",
        {
            "DEFAULT_PLAN": "the plan of new teams: `free`, `basic` or `premium`",
            "SCHEDULER": "`off` leaves background work to `flask due`, which then has to be run every minute",
            "TRUSTED_PROXIES": "how many proxies stand before HubSync, whose forwarded headers count",
            "HTTPS_PROXY": "the proxy by which HubSync reaches the internet",
            "CA_BUNDLE": "a file of certificates that are trusted instead of the usual ones",
            "ALLOW_HTTP": "`on` takes addresses and mail logins by which secrets travel in clear",
            "LOG_FORMAT": "`text` for people, `json` for one object in each line",
            "METRICS_TOKEN": (
                "the bearer token for `/metrics`, at least 16 characters; without it there are no metrics"
            ),
            "RELEASES_URL": (
                "an https address that is asked once a day for the newest release of HubSync, of which "
                "administrators are told; without it nobody is asked"
            ),
            "SECURITY_CONTACT": (
                "e-mail or web addresses for whoever finds a fault in the safety of your installation, comma "
                "separated, "
                "told at `/.well-known/security.txt`"
            ),
        },
    ),
)

MEANINGS: Mapping[str, str] = {name: says for group in GROUPS for name, says in group.meanings.items()}
