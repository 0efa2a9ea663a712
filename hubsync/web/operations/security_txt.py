"""`/.well-known/security.txt`: whom to tell of a fault in the safety of this installation.

https://www.rfc-editor.org/rfc/rfc9116
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, url_for

from hubsync.config import settings
from hubsync.services import now

LIFE = timedelta(days=180)
"""The standard wants less than a year; who reads it later asks again."""
pages = Blueprint("security_txt", __name__)


@pages.get("/.well-known/security.txt")
def show() -> Response:
    """The contacts of HUBSYNC_SECURITY_CONTACT; 404 where there are none."""
    contacts = settings().security_contact
    if not contacts:
        abort(404)
    lines = [f"Contact: {each}" for each in contacts]
    lines += [
        f"Expires: {now() + LIFE:%Y-%m-%dT00:00:00Z}",
        f"Canonical: {settings().base_url}{url_for('security_txt.show')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
