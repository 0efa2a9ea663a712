"""HubSpot's error bodies, as exceptions that the app turns into responses.

Every field of the envelope is optional in HubSpot's documentation; these are the ones observed.
https://developers.hubspot.com/docs/api-reference/error-handling
"""

import uuid
from typing import Any

from flask import Response, jsonify

SCOPES_PAGE = "https://developers.hubspot.com/scopes"


class ApiError(Exception):
    """Ends a call with a HubSpot error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        category: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = error_body(message, category, **more)

    def response(self) -> Response:
        """The answer to send."""
        response = jsonify(self.body)
        response.status_code = self.status
        response.headers.extend(self.headers)
        return response


def error_body(message: str, category: str | None = None, **more: Any) -> dict[str, Any]:
    """The envelope: status, message, correlationId, and the optional fields that are given."""
    body: dict[str, Any] = {"status": "error", "message": message, "correlationId": str(uuid.uuid4())}
    body.update({name: value for name, value in more.items() if value is not None})
    if category is not None:
        body["category"] = category
    return body


def not_found() -> ApiError:
    """404 for a record, property or path that is not there."""
    return ApiError(404, "resource not found", category="OBJECT_NOT_FOUND")


def credentials_not_found() -> ApiError:
    """401 for a missing or unknown token."""
    return ApiError(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find "
        "more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        category="INVALID_AUTHENTICATION",
    )


def token_expired(seconds_ago: int, expired_at: str) -> ApiError:
    """401 for a token past its time."""
    return ApiError(
        401,
        f"The OAuth token used to make this call expired {seconds_ago} second(s) ago.",
        category="EXPIRED_AUTHENTICATION",
        context={"expire time": [expired_at]},
    )


def owners_scope_missing() -> ApiError:
    """403 of the owners calls, which names a scope of before, and not the one that is needed.

    https://github.com/HubSpot/hubspot-api-nodejs/issues/268
    """
    return _scopes_missing({"requiredScopes": ["contacts"]})


def scopes_missing(scopes: list[str]) -> ApiError:
    """403 naming the scopes of which one is needed."""
    return _scopes_missing({"requiredGranularScopes": scopes})


def _scopes_missing(context: dict[str, list[str]]) -> ApiError:
    return ApiError(
        403,
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes "
        f"here: {SCOPES_PAGE}.",
        category="MISSING_SCOPES",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": context,
            }
        ],
        links={"scopes": SCOPES_PAGE},
    )
