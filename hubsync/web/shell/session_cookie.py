"""Session cookie: Flask's, signed with SHA-256 in place of SHA-1."""

from __future__ import annotations

import hashlib

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class SessionCookie(SecureCookieSessionInterface):
    """What Flask keeps of a browser in its cookie; cookies of former secret keys are still read."""

    digest_method = staticmethod(hashlib.sha256)


def register(app: Flask) -> None:
    """Let *app* keep its sessions so."""
    app.session_interface = SessionCookie()
