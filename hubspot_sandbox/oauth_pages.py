"""The OAuth consent pages: sign in, choose an account, consent.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.grants import connect_app
from hubspot_sandbox.install_links import InstallLink, LinkRefused, granted_scopes, read_link
from hubspot_sandbox.pages.labels import SCOPE_WORDS
from hubspot_sandbox.pages.layout import own_path, page_blueprint, show

oauth_pages = page_blueprint("sandbox_oauth_pages")

#: The key of the session that holds who is signed in.
USER = "user_email"


@oauth_pages.errorhandler(LinkRefused)
def stop(problem: LinkRefused) -> tuple[str, int]:
    """HubSpot's page stops with a message and never redirects when the install URL is wrong."""
    return show("oauth_stopped", message=str(problem), advice=problem.advice), 400


@oauth_pages.get("/oauth/authorize")
def authorize() -> str | Response:
    """Sign in, then choose the account."""
    state = sandbox_state()
    link = read_link(state, request.args)
    if USER not in session:
        return _sign_in()
    chosen = request.args.get("account")
    if chosen is not None and state.accounts.get(chosen) is not None:
        rest = [(name, value) for name, value in request.args.items(multi=True) if name != "account"]
        return redirect(f"{url_for('.consent', account_id=chosen)}?{urlencode(rest)}", code=303)
    return show(
        "oauth_accounts", app=link.app, accounts=list(state.accounts), query=_query(), missing=chosen is not None
    )


@oauth_pages.get("/oauth/<int:account_id>/authorize")
def consent(account_id: int) -> str:
    """What the app asks for, with Connect app and Cancel."""
    state = sandbox_state()
    link = read_link(state, request.args)
    account = state.accounts.get(account_id)
    if account is None:
        raise LinkRefused(
            _("There is no account %(account)s in this sandbox.", account=account_id),
            _("Leave the account out of the address."),
        )
    if USER not in session:
        return _sign_in()
    return show(
        "oauth_consent",
        app=link.app,
        chosen=account,
        scopes=[(scope, SCOPE_WORDS.get(scope, scope)) for scope in granted_scopes(link, account)],
        host=urlsplit(link.redirect_uri).netloc,
        user=session[USER],
        address=request.full_path,
    )


@oauth_pages.post("/oauth/<int:account_id>/authorize")
def answer_consent(account_id: int) -> Response:
    """Connect, or say no; either leads back to the app."""
    state = sandbox_state()
    link = read_link(state, request.args)
    account = state.accounts.get(account_id)
    if account is None or USER not in session:
        return redirect(request.full_path, code=303)
    if request.form.get("answer") != "connect":
        # HubSpot does not document what a declined consent returns; these are RFC 6749's words (4.1.2.1).
        return _back(link, error="access_denied", error_description="The user declined the installation.")
    scopes = granted_scopes(link, account)
    code = connect_app(state, link.app, account, session[USER], scopes, link.redirect_uri, link.challenge)
    return _back(link, code=code)


@oauth_pages.post("/sandbox/sign-in")
def sign_in() -> Response:
    """Take any e-mail address for a user of every account."""
    session[USER] = request.form.get("email", "").strip() or _usual_user()
    return redirect(own_path(request.form.get("next", "/")), code=303)


@oauth_pages.post("/sandbox/sign-out")
def sign_out() -> Response:
    """Forget who is signed in."""
    session.clear()
    return redirect(own_path(request.form.get("next", "/")), code=303)


def _sign_in() -> str:
    return show("sign_in", next=request.full_path, email=_usual_user())


def _usual_user() -> str:
    return next(iter(sandbox_state().accounts)).user_email


def _query() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "account"]


def _back(link: InstallLink, **added: str) -> Response:
    parts = urlsplit(link.redirect_uri)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *added.items()]
    if link.state is not None:
        query.append(("state", link.state))
    return redirect(urlunsplit(parts._replace(query=urlencode(query))), code=302)
