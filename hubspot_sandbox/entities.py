"""Entities: the dataclasses that a sandbox stores. All moments are seconds since 1970 on the sandbox's clock."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Account:
    """One HubSpot account ("portal"); *lacking_scopes* belong to features that its subscription is without."""

    id: int
    name: str
    time_zone: str = "Asia/Tokyo"
    utc_offset: str = "+09:00"
    ui_domain: str = "app.hubspot.com"
    hub_domain: str = "acme.example.com"
    account_type: str = "STANDARD"
    data_hosting_location: str = "na1"
    user_email: str = "admin@acme.example.com"
    user_id: int = 9001
    auto_companies: bool = False
    inline_association_holds_back: bool = True
    lacking_scopes: list[str] = field(default_factory=list)


@dataclass
class App:
    """An app registered at HubSpot, with the three lists of scopes of its project file.

    *required_scopes* empty means the install URL's scopes are not checked.
    """

    client_id: str
    client_secret: str
    name: str
    app_id: int = 4321
    redirect_urls: list[str] = field(default_factory=list)
    required_scopes: list[str] = field(default_factory=list)
    optional_scopes: list[str] = field(default_factory=list)
    conditional_scopes: list[str] = field(default_factory=list)


@dataclass
class Install:
    """An app connected to an account; removed when uninstalled."""

    account_id: int
    client_id: str
    scopes: list[str]
    user_email: str
    user_id: int
    installed_at: float


@dataclass
class AuthCode:
    """A code given to the browser after consent; *used_at* is set by its one exchange."""

    code: str
    account_id: int
    client_id: str
    redirect_uri: str
    scopes: list[str]
    user_email: str
    user_id: int
    expires_at: float
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    used_at: float | None = None


@dataclass
class AccessToken:
    """A bearer token of an app in an account."""

    token: str
    account_id: int
    client_id: str
    scopes: list[str]
    user_email: str
    user_id: int
    issued_at: float
    expires_at: float
    revoked: bool = False


@dataclass
class RefreshToken:
    """Valid until revoked or uninstalled; HubSpot documents no expiry."""

    token: str
    account_id: int
    client_id: str
    scopes: list[str]
    user_email: str
    user_id: int
    issued_at: float
    revoked: bool = False


@dataclass
class ServiceKey:
    """A static token of one account with chosen scopes."""

    token: str
    account_id: int
    name: str
    scopes: list[str]
    created_at: float
    key_id: int = 0


@dataclass
class Mail:
    """One mail the mailbox took; *letter* is the dict of ``mail_parser.parse_mail``."""

    number: int
    letter: dict[str, Any]


@dataclass
class Record:
    """A contact, company or meeting. *revisions*: ``[moment, properties]``, oldest first, for the lagging search.

    *history* holds what ``histories`` writes, *beside* the ids of deals, tickets, notes and their like that are
    associated with the record. A record that was merged away is archived and names in
    *merged_into* the one it became part of.
    """

    account_id: int
    object_type: str
    id: str
    properties: dict[str, str]
    created_at: float
    updated_at: float
    archived_at: float | None = None
    revisions: list[list[Any]] = field(default_factory=list)
    history: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    merged_into: str | None = None
    beside: dict[str, list[str]] = field(default_factory=dict)

    @property
    def archived(self) -> bool:
        """Whether the record was deleted (HubSpot keeps it restorable for 90 days) or merged away."""
        return self.archived_at is not None


@dataclass
class Owner:
    """Whom records can belong to: a user (``PERSON``) or a ``QUEUE``; *archived* is a deactivated user."""

    account_id: int
    id: str
    email: str
    first_name: str = ""
    last_name: str = ""
    kind: str = "PERSON"
    archived: bool = False
    user_id: int = 0
    created_at: float = 0.0


@dataclass
class ErasedAddress:
    """An e-mail address that was deleted permanently, and that no contact of the account may have again."""

    account_id: int
    email: str


@dataclass
class Association:
    """A contact and a company belong together; *primary* marks the contact's primary company.

    *labels* are the numbers of the account's own labels on it.
    """

    account_id: int
    contact_id: str
    company_id: str
    primary: bool
    created_at: float
    labels: list[int] = field(default_factory=list)


@dataclass
class MeetingLink:
    """A meeting is on the timeline of a record: a contact or a company."""

    account_id: int
    meeting_id: str
    object_type: str
    record_id: str


@dataclass
class AssociationLabel:
    """A label an account made, in the words of either side; its type ids are *number* and the next one."""

    account_id: int
    number: int
    name: str
    from_contact: str
    from_company: str


@dataclass
class AdminRule:
    """What an account's administrators demand of a property; ``crm.rules`` tells the kinds.

    *when_property* and *when_value* belong to conditional rules, *rule_type* and *arguments* to validations.
    """

    account_id: int
    number: int
    kind: str
    object_type: str
    property_name: str
    when_property: str = ""
    when_value: str = ""
    rule_type: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass
class DefinitionChange:
    """A property definition that differs from the catalogue's: created, changed or archived."""

    account_id: int
    object_type: str
    name: str
    definition: dict[str, Any]
