"""Parser of the install URL that an app sends its users to; it says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from hubspot_sandbox.entities import Account, App
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
    optional_scopes: list[str]
    state: str | None
    challenge: str | None


def read_link(state: SandboxState, query: Mapping[str, str]) -> InstallLink:
    """The install URL's parts; raises LinkRefused.

    The redirect URL must be one registered for the app, exactly. ``scope`` must name all of the app's required
    scopes and may name conditionally required ones, ``optional_scope`` optional ones; a scope that the app's
    project file does not list there stops the installation.
    https://developers.hubspot.com/changelog/upcoming-public-apps-will-require-a-redirect-url-in-the-auth-settings
    https://developers.hubspot.com/changelog/advanced-auth-and-scope-settings-for-public-apps
    """
    app = state.apps.get(query.get("client_id", ""))
    if app is None:
        raise LinkRefused(_("The app that sent you here is not known."), _("Check its client id."))
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri not in app.redirect_urls:
        raise LinkRefused(
            _("The redirect URL does not match one that is registered for the app."),
            _(
                "It was %(address)s. Registered: %(addresses)s.",
                address=redirect_uri or _("missing"),
                addresses=", ".join(app.redirect_urls) or _("none"),
            ),
        )
    asked, optional = (list(dict.fromkeys(query.get(name, "").split())) for name in ("scope", "optional_scope"))
    _compare_scopes(app, asked, optional)
    return InstallLink(app, redirect_uri, asked, optional, query.get("state"), _challenge(query))


def granted_scopes(link: InstallLink, account: Account) -> list[str]:
    """What the account's users grant: all that is required, and what it has of the optional ones.

    Optional scopes of features that the account is without are left out silently; raises LinkRefused when one
    that is required is among these. HubSpot's words: https://github.com/microsoft/PowerPlatformConnectors/issues/2309
    """
    lacking = [scope for scope in link.scopes if scope in account.lacking_scopes]
    if lacking:
        raise LinkRefused(
            _("This account doesn't have access to some HubSpot features that are required by this app."),
            _("Scopes: %(scopes)s.", scopes=", ".join(lacking)),
        )
    optional = [scope for scope in link.optional_scopes if scope not in account.lacking_scopes]
    return list(dict.fromkeys(link.scopes + optional))


def _compare_scopes(app: App, asked: list[str], optional: list[str]) -> None:
    if not asked:
        raise LinkRefused(_("The address names no permissions."), _("Add scope with the app's permissions."))
    if not app.required_scopes:
        return
    missing = [scope for scope in app.required_scopes if scope not in asked]
    unknown = [scope for scope in asked if scope not in app.required_scopes + app.conditional_scopes]
    unknown += [scope for scope in optional if scope not in app.optional_scopes]
    if missing or unknown:
        said = [_("Scopes missing: %(scopes)s.", scopes=", ".join(missing))] if missing else []
        said += [_("Scopes not registered: %(scopes)s.", scopes=", ".join(unknown))] if unknown else []
        raise LinkRefused(_("The permissions in the address do not match those of the app."), " ".join(said))


def _challenge(query: Mapping[str, str]) -> str | None:
    challenge = query.get("code_challenge")
    if challenge and query.get("code_challenge_method") != "S256":
        raise LinkRefused(_("The way the code is protected is not known."), _("Use code_challenge_method=S256."))
    return challenge or None
