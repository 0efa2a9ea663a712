"""API v2 of Cal.com's stand-in: the key's user, webhooks, and the list of bookings in its versions."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.booking_items import item_of, time_of
from scheduler_sandbox.calcom.webhooks import TRIGGERS, Webhook

PAGES, CURSORS = "2024-08-13", "2026-05-01"
"""Versions of the list of bookings by pages and by cursors; without one of them an older version answers."""

_CODES = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    409: "ConflictException",
    429: "ThrottlerException",
}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def blueprint(account: CalCom) -> Blueprint:
    """The API of *account*, below ``/v2``."""
    calls, api = Blueprint("api", __name__, url_prefix="/v2"), _Api(account)
    calls.before_request(api.admit)
    calls.after_request(api.say_limits)
    calls.register_error_handler(Refusal, lambda fault: _refused(fault.status, fault.message))
    calls.register_error_handler(HTTPException, lambda fault: _refused(fault.code or 500, fault.name))
    for rule, method, view in (
        ("/<path:unknown>", "GET POST PATCH DELETE", api.refuse_unknown),
        ("/me", "GET", api.show_user),
        ("/webhooks", "GET", api.list_webhooks),
        ("/webhooks", "POST", api.make_webhook),
        ("/webhooks/<webhook_id>", "GET", api.show_webhook),
        ("/webhooks/<webhook_id>", "PATCH", api.change_webhook),
        ("/webhooks/<webhook_id>", "DELETE", api.delete_webhook),
        ("/bookings", "GET", api.list_bookings),
    ):
        calls.add_url_rule(rule, view.__name__, view, methods=method.split())
    return calls


class _Api:
    def __init__(self, account: CalCom) -> None:
        self._account = account

    def admit(self) -> None:
        """Refuse who has no key, who called too often, and whom a test wants refused."""
        account = self._account
        with account.lock:
            if request.headers.get("Authorization") != f"Bearer {account.api_key}":
                raise Refusal(401, "Invalid API Key")
            if account.switches.refusal is not None:
                raise Refusal(*account.switches.refusal)
            if account.switches.calls_left is not None:
                if account.switches.calls_left <= 0:
                    raise Refusal(429, "ThrottlerException: Too Many Requests")
                account.switches.calls_left -= 1

    def say_limits(self, response: Response) -> Response:
        """Say in headers how many calls are left."""
        left = self._account.switches.calls_left
        response.headers["X-RateLimit-Limit-Default"] = "120"
        response.headers["X-RateLimit-Remaining-Default"] = str(120 if left is None else left)
        response.headers["X-RateLimit-Reset-Default"] = str(int(datetime.now(UTC).timestamp()) + 60)
        return response

    def show_user(self) -> ResponseReturnValue:
        user = self._account.user
        known = {"id": user.id, "username": user.username, "email": user.email, "name": user.name}
        return _data({**known, "timeZone": user.time_zone, "organizationId": None})

    def list_webhooks(self) -> ResponseReturnValue:
        skip, take = self._page()
        with self._account.lock:
            listed = list(self._account.webhooks.values())[skip : skip + take]
            return _data([_shown(each) for each in listed])

    def make_webhook(self) -> ResponseReturnValue:
        sent = _body()
        missing = [each for each in ("active", "subscriberUrl", "triggers") if each not in sent]
        if missing:
            raise Refusal(400, f"{missing[0]} should not be empty")
        with self._account.lock:
            webhooks = self._account.webhooks
            if any(each.address == sent["subscriberUrl"] for each in webhooks.values()):
                raise Refusal(409, "Webhook with this subscriber url already exists for this user")
            blank = Webhook(secrets.token_hex(12), self._account.user.id, "", ())
            webhooks[blank.id] = _changed(blank, sent)
            return _data(_shown(webhooks[blank.id])), 201

    def show_webhook(self, webhook_id: str) -> ResponseReturnValue:
        return _data(_shown(self._webhook(webhook_id)))

    def change_webhook(self, webhook_id: str) -> ResponseReturnValue:
        with self._account.lock:
            changed = _changed(self._webhook(webhook_id), _body())
            self._account.webhooks[webhook_id] = changed
            return _data(_shown(changed))

    def delete_webhook(self, webhook_id: str) -> ResponseReturnValue:
        with self._account.lock:
            gone = self._webhook(webhook_id)
            del self._account.webhooks[webhook_id]
            return _data(_shown(gone))

    def list_bookings(self) -> ResponseReturnValue:
        after, before = _moment("afterStart"), _moment("beforeEnd")
        with self._account.lock:
            listed = [
                each
                for each in sorted(self._account.bookings.values(), key=lambda each: (each.starts_at, each.uid))
                if (after is None or each.starts_at >= after) and (before is None or each.ends_at <= before)
            ]
        version = request.headers.get("cal-api-version")
        if version not in (PAGES, CURSORS):
            return _data({"bookings": [{"uid": each.uid} for each in listed], "nextCursor": None})
        skip, take = self._page()
        if version == CURSORS:
            skip = int(request.args.get("cursor", "0"))
        page, left = listed[skip : skip + take], max(0, len(listed) - skip - take)
        items = [item_of(each) for each in page]
        if version == CURSORS:
            paging: dict[str, Any] = {"hasMore": left > 0, "nextCursor": str(skip + take) if left else None}
        else:
            paging = {
                "totalItems": len(listed),
                "remainingItems": left,
                "returnedItems": len(page),
                "itemsPerPage": take,
                "hasNextPage": left > 0,
                "hasPreviousPage": skip > 0,
            }
        return jsonify(status="success", data=items, pagination=paging)

    def refuse_unknown(self, unknown: str) -> ResponseReturnValue:
        raise Refusal(404, f"Cannot {request.method} {request.path}")

    def _webhook(self, webhook_id: str) -> Webhook:
        with self._account.lock:
            webhook = self._account.webhooks.get(webhook_id)
        if webhook is None:
            raise Refusal(404, f"Webhook ({webhook_id}) not found")
        if webhook.user_id != self._account.user.id:
            raise Refusal(403, "User is not the owner of this webhook")
        return webhook

    def _page(self) -> tuple[int, int]:
        most = self._account.switches.most_a_page
        take = int(request.args.get("take", most))
        if not 1 <= take <= 250:
            raise Refusal(400, "take must not be greater than 250")
        return int(request.args.get("skip", "0")), min(take, most)


def _changed(webhook: Webhook, sent: Mapping[str, Any]) -> Webhook:
    """*webhook* with what was sent of it; raises Refusal for a trigger that there is not."""
    if not set(sent.get("triggers", ())) <= set(TRIGGERS):
        raise Refusal(400, "each value in triggers must be one of the following values: " + ", ".join(TRIGGERS))
    return replace(
        webhook,
        address=sent.get("subscriberUrl", webhook.address),
        triggers=tuple(sent.get("triggers", webhook.triggers)),
        secret=sent.get("secret", webhook.secret) or "",
        template=sent.get("payloadTemplate", webhook.template) or None,
        active=sent.get("active", webhook.active),
    )


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "userId": webhook.user_id,
        "subscriberUrl": webhook.address,
        "triggers": list(webhook.triggers),
        "active": webhook.active,
        "payloadTemplate": webhook.template,
        "secret": webhook.secret or None,
    }


def _moment(name: str) -> datetime | None:
    written = request.args.get(name)
    return datetime.fromisoformat(written) if written else None


def _body() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Refusal(400, "Unexpected token in JSON")
    return sent


def _data(data: Any) -> Response:
    return jsonify(status="success", data=data)


def _refused(status: int, message: str) -> tuple[Response, int]:
    error = {"code": _CODES.get(status, "InternalServerErrorException"), "message": message}
    return jsonify(status="error", timestamp=time_of(datetime.now(UTC)), path=request.path, error=error), status
