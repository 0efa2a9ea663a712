"""Clear-text check: which settings let secrets travel unencrypted; beyond this machine everything goes by TLS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from hubsync.config.addresses import is_guarded, is_here
from hubsync.config.table import Settings


@dataclass(frozen=True)
class Exposure:
    """A setting by whose value something travels in clear: what, and what to do.

    *refused* ones are no settings to serve with, unless HUBSYNC_ALLOW_HTTP is on; the others are hints, because
    HubSync cannot see whether the way between is one's own.
    """

    setting: str
    what: str
    advice: str
    refused: bool = True

    @property
    def problem(self) -> str:
        """One line that says it all."""
        return f"HUBSYNC_{self.setting} {self.what}. {self.advice}"


ADDRESSES = {
    "BASE_URL": "is an http address: sessions, sign-in links and guests' answers would travel in clear",
    "HUBSPOT_APP_URL": "is an http address: people would be sent to HubSpot, and codes come back, in clear",
    "HUBSPOT_API_URL": "is an http address: HubSpot's tokens and guests' answers would travel in clear",
}
ALLOWING = "HUBSYNC_ALLOW_HTTP=on takes it all the same"
_CHECKED = frozenset({"require", "verify-ca", "verify-full"})


def find_exposures(settings: Settings) -> Iterator[Exposure]:
    """Whatever travels in clear with these *settings*; an address that is empty is omitted."""
    for name, what in ADDRESSES.items():
        if not is_guarded(getattr(settings, name.lower()) or "https:"):
            yield Exposure(name, what, f"Let it begin with https://, or be on this machine; {ALLOWING}.")
    for source, url in settings.source_api_urls.items():
        if not is_guarded(url):
            what = f"has an http address for {source}: its token and guests' answers would travel in clear"
            advice = f"Let it begin with https://, or be on this machine; {ALLOWING}."
            yield Exposure("SOURCE_API_URLS", what, advice)
    yield from _mail(settings)
    yield from _database(settings.sqlalchemy_database_uri)
    proxy = _split(settings.https_proxy)
    if proxy.password and not is_guarded(proxy.geturl()):
        what = "has a password and no https: it travels to the proxy in clear"
        yield Exposure(
            "HTTPS_PROXY", what, "Reach the proxy by https://, or let it know HubSync's address.", False
        )


def _mail(settings: Settings) -> Iterator[Exposure]:
    if settings.mail_use_tls or settings.mail_use_ssl or is_here(settings.mail_server):
        return
    tls = "Set HUBSYNC_MAIL_USE_TLS=on (mostly port 587) or HUBSYNC_MAIL_USE_SSL=on (mostly port 465)"
    for name in ("MAIL_USERNAME", "MAIL_PASSWORD"):
        if getattr(settings, name.lower()):
            what = "would travel to the mail server in clear"
            yield Exposure(name, what, f"{tls}; {ALLOWING}.")
            return
    if settings.mail_default_sender:
        what = "names another machine without TLS: sign-in links travel to it in clear"
        yield Exposure("MAIL_SERVER", what, f"{tls}, unless the way there is your own.", False)


def _database(uri: str) -> Iterator[Exposure]:
    """PostgreSQL elsewhere, unless the address asks for TLS: libpq's own choice goes without, where there is none.

    https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
    """
    parts = _split(uri)
    if not parts.scheme.startswith("postgres"):
        return
    options = parse_qs(parts.query)
    hosts = [parts.hostname or "", *options.get("hostaddr", options.get("host", []))]
    away = [
        host for each in hosts for host in each.split(",") if host and host[0] not in "/@" and not is_here(host)
    ]
    if away and options.get("sslmode", ["prefer"])[-1] not in _CHECKED:
        what = "names a database on another machine and does not insist on TLS: guests' data may travel in clear"
        advice = (
            "Add sslmode=verify-full (with sslrootcert), or sslmode=require, unless the way there is your own."
        )
        yield Exposure("SQLALCHEMY_DATABASE_URI", what, advice, False)


def _split(address: str) -> SplitResult:
    """The parts of an address; of one with stray brackets, as passwords may have them, none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
