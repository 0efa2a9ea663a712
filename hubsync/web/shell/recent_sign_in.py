"""Sign in again before what hurts (step-up): the list of what does, and how somebody comes back to it.

A session lasts for days, and whoever sits down at an open browser, or has copied its cookie, has it. So what gives
lasting access, takes a team's access away, or cannot be undone wants a sign-in of the last minutes.

What was pressed is kept in the browser's session and can be pressed again afterwards; what was typed goes with it,
but for secrets, which no page repeats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from hubsync.config import settings
from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.people import sessions
from hubsync.sources.registry import SOURCES
from hubsync.web.shell.expired_forms import NEVER_REPEATED, own_address
from hubsync.web.shell.session_forms import TOKEN

LONGEST_FORM = 2_000
"""As much of a form is kept: browsers take no cookie of more than 4 kB."""
KEPT_SECONDS = 15 * 60
KEY = "again"


@dataclass(frozen=True)
class Hurting:
    """What hurts, in the words of its button; *when* says for which requests it does.

    *destroys*: its button takes something away for good, or takes it out of somebody's hands, and looks like that.
    """

    words: LazyString
    when: Callable[[], bool] = lambda: True
    destroys: bool = False


def _makes_an_administrator() -> bool:
    return request.form.get("role") == Role.ADMINISTRATOR


HURTING: Mapping[str, Hurting] = {
    "provider_signin.link": Hurting(_l("Link another account")),
    "account.unlink": Hurting(_l("Unlink an account"), destroys=True),
    "own_feed.make_address": Hurting(_l("Make an address for the feed of your bookings")),
    "members.invite": Hurting(_l("Invite an administrator"), _makes_an_administrator),
    "members.change_role": Hurting(_l("Make somebody an administrator"), _makes_an_administrator),
    "members.hand_over": Hurting(_l("Hand the team over"), destroys=True),
    "teams.delete_team": Hurting(_l("Delete the team"), destroys=True),
    "privacy.confirm_erasure": Hurting(_l("Erase a guest")),
    "privacy.erase_guest": Hurting(_l("Erase a guest"), destroys=True),
    "erasing_guests.confirm": Hurting(_l("Erase a guest")),
    "hubspot_connect.connect": Hurting(_l("Connect HubSpot")),
    "hubspot_key.enter": Hurting(_l("Enter a service key")),
    "hubspot_account.use": Hurting(_l("Use another HubSpot account")),
    "hubspot_disconnect.disconnect": Hurting(_l("Disconnect HubSpot"), destroys=True),
    **{f"{source}.make_endpoint": Hurting(_l("Make an address for a booking source")) for source in SOURCES},
    **{f"{source}.renew_secret": Hurting(_l("Give a booking source another secret")) for source in SOURCES},
    **{
        f"{name}.connect": Hurting(_l("Enter a token of a booking source"))
        for name, source in SOURCES.items()
        if source.api
    },
}
"""What hurts, by endpoint. A page that only asks for it wants the sign-in too, before anything is typed."""


@dataclass(frozen=True)
class Interrupted:
    """What somebody was about to do: the *address* and the *fields* of its form; *page* is where its button is."""

    endpoint: str
    address: str
    fields: tuple[tuple[str, str], ...]
    page: str

    @property
    def words(self) -> LazyString:
        """What it is, in the words of its button."""
        return HURTING[self.endpoint].words

    @property
    def destroys(self) -> bool:
        """Whether its button is that of something destructive."""
        return HURTING[self.endpoint].destroys


def register(app: Flask) -> None:
    """Let templates say for how long a sign-in counts as recent."""
    app.jinja_env.globals["signin_again_minutes"] = settings(app).signin_again_minutes


def ask_for_recent() -> ResponseReturnValue | None:
    """Lead whoever signed in too long ago for this request to sign in again; None when it may go on.

    Called once whoever asks is known to be allowed to.
    """
    hurting = HURTING.get(request.endpoint or "")
    if hurting is None or not hurting.when():
        return None
    if sessions.is_recent(g.proved_at):
        if request.method == "POST" and session.get(KEY, {}).get("sent_to") == own_address():
            del session[KEY]
        return None
    _keep()
    return redirect(url_for("again.ask"), 303)


def find_interrupted() -> Interrupted | None:
    """What this person was about to do in this browser, None when nothing or when it is too long ago."""
    kept = session.get(KEY)
    if not kept or kept["person"] != g.person.id or not 0 <= now().timestamp() - kept["at"] <= KEPT_SECONDS:
        return None
    if kept["endpoint"] not in HURTING:
        return None
    fields = tuple((name, value) for name, value in kept["fields"])
    return Interrupted(kept["endpoint"], kept["sent_to"], fields, kept["page"])


def _keep() -> None:
    """Keep the request, so that it can be made again: a page is opened, and a form is offered with its button."""
    page = _page_it_came_from()
    if request.method != "POST":
        session["wanted"] = [request.endpoint, request.view_args or {}]
        address, fields = "", []
    else:
        session["wanted"] = ["again.go_on", {}]
        address = own_address()
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
        if NEVER_REPEATED & request.form.keys() or len(json.dumps(fields)) > LONGEST_FORM:
            # The page of the form is opened instead; it stands at the same address, or is where its button was.
            session["wanted"], address, fields = ["again.go_back", {}], "", []
    session[KEY] = {
        "person": g.person.id,
        "endpoint": request.endpoint,
        "sent_to": address,
        "fields": fields,
        "page": page,
        "at": int(now().timestamp()),
    }


def _page_it_came_from() -> str:
    """The path of our page with the button, as the browser tells; else the start page."""
    base, told = urlsplit(settings().base_url), urlsplit(request.referrer or "")
    ours = (told.scheme, told.netloc) == (base.scheme, base.netloc) and told.path.startswith("/")
    return told.path if ours and not told.path.startswith("//") else url_for("teams.start")
