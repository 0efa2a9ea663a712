"""Parser of the install URL that an app sends its users to; it says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from hubspot_sandbox.entities import App
from hubspot_sandbox.state import SandboxState


class LinkRefused(Exception):
    """An install URL HubSpot's page would stop at; *advice* says what to change."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True)
class InstallLink:
    """A checked install URL; *challenge* is PKCE's, made with S256, or None."""

    app: App
    redirect_uri: str
    scopes: list[str]
    state: str | None
    challenge: str | None


def read_link(state: SandboxState, query: Mapping[str, str]) -> InstallLink:
    """The install URL's parts; raises LinkRefused.

    The redirect URL must be one registered for the app, exactly, and ``scope`` must name all of the app's
    required scopes; others may stand in ``optional_scope``, of which the registered ones are granted.
    https://developers.hubspot.com/changelog/upcoming-public-apps-will-require-a-redirect-url-in-the-auth-settings
    """
    app = state.apps.get(query.get("client_id", ""))
    if app is None:
        raise LinkRefused("The app that sent you here is not known.", "Check its client id.")
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri not in app.redirect_urls:
        raise LinkRefused(
            "The redirect URL does not match one that is registered for the app.",
            f"It was {redirect_uri or 'missing'}. Registered: {', '.join(app.redirect_urls) or 'none'}.",
        )
    scopes = _scopes(app, query)
    return InstallLink(app, redirect_uri, scopes, query.get("state"), _challenge(query))


def _scopes(app: App, query: Mapping[str, str]) -> list[str]:
    asked, optional = query.get("scope", "").split(), query.get("optional_scope", "").split()
    if not asked:
        raise LinkRefused("The address names no permissions.", "Add scope with the app's permissions.")
    if not app.required_scopes:
        return list(dict.fromkeys(asked + optional))
    missing = [scope for scope in app.required_scopes if scope not in asked]
    unknown = [scope for scope in asked if scope not in app.required_scopes + app.optional_scopes]
    if missing or unknown:
        said = [f"missing: {', '.join(missing)}"] if missing else []
        said += [f"not registered: {', '.join(unknown)}"] if unknown else []
        raise LinkRefused(
            "The permissions in the address do not match those of the app.",
            f"Scopes {'; '.join(said)}.",
        )
    granted = [scope for scope in optional if scope in app.optional_scopes]
    return list(dict.fromkeys(asked + granted))


def _challenge(query: Mapping[str, str]) -> str | None:
    challenge = query.get("code_challenge")
    if challenge and query.get("code_challenge_method") != "S256":
        raise LinkRefused("The way the code is protected is not known.", "Use code_challenge_method=S256.")
    return challenge or None
