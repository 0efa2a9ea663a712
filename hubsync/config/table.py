"""The table of settings: name, type, how the text is read, and what counts when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from hubsync.config import formats
from hubsync.domain.log_formats import LogFormat
from hubsync.domain.plans import Plan
from hubsync.net.public_addresses import ONLY_PUBLIC, PublicAddresses

REQUIRED = ("SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL")
APPS = ("HUBSPOT", "GOOGLE", "MICROSOFT", "OIDC")
"""Each has a client id and a client secret, of which neither is any use alone."""

Text = Annotated[str, BeforeValidator(str.strip)]
Origin = Annotated[str, BeforeValidator(formats.read_origin)]
MetadataUrl = Annotated[str, BeforeValidator(formats.read_metadata_url)]
Switch = Annotated[bool, BeforeValidator(formats.read_switch)]
FromNought = Annotated[int, BeforeValidator(formats.read_whole(0))]
FromOne = Annotated[int, BeforeValidator(formats.read_whole(1))]

_SECRET = Field(repr=False)
Secret = Annotated[Text, _SECRET]
"""A password, or an address that may have one in it: not for a repr, which may reach a log."""


class Settings(BaseModel):
    """The settings of an installation, frozen. URLs have no trailing slash; durations say their unit.

    Texts are called as the fields, in capitals, and in the environment after ``HUBSYNC_``. *idle_expiry_days* is 0
    when connections never expire for want of a post, *retention_days* when nothing is erased for its age.
    *source_api_urls* are by the names of booking sources whose API is elsewhere than where it usually is.
    A booking form is not taken that was filled in within *form_least_seconds*; more than *forms_per_address* in
    ten minutes, or *forms_per_page* in one, are asked to come again. 0 is for no such limit.
    As many *migration_backups* are kept of those that are made before migrations on SQLite; 0 makes none.
    *security_contact* is where faults in HubSync's safety are reported, most wanted way first.
    *feed_contact* is told to servers of busy calendars, which may be on *feed_private_hosts* beside the internet;
    chat alerts may go to *alert_private_hosts* besides.
    """

    model_config = ConfigDict(
        frozen=True, alias_generator=str.upper, hide_input_in_errors=True, arbitrary_types_allowed=True
    )

    # REQUIRED ones have a default, or nothing could be said about the others while one is missing.
    secret_key: Annotated[str, BeforeValidator(formats.read_secret_key), _SECRET] = ""
    secret_key_fallbacks: Annotated[tuple[str, ...], BeforeValidator(formats.read_secret_keys), _SECRET] = ()
    encryption_keys: Annotated[tuple[str, ...], BeforeValidator(formats.read_keys), _SECRET] = ()
    base_url: Origin = ""
    sqlalchemy_database_uri: Annotated[str, BeforeValidator(formats.read_database), _SECRET] = (
        "sqlite:///hubsync.sqlite3"
    )
    hubspot_client_id: Text = ""
    hubspot_client_secret: Secret = ""
    hubspot_app_url: Origin = "https://app.hubspot.com"
    hubspot_api_url: Origin = "https://api.hubapi.com"
    hubspot_api_version: Text = "2026-09"
    hubspot_oauth_version: Text = "2026-09"
    source_api_urls: Annotated[Mapping[str, str], BeforeValidator(formats.read_source_urls)] = {}
    feed_contact: Text = ""
    security_contact: Annotated[tuple[str, ...], BeforeValidator(formats.read_contacts)] = ()
    feed_private_hosts: Annotated[PublicAddresses, BeforeValidator(formats.read_private_hosts)] = ONLY_PUBLIC
    alert_private_hosts: Annotated[PublicAddresses, BeforeValidator(formats.read_private_hosts)] = ONLY_PUBLIC
    idle_expiry_days: FromNought = 180
    notice_interval_days: FromOne = 7
    retention_days: FromNought = 0
    google_client_id: Text = ""
    google_client_secret: Secret = ""
    google_metadata_url: MetadataUrl = "https://accounts.google.com/.well-known/openid-configuration"
    microsoft_client_id: Text = ""
    microsoft_client_secret: Secret = ""
    microsoft_metadata_url: MetadataUrl = (
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
    )
    oidc_client_id: Text = ""
    oidc_client_secret: Secret = ""
    oidc_metadata_url: Annotated[str, BeforeValidator(formats.read_discovery_url)] = ""
    oidc_label: Annotated[str, BeforeValidator(formats.read_label)] = "OpenID Connect"
    default_plan: Annotated[Plan, BeforeValidator(formats.read_plan)] = Plan.PREMIUM
    signin_links: Switch = True
    signin_again_minutes: FromOne = 15
    sync_budget_seconds: Annotated[float, BeforeValidator(formats.read_seconds)] = 8.0
    company_memory_hours: FromNought = 24
    scheduler: Switch = True
    trusted_proxies: FromNought = 0
    migration_backups: FromNought = 5
    form_least_seconds: Annotated[float, BeforeValidator(formats.read_seconds)] = 3.0
    forms_per_address: FromNought = 80
    forms_per_page: FromNought = 120
    log_format: Annotated[LogFormat, BeforeValidator(formats.read_log_format)] = LogFormat.TEXT
    metrics_token: Annotated[str, BeforeValidator(formats.read_metrics_token), _SECRET] = ""
    releases_url: MetadataUrl = ""
    https_proxy: Secret = ""
    ca_bundle: Text = ""
    allow_http: Switch = False
    mail_server: Text = "localhost"
    mail_port: FromOne = 25
    mail_use_tls: Switch = False
    mail_use_ssl: Switch = False
    mail_username: Text = ""
    mail_password: Secret = ""
    mail_default_sender: Text = ""

    @property
    def mail_set_up(self) -> bool:
        """Whether a sender's address is set, without which no mail can leave."""
        return bool(self.mail_default_sender)


NAMES = tuple(name.upper() for name in Settings.model_fields)
