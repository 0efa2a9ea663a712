"""API v2 of the stand-in, as far as HubSync calls it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import NotFound

from scheduler_sandbox.calendly.account import Account
from scheduler_sandbox.calendly.answers import NOT_ALLOWED, Limits, Refusal, answer_page, answer_refusal, invalid
from scheduler_sandbox.calendly.records import ScheduledEvent, Subscription, User
from scheduler_sandbox.calendly.webhooks import CREATED, Webhooks

EVENTS = {
    *("invitee.created", "invitee.canceled", "invitee_no_show.created", "invitee_no_show.deleted"),
    *("routing_form_submission.created", "event_type.created", "event_type.updated", "event_type.deleted"),
    *("meeting_recap.created", "meeting_recap.updated", "meeting_recap.deleted"),
    *("contact.created", "contact.updated", "contact.deleted"),
}
NEEDS = {
    "show_me": "users:read",
    "list_subscriptions": "webhooks:read",
    "show_subscription": "webhooks:read",
    "show_sample": "webhooks:read",
    "create_subscription": "webhooks:write",
    "delete_subscription": "webhooks:write",
    "list_events": "scheduled_events:read",
    "list_invitees": "scheduled_events:read",
}
"""Which scope each call needs."""

UPGRADE = "Please upgrade to a paid Calendly account."
NOT_FOUND = "The server could not find the requested resource."


class Api:
    """The calls, answered out of one *account*."""

    def __init__(self, account: Account, webhooks: Webhooks) -> None:
        self._account, self._webhooks = account, webhooks
        self._limits = Limits(account)

    def blueprint(self) -> Blueprint:
        """The calls under their paths."""
        calls = Blueprint("api", __name__)
        for rule, method, view in (
            ("/users/me", "GET", self.show_me),
            ("/webhook_subscriptions", "GET", self.list_subscriptions),
            ("/webhook_subscriptions", "POST", self.create_subscription),
            ("/webhook_subscriptions/<id>", "GET", self.show_subscription),
            ("/webhook_subscriptions/<id>", "DELETE", self.delete_subscription),
            ("/sample_webhook_data", "GET", self.show_sample),
            ("/scheduled_events", "GET", self.list_events),
            ("/scheduled_events/<id>/invitees", "GET", self.list_invitees),
        ):
            calls.add_url_rule(rule, view.__name__, view, methods=[method])
        calls.before_request(self._authenticate)
        calls.after_request(self._limits.write)
        calls.register_error_handler(Refusal, answer_refusal)
        return calls

    def show_me(self) -> Response:
        return jsonify(resource=g.user.shown())

    # ---- subscriptions

    def create_subscription(self) -> tuple[Response, int]:
        wanted = self._wanted_subscription()
        with self._account.lock:
            if not self._account.switches.plan_allows:
                raise Refusal(403, UPGRADE)
            self._require_scope(wanted["scope"], wanted["organization"], wanted.get("user"))
            owner = wanted.get("user") if wanted["scope"] == "user" else None
            for each in self._account.subscriptions.values():
                if (each.address, each.user) == (wanted["url"], owner):
                    raise Refusal(409, "Hook with this url already exists")
            return jsonify(resource=self._account.subscribe(g.user, wanted).shown()), 201

    def list_subscriptions(self) -> Response:
        query = request.args
        if missing := [name for name in ("organization", "scope") if not query.get(name)]:
            raise invalid(*((name, "is required") for name in missing))
        if query["scope"] == "user" and not query.get("user"):
            raise invalid(("user", "is required when scope is user"))
        self._require_scope(query["scope"], query["organization"], query.get("user"))
        with self._account.lock:
            listed = [
                each
                for each in self._account.subscriptions.values()
                if each.scope == query["scope"] and each.user in (None, query.get("user"))
            ]
            newest_first = query.get("sort") == "created_at:desc"
            listed.sort(key=lambda each: each.created_at, reverse=newest_first)
            return answer_page(listed, self._account.switches, Subscription.shown)

    def show_subscription(self, id: str) -> Response:
        return jsonify(resource=self._subscription(id).shown())

    def delete_subscription(self, id: str) -> tuple[str, int]:
        with self._account.lock:
            del self._account.subscriptions[self._subscription(id).id]
        return "", 204

    def show_sample(self) -> Response:
        query = request.args
        if missing := [name for name in ("event", "organization", "scope") if not query.get(name)]:
            raise invalid(*((name, "is required") for name in missing))
        self._require_scope(query["scope"], query["organization"], query.get("user"))
        with self._account.lock:
            if not self._account.invitees:
                raise Refusal(404, NOT_FOUND)
            latest = list(self._account.invitees.values())[-1]
            return Response(self._webhooks.body(query.get("event", CREATED), latest), mimetype="application/json")

    # ---- bookings

    def list_events(self) -> Response:
        query = request.args
        user, organization = query.get("user"), query.get("organization")
        if not user and not organization:
            raise invalid(("user", "is required without organization"))
        if user and user != g.user.uri and not organization:
            raise Refusal(
                403, "Please also specify organization when requesting events for a user within your organization."
            )
        if organization and (organization != g.user.organization or not g.user.is_owner):
            raise Refusal(403, NOT_ALLOWED)
        begin, end = _moment("min_start_time"), _moment("max_start_time")
        with self._account.lock:
            events = [
                each
                for each in self._account.events.values()
                if (not user or each.type.host.uri == user)
                and query.get("status") in (None, each.status)
                and (begin is None or each.starts_at >= begin)
                and (end is None or each.starts_at <= end)
                and _invites(each, query.get("invitee_email"))
            ]
            backwards = query.get("sort") == "start_time:desc"
            events.sort(key=lambda each: (each.starts_at, each.id), reverse=backwards)
            return answer_page(events, self._account.switches, ScheduledEvent.shown)

    def list_invitees(self, id: str) -> Response:
        query = request.args
        with self._account.lock:
            event = self._account.events.get(id)
            if event is None:
                raise Refusal(404, NOT_FOUND)
            if id in self._account.switches.hidden or not (g.user.is_owner or event.type.host is g.user):
                raise Refusal(403, "You are not allowed to view this event")
            invitees = [
                each
                for each in event.invitees
                if query.get("status") in (None, each.status) and query.get("email") in (None, each.email)
            ]
            return answer_page(invitees, self._account.switches, lambda each: each.shown())

    # ---- who asks

    def _authenticate(self) -> None:
        if request.endpoint is None:
            raise NotFound
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        with self._account.lock:
            known = self._account.tokens.get(token) if kind == "Bearer" else None
        if known is None:
            raise Refusal(401, "The access token is invalid")
        self._limits.count()
        user, scopes = known
        needed = NEEDS[request.endpoint.rpartition(".")[2]]
        if needed not in scopes:
            raise Refusal(403, f"You do not have permission: the token lacks the scope {needed}")
        g.user = user

    def _require_scope(self, scope: str, organization: str, user: str | None) -> None:
        asking: User = g.user
        if organization != asking.organization:
            raise Refusal(403, NOT_ALLOWED)
        if not asking.is_owner and (scope != "user" or user != asking.uri):
            raise Refusal(403, NOT_ALLOWED)

    def _subscription(self, id: str) -> Subscription:
        with self._account.lock:
            found = self._account.subscriptions.get(id)
        if found is None:
            raise Refusal(404, NOT_FOUND)
        self._require_scope(found.scope, found.organization, found.user)
        return found

    def _wanted_subscription(self) -> dict[str, Any]:
        sent = request.get_json(silent=True)
        wanted: dict[str, Any] = sent if isinstance(sent, dict) else {}
        missing = [name for name in ("url", "events", "organization", "scope") if not wanted.get(name)]
        if faults := [(name, "is required") for name in missing] or _faults(wanted):
            raise invalid(*faults)
        return wanted


def _faults(wanted: dict[str, Any]) -> list[tuple[str, str]]:
    faults = []
    url = urlsplit(str(wanted["url"]))
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        faults.append(("url", "must be https"))  # loopback is for tests and the demo
    events = wanted["events"]
    if not isinstance(events, list) or len(set(events)) != len(events) or not set(events) <= EVENTS:
        faults.append(("events", "is invalid"))
    elif wanted["scope"] != "organization" and "routing_form_submission.created" in events:
        faults.append(("events", "routing_form_submission.created needs the scope organization"))
    if wanted["scope"] not in ("user", "organization"):
        faults.append(("scope", "is invalid"))
    elif wanted["scope"] == "user" and not wanted.get("user"):
        faults.append(("user", "is required when scope is user"))
    if not isinstance(wanted.get("signing_key"), str | None):
        faults.append(("signing_key", "is invalid"))
    return faults


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise invalid((name, "must be a UTC timestamp")) from None


def _invites(event: ScheduledEvent, email: str | None) -> bool:
    return email is None or any(each.email == email for each in event.invitees)
