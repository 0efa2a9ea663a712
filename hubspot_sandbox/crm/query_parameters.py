"""Query parameters of a call."""

from flask import request

from hubspot_sandbox.api_errors import ApiError


def names_asked(field: str) -> list[str]:
    """A comma-separated field, which may also be repeated."""
    return [name for value in request.args.getlist(field) for name in value.split(",") if name]


def number_asked(field: str, default: int) -> int:
    """A field that is a number; raises ApiError 400 for anything else."""
    text = request.args.get(field) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ApiError(400, f"{field} must be a number", category="VALIDATION_ERROR")
    return int(text)
