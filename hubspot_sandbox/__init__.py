"""A stand-in for HubSpot that behaves as HubSpot over real HTTP, for trying HubSync out and for its tests.

    with SandboxServer(SandboxSettings(redirect_urls=["http://localhost:8000/callback"])) as sandbox:
        print(sandbox.url)

It imports nothing of HubSync. What it copies faithfully from HubSpot and what it had to
guess is written in hubspot_sandbox/README.md. Modules:

settings  clock  vault  shelf  entities  state     what the sandbox knows, behind one lock
authentication  answers  versions  limits          what every call has in common
crm/  catalogue/                                   property definitions, records, search, associations
gate  calls  faults  control                       call log, faults on demand, the control API
oauth_pages  oauth_api  pages/  mailbox            consent, tokens, pages for people, mail
app  server                                        put together and served
"""

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings

__all__ = ["SandboxServer", "SandboxSettings"]
