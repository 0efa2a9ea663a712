"""The switch in every page's foot: the language that this browser is spoken to."""

from flask import redirect, request
from werkzeug.wrappers import Response

from hubspot_sandbox.pages.layout import own_path, page_blueprint
from hubspot_sandbox.pages.wording import CHOSEN, LANGUAGES

languages = page_blueprint("sandbox_languages")

_KEPT_SECONDS = 365 * 24 * 60 * 60


@languages.post("/sandbox/language")
def choose() -> Response:
    """Keep the choice in a cookie, and go back."""
    answer = redirect(own_path(request.form.get("next", "/")), code=303)
    if (chosen := request.form.get("language", "")) in LANGUAGES:
        answer.set_cookie(CHOSEN, chosen, max_age=_KEPT_SECONDS, httponly=True, samesite="Lax")
    return answer
