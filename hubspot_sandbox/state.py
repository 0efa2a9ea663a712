"""The in-memory state of one sandbox, guarded by one lock and saved in its data file."""

import secrets
import threading
from dataclasses import fields
from typing import Any

from hubspot_sandbox.call_counts import CallCounts
from hubspot_sandbox.calls import CallLog
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.collection import Collection
from hubspot_sandbox.entities import (
    AccessToken,
    Account,
    AdminRule,
    App,
    Association,
    AssociationLabel,
    AuthCode,
    DefinitionChange,
    ErasedAddress,
    Install,
    Mail,
    MeetingLink,
    Owner,
    Record,
    RefreshToken,
    ServiceKey,
)
from hubspot_sandbox.faults import FaultRules
from hubspot_sandbox.file_store import FileStore
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.switches import Switches

DEFAULT_ACCOUNT = 1234567
SECOND_ACCOUNT = 7654321
#: Of the first account; each begins with its own user as an owner.
FIRST_OWNER = 71001


class SandboxState:
    """The collections, the clock, the switches, the call log and the faults of one sandbox.

    Whoever reads more than one thing, or writes, does so inside ``with state.lock:`` (re-entrant).
    Calls and faults live in memory; every collection survives a restart when there is a data file.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.clock = Clock()
        self.file_store = FileStore(settings.data_file)
        self.calls = CallLog()
        self.faults = FaultRules()
        store = self.file_store
        self.accounts = Collection(store, "account", Account, lambda a: str(a.id))
        self.apps = Collection(store, "app", App, lambda a: a.client_id)
        self.installs = Collection(store, "install", Install, lambda i: f"{i.account_id}:{i.client_id}")
        self.codes = Collection(store, "code", AuthCode, lambda c: c.code)
        self.access_tokens = Collection(store, "access_token", AccessToken, lambda t: t.token)
        self.refresh_tokens = Collection(store, "refresh_token", RefreshToken, lambda t: t.token)
        self.service_keys = Collection(store, "service_key", ServiceKey, lambda k: k.token)
        self.mails = Collection(store, "mail", Mail, lambda m: str(m.number))
        self.records = Collection(store, "record", Record, lambda r: f"{r.account_id}:{r.object_type}:{r.id}")
        self.associations = Collection(
            store, "association", Association, lambda a: f"{a.account_id}:{a.contact_id}:{a.company_id}"
        )
        self.meeting_links = Collection(
            store,
            "meeting_link",
            MeetingLink,
            lambda one: f"{one.account_id}:{one.meeting_id}:{one.object_type}:{one.record_id}",
        )
        self.association_labels = Collection(
            store, "association_label", AssociationLabel, lambda one: f"{one.account_id}:{one.number}"
        )
        self.erased_addresses = Collection(
            store, "erased_address", ErasedAddress, lambda one: f"{one.account_id}:{one.email}"
        )
        self.owners = Collection(store, "owner", Owner, lambda o: f"{o.account_id}:{o.id}")
        self.admin_rules = Collection(store, "admin_rule", AdminRule, lambda r: str(r.number))
        self.definition_changes = Collection(
            store, "definition", DefinitionChange, lambda d: f"{d.account_id}:{d.object_type}:{d.name}"
        )
        self._switches = Collection(store, "switches", _known_switches, lambda s: s.name)
        self.call_counts = CallCounts()
        # What the mailbox does instead of taking a mail: a key of ``mailbox.TROUBLES``.
        self.mail_trouble = ""
        self._last_ids: dict[str, int] = {}
        self._start_values()

    def _start_values(self) -> None:
        if not len(self.accounts):
            self.accounts.put(Account(DEFAULT_ACCOUNT, "Acme Trading (sandbox)"))
            self.accounts.put(
                Account(
                    SECOND_ACCOUNT,
                    "Blue Harbour (sandbox)",
                    time_zone="Europe/Berlin",
                    utc_offset="+01:00",
                    ui_domain="app-eu1.hubspot.com",
                    data_hosting_location="eu1",
                    hub_domain="harbour.example.com",
                )
            )
        if self._switches.get("switches") is None:
            self._switches.put(Switches(search_lag_seconds=self.settings.search_lag_seconds))
        if not len(self.owners):
            for owner_id, account in enumerate(self.accounts, FIRST_OWNER):
                user = (account.user_email, "Ada", "Admin")
                self.owners.put(Owner(account.id, str(owner_id), *user, user_id=account.user_id))
        self.clock.offset_seconds = self.switches.clock_offset_seconds
        app = self.apps.get(self.settings.client_id) or App(self.settings.client_id, "", "")
        app.client_secret, app.name = self.settings.client_secret, self.settings.app_name
        # Redirect URLs follow the settings, so that a sandbox restarted on another port still connects.
        app.redirect_urls = list(self.settings.redirect_urls)
        app.required_scopes = list(self.settings.required_scopes)
        app.conditional_scopes = list(self.settings.conditional_scopes)
        app.optional_scopes = list(self.settings.optional_scopes)
        self.apps.put(app)

    @property
    def switches(self) -> Switches:
        """The switches in force; change them with :meth:`change_switches`."""
        kept = self._switches.get("switches")
        if kept is None:
            raise LookupError("a sandbox always has switches")
        return kept

    def change_switches(self, **changes: object) -> Switches:
        """Set some switches by name, move the clock with them, and keep them."""
        with self.lock:
            switches = self.switches
            for name, value in changes.items():
                setattr(switches, name, value)
            self.clock.offset_seconds = switches.clock_offset_seconds
            return self._switches.put(switches)

    def records_of(self, account_id: int, kind: str) -> list[Record]:
        """Every record of a kind in an account, archived ones too, oldest first."""
        with self.lock:
            return [r for r in self.records if r.account_id == account_id and r.object_type == kind]

    def next_record_id(self, account_id: int, kind: str, first: int) -> str:
        """An id no record of this kind in this account ever had."""
        with self.lock:
            place = f"{account_id}:{kind}"
            if place not in self._last_ids:
                used = [int(record.id) for record in self.records_of(account_id, kind)]
                self._last_ids[place] = max(used, default=first - 1)
            self._last_ids[place] += 1
            return str(self._last_ids[place])

    def keep_mail(self, letter: dict[str, Any]) -> None:
        """Keep a mail the mailbox took, under the next number."""
        with self.lock:
            number = max((mail.number for mail in self.mails), default=0) + 1
            self.mails.put(Mail(number, letter))

    def add_service_key(self, account_id: int, name: str, scopes: list[str]) -> ServiceKey:
        """A new static token for an account, such as pat-na1-… ."""
        with self.lock:
            token = f"pat-na1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"
            number = max((k.key_id for k in self.service_keys), default=0) + 1
            return self.service_keys.put(ServiceKey(token, account_id, name, scopes, self.clock.now(), number))

    def uninstall(self, account_id: int, client_id: str) -> bool:
        """Take an app out of an account: its refresh tokens die, its access tokens as the switch says."""
        with self.lock:
            gone = self.installs.remove(f"{account_id}:{client_id}") is not None
            self.revoke_tokens(account_id, client_id, access_tokens=not self.switches.tokens_survive_uninstall)
            return gone

    def revoke_tokens(self, account_id: int | None, client_id: str, *, access_tokens: bool) -> None:
        """End the refresh tokens of an app in one account (None: in all), and maybe its access tokens."""
        with self.lock:
            for refresh in self.refresh_tokens:
                if refresh.client_id == client_id and account_id in (None, refresh.account_id):
                    refresh.revoked = True
                    self.refresh_tokens.put(refresh)
            if access_tokens:
                self._end_access(account_id, client_id)

    def _end_access(self, account_id: int | None, client_id: str) -> None:
        for access in self.access_tokens:
            if access.client_id == client_id and account_id in (None, access.account_id):
                access.revoked = True
                self.access_tokens.put(access)

    def change_scopes(self, account_id: int, *, give: list[str], take: list[str]) -> None:
        """Give scopes to, and take scopes from, every token, key and install of an account."""
        with self.lock:
            holders: list[Collection[Any]] = [
                self.installs,
                self.access_tokens,
                self.refresh_tokens,
                self.service_keys,
            ]
            for collection in holders:
                for one in collection:
                    if one.account_id == account_id:
                        left = [scope for scope in one.scopes if scope not in take]
                        one.scopes = list(dict.fromkeys([*left, *give]))
                        collection.put(one)

    def reset(self) -> None:
        """Back to a fresh sandbox: no records, installs, tokens, keys, mails, calls, faults; default switches."""
        with self.lock:
            for collection in vars(self).values():
                if isinstance(collection, Collection):
                    collection.clear()
            self._last_ids.clear()
            self.call_counts.clear()
            self.mail_trouble = ""
            self.calls.clear()
            self.faults.clear()
            self._start_values()

    def close(self) -> None:
        """Close the data file."""
        with self.lock:
            self.file_store.close()


def _known_switches(**kept: object) -> Switches:
    """Switches from a data file; one that an older sandbox knew and this one does not is dropped."""
    known = {f.name for f in fields(Switches)}
    return Switches(**{k: v for k, v in kept.items() if k in known})  # type: ignore[arg-type]  # our own rows
