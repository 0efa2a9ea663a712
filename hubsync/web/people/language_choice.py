"""Choice of a language by somebody who is not signed in, from the foot of a page; the browser keeps it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from hubsync.web.shell.i18n import catalogues, keep_language

pages = Blueprint("language", __name__)


@pages.post("/language")
def choose() -> ResponseReturnValue:
    """Keep the language in a cookie and go back to the page that the press was on, as the browser names it.

    The form does not name it: the address of a mailed link is a secret, which stands on no page.
    """
    language = request.form.get("language", "")
    if language not in catalogues():
        abort(400)
    keep_language(language)
    return redirect(_find_page(urlsplit(request.referrer or "").path), 303)


def _find_page(path: str) -> str:
    """The address of the page at *path*; of the one to sign in where *path* leads to none that can be opened."""
    # An endpoint and its values, never what was sent: an address could lead to another site.
    try:
        endpoint, values = current_app.create_url_adapter(request).match(path, "GET")  # type: ignore[union-attr]
    except HTTPException:
        return url_for("signin.sign_in")
    return url_for(endpoint, **values)
