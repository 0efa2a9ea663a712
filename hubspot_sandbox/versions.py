"""API versions: one set of handlers answers under several paths.

The dated versions are the current ones, v3 and v4 (and OAuth v1) the legacy ones that are still answered.
https://developers.hubspot.com/docs/developer-tooling/platform/versioning
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, request

CURRENT = "2026-09"
DATED_VERSIONS = (CURRENT, "2026-03")

View = TypeVar("View", bound=Callable[..., Any])


def is_current_version() -> bool:
    """Whether this request's path names the current version."""
    return CURRENT in request.path.split("/")


def under_versions(
    blueprint: Blueprint, pattern: str, *, legacy: tuple[str, ...], methods: tuple[str, ...]
) -> Callable[[View], View]:
    """Register a view once for every version: ``{v}`` in *pattern* becomes each dated version, and *legacy*
    are complete paths answered by the same view."""

    def register(view: View) -> View:
        for version in DATED_VERSIONS:
            blueprint.add_url_rule(pattern.replace("{v}", version), view_func=view, methods=list(methods))
        for path in legacy:
            blueprint.add_url_rule(path, view_func=view, methods=list(methods))
        return view

    return register
