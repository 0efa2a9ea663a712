"""How the text of a setting is read: each function returns the value, or says with ValueError what it must be."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from hubsync.config.addresses import is_guarded
from hubsync.domain.email_address import is_email
from hubsync.domain.log_formats import LogFormat
from hubsync.domain.plans import Plan
from hubsync.net.public_addresses import PublicAddresses, read_exceptions
from hubsync.sources.registry import SOURCES

WELL_KNOWN = "/.well-known/openid-configuration"


def read_url(value: str) -> str:
    url = urlsplit(value.strip())
    odd = url.query or url.fragment or "@" in url.netloc or "\\" in url.netloc
    if url.scheme not in {"http", "https"} or not url.hostname or odd:
        raise ValueError("must be an address such as https://hubsync.example.com")
    return value.strip().rstrip("/")


def read_metadata_url(value: str) -> str:
    # What this address answers decides who may sign in, so nobody on the way may change it.
    url = read_url(value)
    if not is_guarded(url):
        raise ValueError("must begin with https://")
    return url


def read_discovery_url(value: str) -> str:
    """The address of any provider's discovery document, off which its issuer is read."""
    url = read_metadata_url(value)
    if not url.endswith(WELL_KNOWN):
        raise ValueError(f"must end in {WELL_KNOWN}")
    return url


def read_label(value: str) -> str:
    label = value.strip()
    if len(label) > 40 or not label.isprintable():
        raise ValueError("must be a name of at most 40 letters, for a button")
    return label


def read_origin(value: str) -> str:
    url = read_url(value)
    if urlsplit(url).path:
        raise ValueError("must have no path: HubSync serves a host name of its own")
    return url


def read_contacts(value: str) -> tuple[str, ...]:
    """Addresses as security.txt has them: of mail, the web or a telephone. https://www.rfc-editor.org/rfc/rfc9116"""
    contacts = []
    for each in (text.strip() for text in value.split(",") if text.strip()):
        address = each if ":" in each else f"mailto:{each}"
        scheme, _, rest = address.partition(":")
        known = is_email(rest) if scheme == "mailto" else scheme == "tel" or each.startswith("https://")
        if not known or not rest.isprintable() or " " in rest:
            raise ValueError("must be e-mail addresses, or such that begin with https:// or tel:, comma separated")
        contacts.append(address)
    return tuple(contacts)


def read_source_urls(value: str) -> dict[str, str]:
    """Addresses by the names of booking sources that have an API, ``calendly=https://…,calcom=https://…``."""
    named = dict(_named(each) for each in value.split(",") if each.strip())
    known = [each.name for each in SOURCES.values() if each.api is not None]
    if not set(named) <= set(known):
        raise ValueError(f"may name booking sources that have an API: {', '.join(known)}")
    return named


def _named(text: str) -> tuple[str, str]:
    name, mark, url = text.partition("=")
    if not mark:
        raise ValueError("must be names and addresses such as calendly=https://api.example.com, comma separated")
    return name.strip(), read_url(url)


def read_private_hosts(value: str) -> PublicAddresses:
    try:
        return read_exceptions(value)
    except ValueError:
        raise ValueError(
            "must be host names and networks such as calendar.lan,10.1.0.0/16, comma separated"
        ) from None


def read_whole(least: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.strip().isascii() or not value.strip().isdigit() or int(value) < least:
            raise ValueError(f"must be a whole number of at least {least}")
        return int(value)

    return read


def read_seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 25:  # gunicorn gives a silent worker up after 30 s
        raise ValueError("must be a number of seconds from 0 to 25")
    return seconds


def read_switch(value: str) -> bool:
    words = {"on": True, "true": True, "1": True, "yes": True}
    words |= {"off": False, "false": False, "0": False, "no": False}
    if value.strip().lower() not in words:
        raise ValueError("must be on or off")
    return words[value.strip().lower()]


def read_plan(value: str) -> Plan:
    if value not in list(Plan):
        raise ValueError("must be free, basic or premium")
    return Plan(value)


def read_log_format(value: str) -> LogFormat:
    if value.strip().lower() not in list(LogFormat):
        raise ValueError("must be text or json")
    return LogFormat(value.strip().lower())


def read_metrics_token(value: str) -> str:
    token = value.strip()
    if len(token) < 16 or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("must have at least 16 characters, none of them a space")
    return token


def read_secret_key(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters; `flask keys generate` prints one")
    return value


def read_secret_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    if not all(len(key) >= 32 for key in keys):
        raise ValueError("must be former secret keys of at least 32 characters, newest first, comma separated")
    return keys


def read_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = ()
    if not keys:
        raise ValueError("must be keys that `flask keys generate` printed, newest first, comma separated")
    return keys


def read_database(value: str) -> str:
    """The address, naming the driver that HubSync brings along where people write ``postgresql://`` alone.

    https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#module-sqlalchemy.dialects.postgresql.psycopg
    """
    address = value.strip()
    for scheme in ("postgresql://", "postgres://"):
        if address.startswith(scheme):
            return f"postgresql+psycopg://{address.removeprefix(scheme)}"
    return address
