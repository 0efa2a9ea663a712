"""The rows of the role matrix for the pages of booking sources, each under its source's own name."""

from __future__ import annotations

from hubsync.sources.registry import SOURCES
from tests.web.role_rights import SETTINGS, Rights

OF_A_SOURCE = {
    "GET show_endpoint": SETTINGS,
    "POST make_endpoint": SETTINGS,
    "GET renew_secret": SETTINGS,
    "POST renew_secret": SETTINGS,
    "GET show_new_secret": SETTINGS,
    "POST end_former_secret": SETTINGS,
    "GET disable": SETTINGS,
    "POST disable": SETTINGS,
    "POST enable": SETTINGS,
    "GET remove": SETTINGS,
    "POST remove": SETTINGS,
    "GET tell_received": SETTINGS,
    "GET try_sample": SETTINGS,
    "POST try_sample": SETTINGS,
}
"""The pages of every booking source; each is under the source's own name."""

OF_AN_API = {
    ("GET", "connect"): SETTINGS,
    # ``page`` is the form again with 422: no token is sent.
    ("POST", "connect"): SETTINGS,
    ("GET", "disconnect"): SETTINGS,
    ("POST", "disconnect"): SETTINGS,
    ("POST", "compare_now"): SETTINGS,
}
"""Those of a source that HubSync can set up by its API."""

OF_A_TAUGHT = {
    # ``page`` is that of the sample again with 409: no draft is sent.
    ("GET", "teach"): SETTINGS,
    ("POST", "teach"): SETTINGS,
    ("GET", "set_proof"): SETTINGS,
    ("POST", "set_proof"): SETTINGS,
    ("POST", "set_up_anew"): SETTINGS,
}
"""Those of a source whose fields a team teaches."""

ROWS_OF_SOURCES: dict[str, Rights] = {
    **{
        f"{row.replace(' ', f' {source.name}.')}": rights
        for source in SOURCES.values()
        for row, rights in OF_A_SOURCE.items()
    },
    **{
        f"{method} {source.name}.{view}": rights
        for source in SOURCES.values()
        if source.api
        for (method, view), rights in OF_AN_API.items()
    },
    **{
        f"{method} {source.name}.{view}": rights
        for source in SOURCES.values()
        if source.teachable
        for (method, view), rights in OF_A_TAUGHT.items()
    },
    **{
        f"{method} {source.name}.{view}": SETTINGS
        for source in SOURCES.values()
        if source.takes_several
        for method, view in (("GET", "list_endpoints"), ("GET", "rename"), ("POST", "rename"))
    },
}

RECENT_OF_SOURCES: dict[str, dict[str, str]] = {
    **{f"POST {source}.make_endpoint": {} for source in SOURCES},
    **{f"{method} {source}.renew_secret": {} for source in SOURCES for method in ("GET", "POST")},
    **{
        f"{method} {name}.connect": {}
        for name, source in SOURCES.items()
        if source.api
        for method in ("GET", "POST")
    },
}
"""What of theirs asks whoever signed in more than some minutes ago to sign in again."""
