"""Sites that may show a team's booking pages inside their own: their origins, as `frame-ancestors` takes them.

https://www.w3.org/TR/CSP3/#directive-frame-ancestors
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from hubsync.domain.domain_names import domain_name
from hubsync.domain.email_domains import LONGEST_ADDRESS
from hubsync.domain.typed_lists import ReadList, read_list

MOST = 20
LONGEST_TYPED = 10_000

_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
_HERE = frozenset({"localhost", "127.0.0.1"})
_USUAL_PORTS = {"https": 443, "http": 80}


def read_sites(typed: str) -> ReadList:
    """Read the addresses of sites, one on each line; of a page's address only the site counts."""
    return read_list(typed, read_origin)


def read_origin(address: str) -> str:
    """The origin of a site: ``https://``, host, and a port that is not the usual one. Empty for what is none.

    A host alone stands for https. http is for this machine alone, where nobody on the way can change the page that
    embeds ours. No wildcard: each site is named.
    """
    if len(address) > LONGEST_ADDRESS:
        return ""
    if not _SCHEME.match(address):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that enclose no address, a port that is no number
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _USUAL_PORTS or (scheme == "http" and host not in _HERE):
        return ""
    if "@" in parts.netloc or "\\" in address:
        return ""
    name = host if host in _HERE else domain_name(host)
    if not name:
        return ""
    return f"{scheme}://{name}" + (f":{port}" if port not in (None, _USUAL_PORTS[scheme]) else "")
