"""Settings that a sandbox is started with."""

from dataclasses import dataclass, field
from pathlib import Path

#: What an app needs that reads and writes contacts and companies.
MINIMUM_SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
)
#: What reading owners needs, which no app has to be given.
OWNERS_SCOPE = "crm.objects.owners.read"


@dataclass
class SandboxSettings:
    """How one sandbox is set up; the defaults suit tests, ``demo()`` suits people.

    *data_file* None keeps everything in memory; otherwise accounts, records, apps, installs, tokens, mails
    and switches survive a restart. *public_url* is how browsers reach the sandbox (no trailing slash);
    None takes it from each request. *required_scopes*, *conditional_scopes* and *optional_scopes* are the three
    lists of the app's project file. *smtp_port* None starts no mail server, 0 takes any free port.
    """

    data_file: Path | None = None
    redirect_urls: list[str] = field(default_factory=list)
    client_id: str = "sandbox-client-id"
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - a stand-in protects nothing
    app_name: str = "HubSync"
    required_scopes: list[str] = field(default_factory=lambda: list(MINIMUM_SCOPES))
    conditional_scopes: list[str] = field(default_factory=list)
    optional_scopes: list[str] = field(default_factory=lambda: [OWNERS_SCOPE])
    public_url: str | None = None
    smtp_port: int | None = None
    smtp_host: str = "127.0.0.1"
    search_lag_seconds: float = 0.0

    #: HubSpot names no number for the lag of its search; two seconds are long enough to be met.
    DEMO_SEARCH_LAG = 2.0

    @classmethod
    def demo(cls, data_file: Path | None, redirect_urls: list[str], **more: object) -> "SandboxSettings":
        """The settings a person tries the product out with: search lags as HubSpot's does."""
        lagging: dict[str, object] = {"search_lag_seconds": cls.DEMO_SEARCH_LAG, **more}
        return cls(data_file=data_file, redirect_urls=redirect_urls, **lagging)  # type: ignore[arg-type]  # named by callers
