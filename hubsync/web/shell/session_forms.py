"""Forms of the pages behind a session, and the token that proves a form to be from a page of ours.

The token signs a random value that only the browser's session has (synchronizer token). It is Flask-WTF's, which
has no setting for SHA-256, nor for former keys.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData
from werkzeug.datastructures import ImmutableMultiDict
from wtforms.csrf.core import CSRF

from hubsync.config.signing import serializer

TOKEN = "csrf_token"  # noqa: S105  # the field's name, and that of the value in the session
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SALT = "form token"


class _FormTokens(CSRF):
    """Puts the token into forms. Whether it is good was said before the view: `_refuse_foreign_forms`."""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """WTForms calls this for the hidden field."""
        return make_token()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """WTForms calls this when a form is checked."""
        if not g.get("form_is_ours", False):
            check_token(field.data or "")


class Form(FlaskForm):
    """A form with our token; the base of all of them."""

    class Meta(FlaskForm.Meta):
        """What WTForms asks about a form."""

        csrf_class = _FormTokens  # type: ignore[assignment]  # declared as Flask-WTF's own

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What is read into the fields: texts. Flask-WTF adds files and JSON, which no field of ours takes."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return (request.form or None) if request.method in UNSAFE else None


def register(app: Flask, exempt: Collection[str]) -> None:
    """Refuse unsafe requests without a token, but for the blueprints *exempt*, and let templates make tokens."""
    app.jinja_env.globals[TOKEN] = make_token

    @app.before_request
    def _refuse_foreign_forms() -> None:
        if request.method not in UNSAFE or not request.endpoint or request.blueprint in exempt:
            return
        check_token(request.form.get(TOKEN, ""))
        if request.is_secure and _origin(request.referrer or "") != f"https://{request.host}":
            raise CSRFError("The form was sent by no page of ours.")
        g.form_is_ours = True
        _drop_nul()


def _drop_nul() -> None:
    """PostgreSQL takes no NUL in a text, not even in one that it is asked for; nobody types one."""
    sent = list(request.form.items(multi=True))
    if any("\x00" in value for _name, value in sent):
        request.form = ImmutableMultiDict([(name, value.replace("\x00", "")) for name, value in sent])


def make_token() -> str:
    """The token for forms of this page, one for all of them."""
    if TOKEN not in g:
        if not isinstance(session.get(TOKEN), str):
            session[TOKEN] = secrets.token_hex(32)
        setattr(g, TOKEN, serializer(_SALT).dumps(session[TOKEN]))
    token: str = g.get(TOKEN)
    return token


def check_token(token: str) -> None:
    """Raise CSRFError unless the token was made for this session; it lasts as long as that."""
    try:
        signed = serializer(_SALT).loads(token)
    except BadData:
        raise CSRFError("The form token is missing or was not made here.") from None
    if not hmac.compare_digest(str(session.get(TOKEN, "")), str(signed)):
        raise CSRFError("The form token is of another session.")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
