"""App project: the HubSpot app of an installation, as the files that HubSpot's command line uploads.

HubSpot's legacy apps can no longer be created; a new app is a *project*: `hsproject.json`, which names it, and one
`*-hsmeta.json` for each component, here the app alone.
https://developers.hubspot.com/docs/apps/developer-platform/build-apps/app-configuration
https://github.com/HubSpot/hubspot-project-components (2026.09-beta/components/app/oauth-private)
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hubsync.hubspot.oauth import OPTIONAL_SCOPES, SCOPES

#: Current since September 2026, supported for 18 months:
#: https://developers.hubspot.com/docs/developer-tooling/platform/versioning
PLATFORM_VERSION = "2026.09"
#: Uploading under the same name again changes the same app, whose client id stays: so it never varies.
PROJECT_NAME = "hubsync"
FOLDER = "hubsync-hubspot-app"
#: How many HubSpot accounts can install an app with OAuth that is distributed privately:
#: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/manage-apps-in-hubspot
MOST_ACCOUNTS = 10


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file of the project; *path* is relative to the folder in which `hs project upload` runs."""

    path: str
    text: str


def takes_redirect(url: str) -> bool:
    """Whether HubSpot takes *url* as a redirect URL: https, or http on localhost, which is not 127.0.0.1.

    https://developers.hubspot.com/changelog/2018-03-05-oauth2-redirect-uri-served-over-http-localhost
    """
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")


def project_files(redirect_url: str) -> tuple[ProjectFile, ...]:
    """The project of this installation: no secret in it, and the same text whenever it is asked for."""
    project = {"name": PROJECT_NAME, "srcDir": "src", "platformVersion": PLATFORM_VERSION}
    app = {
        "uid": "hubsync",
        "type": "app",
        "config": {
            "name": "HubSync",
            "description": "Posts completed bookings as companies and contacts.",
            "distribution": "private",
            "auth": {
                "type": "oauth",
                "redirectUrls": [redirect_url],
                "requiredScopes": list(SCOPES),
                "optionalScopes": list(OPTIONAL_SCOPES),
                "conditionallyRequiredScopes": [],
            },
            # What the app's screens inside HubSpot may load. It has none; HubSpot's template names this host.
            "permittedUrls": {"fetch": ["https://api.hubapi.com"], "iframe": [], "img": []},
        },
    }
    return (
        ProjectFile("hsproject.json", _json(project)),
        ProjectFile("src/app/app-hsmeta.json", _json(app)),
    )


def pack(files: Sequence[ProjectFile]) -> bytes:
    """The files in one folder as a ZIP archive: the same bytes for the same files, anywhere and at any time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in files:
            # No time stamp, and not compressed, because zlib's output differs between its versions.
            entry = zipfile.ZipInfo(f"{FOLDER}/{file.path}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, wherever this runs, so that the mode is read
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.text.encode())
    return packed.getvalue()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"
