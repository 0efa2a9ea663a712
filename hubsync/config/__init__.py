"""Settings: environment variables with the prefix ``HUBSYNC_``, read into one typed table, checked all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from hubsync.config.clear_text import find_exposures, is_guarded
from hubsync.domain.plans import Plan

REQUIRED = ("SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL")
APPS = ("HUBSPOT", "GOOGLE", "MICROSOFT")
"""Each has a client id and a client secret, of which neither is any use alone."""


class SettingsRefused(Exception):
    """The settings cannot be served with; ``problems`` has one line per problem, never a secret's value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _text(value: str) -> str:
    return value.strip()


def _url(value: str) -> str:
    url = urlsplit(value.strip())
    odd = url.query or url.fragment or "@" in url.netloc or "\\" in url.netloc
    if url.scheme not in {"http", "https"} or not url.hostname or odd:
        raise ValueError("must be an address such as https://hubsync.example.com")
    return value.strip().rstrip("/")


def _metadata_url(value: str) -> str:
    # What this address answers decides who may sign in, so nobody on the way may change it.
    url = _url(value)
    if not is_guarded(url):
        raise ValueError("must begin with https://")
    return url


def _origin(value: str) -> str:
    url = _url(value)
    if urlsplit(url).path:
        raise ValueError("must have no path: HubSync serves a host name of its own")
    return url


def _whole(least: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.strip().isascii() or not value.strip().isdigit() or int(value) < least:
            raise ValueError(f"must be a whole number of at least {least}")
        return int(value)

    return read


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 25:  # gunicorn gives a silent worker up after 30 s
        raise ValueError("must be a number of seconds from 0 to 25")
    return seconds


def _switch(value: str) -> bool:
    words = {"on": True, "true": True, "1": True, "yes": True}
    words |= {"off": False, "false": False, "0": False, "no": False}
    if value.strip().lower() not in words:
        raise ValueError("must be on or off")
    return words[value.strip().lower()]


def _plan(value: str) -> str:
    if value not in list(Plan):
        raise ValueError("must be free, basic or premium")
    return value


def _secret_key(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters; `flask keys generate` prints one")
    return value


def _keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = ()
    if not keys:
        raise ValueError("must be keys that `flask keys generate` printed, newest first, comma separated")
    return keys


def _database(value: str) -> str:
    """The address, naming the driver that HubSync brings along where people write ``postgresql://`` alone.

    https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#module-sqlalchemy.dialects.postgresql.psycopg
    """
    address = value.strip()
    for scheme in ("postgresql://", "postgres://"):
        if address.startswith(scheme):
            return f"postgresql+psycopg://{address.removeprefix(scheme)}"
    return address


@dataclass(frozen=True)
class _Setting:
    read: Callable[[str], object]
    default: object = ""


TABLE: dict[str, _Setting] = {
    "SECRET_KEY": _Setting(_secret_key),
    "ENCRYPTION_KEYS": _Setting(_keys, ()),
    "BASE_URL": _Setting(_origin),
    "SQLALCHEMY_DATABASE_URI": _Setting(_database, "sqlite:///hubsync.sqlite3"),
    "HUBSPOT_CLIENT_ID": _Setting(_text),
    "HUBSPOT_CLIENT_SECRET": _Setting(_text),
    "HUBSPOT_APP_URL": _Setting(_origin, "https://app.hubspot.com"),
    "HUBSPOT_API_URL": _Setting(_origin, "https://api.hubapi.com"),
    "HUBSPOT_API_VERSION": _Setting(_text, "2026-09"),
    "HUBSPOT_OAUTH_VERSION": _Setting(_text, "2026-09"),
    "IDLE_EXPIRY_DAYS": _Setting(_whole(0), 180),
    "NOTICE_INTERVAL_DAYS": _Setting(_whole(1), 7),
    "RETENTION_DAYS": _Setting(_whole(0), 0),
    "GOOGLE_CLIENT_ID": _Setting(_text),
    "GOOGLE_CLIENT_SECRET": _Setting(_text),
    "GOOGLE_METADATA_URL": _Setting(_metadata_url, "https://accounts.google.com/.well-known/openid-configuration"),
    "MICROSOFT_CLIENT_ID": _Setting(_text),
    "MICROSOFT_CLIENT_SECRET": _Setting(_text),
    "MICROSOFT_METADATA_URL": _Setting(
        _metadata_url, "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
    ),
    "DEFAULT_PLAN": _Setting(_plan, Plan.PREMIUM),
    "SIGNIN_LINKS": _Setting(_switch, True),
    "SYNC_BUDGET_SECONDS": _Setting(_seconds, 8.0),
    "COMPANY_MEMORY_HOURS": _Setting(_whole(0), 24),
    "SCHEDULER": _Setting(_switch, True),
    "TRUSTED_PROXIES": _Setting(_whole(0), 0),
    "HTTPS_PROXY": _Setting(_text),
    "CA_BUNDLE": _Setting(_text),
    "ALLOW_HTTP": _Setting(_switch, False),
    "MAIL_SERVER": _Setting(_text, "localhost"),
    "MAIL_PORT": _Setting(_whole(1), 25),
    "MAIL_USE_TLS": _Setting(_switch, False),
    "MAIL_USE_SSL": _Setting(_switch, False),
    "MAIL_USERNAME": _Setting(_text),
    "MAIL_PASSWORD": _Setting(_text),
    "MAIL_DEFAULT_SENDER": _Setting(_text),
}


def read_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """Return every setting of the table, typed.

    *given* maps names without the prefix to texts, as ``Config.from_prefixed_env("HUBSYNC", loads=str)`` reads
    them. An empty text counts as not set. Raises SettingsRefused with every problem there is.
    """
    found: dict[str, Any] = {}
    problems = []
    for name, setting in TABLE.items():
        text = given.get(name, "")
        if not text.strip():
            found[name] = setting.default
            if name in REQUIRED:
                problems.append(f"HUBSYNC_{name} is not set.")
            continue
        try:
            found[name] = setting.read(text)
        except ValueError as fault:
            problems.append(f"HUBSYNC_{name} {fault}.")
    problems += _halves(found)
    if not found.get("ALLOW_HTTP"):
        problems += [exposure.problem for exposure in find_exposures(found) if exposure.refused]
    if problems:
        raise SettingsRefused(problems)
    return found


def _halves(found: Mapping[str, Any]) -> list[str]:
    """One problem for each app of which only the client id or only the client secret is set."""
    problems = []
    for app in APPS:
        names = (f"{app}_CLIENT_ID", f"{app}_CLIENT_SECRET")
        missing = [name for name in names if not found[name]]
        if len(missing) == 1:
            (other,) = set(names) - set(missing)
            problems.append(f"HUBSYNC_{missing[0]} is not set, but HUBSYNC_{other} is: set both or neither.")
    return problems
