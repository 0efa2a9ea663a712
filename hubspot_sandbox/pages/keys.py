"""The page of service keys (Development > Keys): static tokens of an account."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.pages.labels import SCOPE_WORDS
from hubspot_sandbox.pages.layout import account_or_404, page_blueprint, show
from hubspot_sandbox.settings import MINIMUM_SCOPES

keys = page_blueprint("sandbox_keys")


@keys.get("/service-keys/<int:account_id>")
def service_keys(account_id: int) -> str:
    """The account's keys, and the form for another."""
    return _page(account_id)


def _page(account_id: int, name: str = "", chosen: list[str] | None = None, error: str = "") -> str:
    state, account = sandbox_state(), account_or_404(account_id)
    with state.lock:
        return show(
            "keys",
            account,
            keys=[key for key in state.service_keys if key.account_id == account.id],
            scope_words=SCOPE_WORDS,
            chosen=list(MINIMUM_SCOPES) if chosen is None else chosen,
            name=name,
            error=error,
            new=request.args.get("new", type=int),
        )


@keys.post("/service-keys/<int:account_id>")
def add_service_key(account_id: int) -> Response | tuple[str, int]:
    """Make a key with the chosen scopes; without any it comes back with the form as typed."""
    state, account = sandbox_state(), account_or_404(account_id)
    name = request.form.get("name", "").strip()
    chosen = [scope for scope in request.form.getlist("scope") if scope in SCOPE_WORDS]
    if not chosen:
        return _page(account_id, name, chosen, _("Choose at least one permission.")), 400
    key = state.add_service_key(account.id, name or _("Service key"), chosen)
    return redirect(url_for(".service_keys", account_id=account.id, new=key.key_id), code=303)


@keys.post("/service-keys/<int:account_id>/<int:key_id>/delete")
def delete_service_key(account_id: int, key_id: int) -> Response:
    """End a key at once."""
    state, account = sandbox_state(), account_or_404(account_id)
    with state.lock:
        for key in state.service_keys:
            if (key.account_id, key.key_id) == (account.id, key_id):
                state.service_keys.remove(key.token)
    return redirect(url_for(".service_keys", account_id=account.id), code=303)
