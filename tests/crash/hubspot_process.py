"""The HubSpot sandbox with its mailbox as a process of its own, whose search sees a record two seconds late.

It prints where it answers. For each line that it reads it prints a code, as Connect brings one back, or for
"settle", when whatever was sent to it is done, another line.
"""

from __future__ import annotations

import json
import sys

import requests

from hubspot_sandbox.grants import connect_app
from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.hubspot.oauth import SCOPES

SEARCH_LAG_SECONDS = 2.0


def main() -> None:
    redirect = sys.argv[1]
    given = SandboxSettings(redirect_urls=[redirect], smtp_port=0, search_lag_seconds=SEARCH_LAG_SECONDS)
    with SandboxServer(given) as server:
        told = {
            "url": server.url,
            "smtp_port": server.smtp_port,
            "client_id": given.client_id,
            "client_secret": given.client_secret,
        }
        print(json.dumps(told), flush=True)
        app, account = server.state.apps.get(given.client_id), server.state.accounts.get(str(DEFAULT_ACCOUNT))
        assert app is not None
        assert account is not None
        for line in sys.stdin:
            if line == "settle\n":
                # Whoever called before this call has been accepted when it is answered.
                requests.get(f"{server.url}/sandbox/api/settings", headers={"Connection": "close"}, timeout=60)
                print(server.wait_for_callers(60), flush=True)
                continue
            code = connect_app(server.state, app, account, "owner@acme.example", list(SCOPES), redirect, None)
            print(code, flush=True)


if __name__ == "__main__":
    main()
