"""A stand-in for HubSpot that behaves as HubSpot over real HTTP, for trying HubSync out and for its tests.

    with SandboxServer(SandboxSettings(redirect_urls=["http://localhost:8000/callback"])) as sandbox:
        print(sandbox.url)

It imports nothing of HubSync. What it copies faithfully from HubSpot and what it had to
guess is written in hubspot_sandbox/README.md. Modules:

settings  switches  clock  entities            what a sandbox is set up with and what it stores
state  collection  file_store                  its state behind one lock, saved in a file
authentication  api_errors  versions  limits   what every API call shares
crm/  catalogue/  account_api                  records, search, associations, property definitions, the account
call_log_middleware  calls  faults  control/   the call log, faults on demand, the control API
oauth_pages  oauth_api  grants  pages/         consent, tokens, pages for people
mailbox  mail_parser                           an SMTP server that lists what it was sent
app  server  keep_alive  shared                the application factory and its HTTP server
"""

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings

__all__ = ["SandboxServer", "SandboxSettings"]
