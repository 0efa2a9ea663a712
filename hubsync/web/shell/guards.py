"""Guards of pages: who is signed in, in which team, with which role; every page behind a sign-in uses them.

Views of team pages take no team: ``g.person``, ``g.team`` and ``g.role`` are set before they run, and ``url_for``
fills in the team of the page it is called on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.routing import BuildError

from hubsync.domain.delivery_states import NEEDS_A_PERSON
from hubsync.domain.roles import Action, may
from hubsync.errors import NotFound, RoleTooLow
from hubsync.logs.facts import current_facts
from hubsync.services.deliveries import statistics
from hubsync.services.operations.backups import product_version
from hubsync.services.operations.new_version import new_version
from hubsync.services.people import sessions
from hubsync.services.teams import members
from hubsync.store.people import Person
from hubsync.store.teams import Membership
from hubsync.web.shell.expired_forms import offer_again
from hubsync.web.shell.i18n import language_of_browser
from hubsync.web.shell.recent_sign_in import ask_for_recent

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def register(app: Flask) -> None:
    """Offer the frame to templates, and let ``url_for`` know the team of the page."""
    app.jinja_env.globals.update(
        frame=frame, allowed=allowed, new_version=new_version, running_version=product_version
    )

    @app.url_defaults
    def stay_in_the_team(endpoint: str, values: dict[str, Any]) -> None:
        team = g.get("team")
        known = endpoint in app.view_functions  # an unknown one is url_for's to report
        if team and known and app.url_map.is_endpoint_expecting(endpoint, "team_slug"):
            values.setdefault("team_slug", team.slug)


def signed_in_person() -> Person | None:
    """Who is signed in; asked of the database once in each request."""
    if "person" not in g:
        token = session.get("signed_in")
        found = sessions.find_session(token, request.user_agent.string, language_of_browser()) if token else None
        g.person, g.proved_at = (found.person, found.proved_at) if found else (None, None)
        current_facts().person = g.person.id if g.person is not None else None
    person: Person | None = g.person
    return person


def signed_in_page(view: View) -> View:
    """Let a page be seen by everybody who is signed in; others sign in first and come back."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> ResponseReturnValue:
        if signed_in_person() is None:
            return _sign_in_first()
        return ask_for_recent() or view(*args, **values)

    return _marked(guarded)  # type: ignore[return-value]  # wraps keeps the signature


def person_page(view: View) -> View:
    """Let a page about oneself be seen by everybody who is signed in, in the frame of the team last visited.

    Without any team there is no ``g.team``, and the page is shown without the frame.
    """

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> ResponseReturnValue:
        person = signed_in_person()
        if person is None:
            return _sign_in_first()
        slugs = [membership.team.slug for membership in members.list_memberships(person.id)]
        if slugs:
            enter_team(person, session["team"] if session.get("team") in slugs else slugs[0])
        return ask_for_recent() or view(*args, **values)

    return _marked(guarded)  # type: ignore[return-value]  # wraps keeps the signature


def team_page(action: Action | None = None) -> Callable[[View], View]:
    """Let a page be seen by members of the team in its address whose role allows *action*.

    Another team's pages are 404, as if they did not exist; too low a role is 403 with the reason.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(team_slug: str, **values: Any) -> ResponseReturnValue:
            person = signed_in_person()
            if person is None:
                return _sign_in_first()
            enter_team(person, team_slug)
            if action is not None:
                require(action)
            return ask_for_recent() or view(**values)

        return _marked(guarded)  # type: ignore[return-value]  # but for the team, which it takes off

    return decorate


def enter_team(person: Person, team_slug: str) -> None:
    """Set the team and the role of this request; a team the person is not in is 404."""
    try:
        g.membership = members.find_membership(person.id, team_slug)
    except NotFound:
        abort(404)
    g.team = g.membership.team
    g.role = g.membership.role
    if session.get("team") != team_slug:
        session["team"] = team_slug  # where the pages about oneself lead back to


def stay_signed_in() -> None:
    """Give this browser a new session after the person's own action ended all of theirs."""
    session["signed_in"] = sessions.stay_signed_in(g.person.id, g.proved_at)


def allowed(action: Action | str) -> bool:
    """Whether the role in this team allows *action*."""
    return "role" in g and may(g.role, Action(action))


def require(action: Action) -> None:
    """Raise RoleTooLow, shown as a page, unless the role in this team allows *action*."""
    if not allowed(action):
        raise RoleTooLow(_("Your role in this team does not allow this. Ask the owner or an administrator."))


def _marked(guarded: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Mark a view as one behind the sign-in, for the page that takes forms that come after a sign-out."""
    guarded.behind_sign_in = True  # type: ignore[attr-defined]
    return guarded


def _sign_in_first() -> ResponseReturnValue:
    kept = offer_again()
    if kept is not None:
        return kept
    # An endpoint and its values, never an address: an address could lead to another site.
    if request.method == "GET" and request.endpoint:
        session["wanted"] = [request.endpoint, request.view_args or {}]
    return redirect(url_for("signin.sign_in"))


def wanted_page() -> str:
    """The address of the page somebody wanted before signing in, or of the start page; asked once."""
    endpoint, values = session.pop("wanted", None) or ["teams.start", {}]
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return url_for("teams.start")


@dataclass(frozen=True)
class Frame:
    """What the frame around a team's pages shows."""

    memberships: tuple[Membership, ...]
    needing_a_person: int


def frame() -> Frame:
    """Read what the frame shows; called once, by the base template."""
    return Frame(
        memberships=tuple(members.list_memberships(g.person.id)),
        needing_a_person=sum(counted_states().get(state, 0) for state in NEEDS_A_PERSON),
    )


def counted_states() -> Mapping[str, int]:
    """How many deliveries the reader may see in each state; read once in each request."""
    if "counted_states" not in g:
        g.counted_states = statistics.count_by_state(g.membership)
    counted: Mapping[str, int] = g.counted_states
    return counted
