"""The pages of connected apps (Settings > Integrations) and of the account setting about companies."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.grants import live_access_token
from hubspot_sandbox.pages.labels import SCOPE_WORDS
from hubspot_sandbox.pages.layout import account_or_404, page_blueprint, show

apps = page_blueprint("sandbox_apps")


@apps.get("/integrations-settings/<int:account_id>/installed")
def connected(account_id: int) -> str:
    """The apps that are connected to an account."""
    state, account = sandbox_state(), account_or_404(account_id)
    with state.lock:
        connected = [
            {
                "install": install,
                "app": state.apps.get(install.client_id),
                "refresh": _counted(state.refresh_tokens, install, lambda t: not t.revoked),
                "access": _counted(
                    state.access_tokens, install, lambda t: live_access_token(state, t.token) is not None
                ),
            }
            for install in state.installs
            if install.account_id == account.id
        ]
        gone = request.args.get("gone", "")
        return show("apps", account, connected=connected, scope_words=SCOPE_WORDS, gone=gone)


def _counted(tokens, install, works) -> int:  # type: ignore[no-untyped-def]  # tokens of either kind
    return sum(
        1 for t in tokens if (t.account_id, t.client_id) == (install.account_id, install.client_id) and works(t)
    )


@apps.post("/integrations-settings/<int:account_id>/uninstall")
def uninstall(account_id: int) -> Response:
    """Take an app out of the account; HubSpot tells the app nothing."""
    state, account = sandbox_state(), account_or_404(account_id)
    client_id = request.form.get("client_id", "")
    app = state.apps.get(client_id)
    state.uninstall(account.id, client_id)
    gone = app.name if app else _("The app")
    return redirect(url_for(".connected", account_id=account.id, gone=gone), code=303)


@apps.post("/integrations-settings/<int:account_id>/permissions")
def change_permissions(account_id: int) -> Response:
    """Give the app's optional permissions, or take them away; the app is told nothing."""
    state, account = sandbox_state(), account_or_404(account_id)
    app = state.apps.get(request.form.get("client_id", ""))
    if app is not None:
        give = [scope for scope in request.form.getlist("scope") if scope in app.optional_scopes]
        take = [scope for scope in app.optional_scopes if scope not in give]
        state.change_scopes(account.id, give=give, take=take)
    return redirect(url_for(".connected", account_id=account.id), code=303)


@apps.get("/settings/<int:account_id>/companies")
def companies_setting(account_id: int) -> str:
    """The account setting "Create and associate companies with contacts"."""
    account = account_or_404(account_id)
    return show("companies_setting", account, saved="saved" in request.args)


@apps.post("/settings/<int:account_id>/companies")
def change_companies_setting(account_id: int) -> Response:
    """Switch it."""
    state, account = sandbox_state(), account_or_404(account_id)
    with state.lock:
        account.auto_companies = request.form.get("auto_companies") == "on"
        account.inline_association_holds_back = request.form.get("inline_association_holds_back") == "on"
        state.accounts.put(account)
    return redirect(url_for(".companies_setting", account_id=account.id, saved=1), code=303)
