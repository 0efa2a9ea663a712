"""Icons: Bootstrap Icons, drawn into the page.

Bootstrap-Flask's ``render_icon`` writes an inline style, which our Content-Security-Policy refuses, and points at
a sprite of one megabyte; here the few shapes a page shows are taken out of that sprite once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Flask
from markupsafe import Markup

SPRITE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"


@cache
def _sprite() -> str:
    return SPRITE.read_text(encoding="utf-8")


@cache
def icon(name: str) -> Markup:
    """The icon *name* of Bootstrap Icons as an image that screen readers pass over; words stand beside it.

    Raises LookupError for a name that does not exist, so that a typing error is not a silent gap.
    """
    match = re.search(
        rf'<symbol[^>]*viewBox="([^"]+)"[^>]*id="{re.escape(name)}"[^>]*>(.*?)</symbol>', _sprite(), re.DOTALL
    )
    if not match:
        raise LookupError(f"Bootstrap Icons has no icon {name!r}")
    view_box, shape = match.groups()
    # Nothing of a person's goes in here: the sprite is a file of the installed package.
    return Markup(f'<svg class="icon" viewBox="{view_box}" aria-hidden="true">{shape}</svg>')  # noqa: S704


def register(app: Flask) -> None:
    """Offer ``icon(name)`` to every template."""
    app.jinja_env.globals["icon"] = icon
