"""The consent screens, walked through as a person does."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from bs4 import BeautifulSoup

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.settings import MINIMUM_SCOPES, OWNERS_SCOPE
from hubspot_sandbox.tests.browsing import Browser

APP = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"}
CALLBACK = "http://localhost:8000/integrations/hubspot/callback"
LINK = {
    "client_id": "sandbox-client-id",
    "redirect_uri": CALLBACK,
    "scope": " ".join(MINIMUM_SCOPES),
    "state": "a state & more",
}


@pytest.fixture
def person(sandbox: SandboxServer) -> Iterator[Browser]:
    with Browser(sandbox.url) as browser:
        yield browser


def install_url(account: str = "", **changed: str) -> str:
    return f"/oauth{account}/authorize?{urlencode({**LINK, **changed})}"


def returned(person: Browser) -> tuple[str, dict[str, str]]:
    """Where the browser was sent, and with what."""
    parts = urlsplit(person.answer.headers["Location"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts._replace(query="").geturl(), query


def test_a_person_signs_in_chooses_an_account_and_connects(sandbox: SandboxServer, person: Browser) -> None:
    person.open(install_url()).press("Sign in to the sandbox", email="mika@acme.co.jp")
    assert "Blue Harbour" in person.words
    person.press("Choose account", account="7654321")
    assert "Connect HubSync to Blue Harbour (sandbox)?" in person.words
    assert "Create, change and archive contacts" in person.words
    person.press("Connect app")
    address, query = returned(person)
    assert address == CALLBACK
    assert query["state"] == "a state & more"
    form = {**APP, "grant_type": "authorization_code", "code": query["code"], "redirect_uri": CALLBACK}
    tokens = requests.post(f"{sandbox.url}/oauth/2026-09/token", data=form, timeout=10).json()
    assert tokens["hub_id"] == 7654321
    assert tokens["scopes"] == list(MINIMUM_SCOPES)
    assert [install.user_email for install in sandbox.state.installs] == ["mika@acme.co.jp"]


def test_a_japanese_person_reads_japanese_on_the_way(person: Browser) -> None:
    person.headers["Accept-Language"] = "ja,en-US;q=0.7"
    person.open(install_url())
    read = [str(person.page)]
    for button in ("サンドボックスにログイン", "アカウントを選択"):
        read.append(str(person.press(button).page))
    assert "HubSyncをAcme Trading (sandbox)に接続しますか？" in person.words
    assert "コンタクトを作成、変更、アーカイブする" in person.words
    for html in read:
        page = BeautifulSoup(html, "html.parser")
        assert page.html is not None
        assert page.html["lang"] == "ja"
        assert [each for each in page.stripped_strings if re.search(r"[a-z]+ [a-z]+ [a-z]+", each)] == []
    assert urlsplit(person.press("アプリを接続").answer.headers["Location"]).path.endswith("/callback")


def test_cancel_goes_back_with_access_denied_and_connects_nothing(sandbox: SandboxServer, person: Browser) -> None:
    person.open(install_url("/1234567")).press("Sign in").press("Cancel")
    address, query = returned(person)
    assert address == CALLBACK
    assert (query["error"], query["state"]) == ("access_denied", "a state & more")
    assert query["error_description"]
    assert len(sandbox.state.installs) == 0


def test_somebody_signed_in_is_not_asked_again(person: Browser) -> None:
    person.open(install_url()).press("Sign in")
    assert "Choose an account" in person.open(install_url()).words
    person.open(install_url("/1234567")).press("Sign in as somebody else")
    assert "Sign in to the sandbox" in person.words


def test_the_redirect_keeps_a_query_of_its_own_and_leaves_out_a_missing_state(
    sandbox: SandboxServer, person: Browser
) -> None:
    callback = "http://localhost:8000/back?team=1"
    app = sandbox.state.apps.get("sandbox-client-id")
    assert app is not None
    app.redirect_urls.append(callback)
    query = urlencode({n: v for n, v in LINK.items() if n != "state"} | {"redirect_uri": callback})
    person.open(f"/oauth/1234567/authorize?{query}").press("Sign in").press("Connect app")
    address, query_back = returned(person)
    assert address == "http://localhost:8000/back"
    assert set(query_back) == {"team", "code"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "nobody"}, "not known"),
        ({"redirect_uri": "http://localhost:8000/other"}, "redirect URL does not match"),
        ({"redirect_uri": CALLBACK + "?x=1"}, "redirect URL does not match"),
        ({"scope": "oauth crm.objects.contacts.read"}, "missing: crm.objects.contacts.write"),
        ({"scope": LINK["scope"] + " tickets"}, "not registered: tickets"),
        ({"scope": LINK["scope"] + " crm.objects.owners.read"}, "not registered: crm.objects.owners.read"),
        ({"optional_scope": "crm.objects.owners.read tickets"}, "not registered: tickets"),
        ({"scope": ""}, "names no permissions"),
        ({"code_challenge": "abc", "code_challenge_method": "plain"}, "S256"),
    ],
)
@pytest.mark.parametrize("account", ["", "/1234567"])
def test_a_wrong_install_url_stops_at_a_page_and_never_redirects(
    person: Browser, changed: dict[str, str], said: str, account: str
) -> None:
    person.open(install_url()).press("Sign in")
    person.open(install_url(account, **changed))
    assert person.answer.status_code == 400
    assert "Location" not in person.answer.headers
    assert said in person.words


def granted(sandbox: SandboxServer, person: Browser, **changed: str) -> tuple[list[str], str]:
    """The scopes of the tokens that come of the install URL, and the refresh token."""
    person.open(install_url("/1234567", **changed))
    if "Sign in to the sandbox" in person.words:
        person.press("Sign in")
    person.press("Connect app")
    form = {
        **APP,
        "grant_type": "authorization_code",
        "redirect_uri": CALLBACK,
        "code": returned(person)[1]["code"],
    }
    tokens = requests.post(f"{sandbox.url}/oauth/2026-09/token", data=form, timeout=10).json()
    asked = {**APP, "token": tokens["refresh_token"], "token_type_hint": "refresh_token"}
    told = requests.post(f"{sandbox.url}/oauth/2026-09/token/introspect", data=asked, timeout=10).json()
    assert told["scopes"] == tokens["scopes"]
    return tokens["scopes"], tokens["refresh_token"]


def test_what_is_asked_for_as_optional_is_granted_and_a_second_authorization_may_have_more(
    sandbox: SandboxServer, person: Browser
) -> None:
    least, former = granted(sandbox, person)
    more, _ = granted(sandbox, person, optional_scope=OWNERS_SCOPE)
    assert (least, more) == (list(MINIMUM_SCOPES), [*MINIMUM_SCOPES, OWNERS_SCOPE])
    assert [install.scopes for install in sandbox.state.installs] == [more]
    form = {**APP, "grant_type": "refresh_token", "refresh_token": former}
    renewed = requests.post(f"{sandbox.url}/oauth/2026-09/token", data=form, timeout=10)
    assert renewed.json()["scopes"] == least
    sandbox.state.change_switches(second_authorization_ends_former_tokens=True)
    granted(sandbox, person, optional_scope=OWNERS_SCOPE)
    assert requests.post(f"{sandbox.url}/oauth/2026-09/token", data=form, timeout=10).status_code == 400


def test_an_account_without_a_feature_leaves_out_optional_scopes_and_refuses_required_ones(
    sandbox: SandboxServer, person: Browser
) -> None:
    account, app = sandbox.state.accounts.get(1234567), sandbox.state.apps.get(APP["client_id"])
    assert account is not None
    assert app is not None
    account.lacking_scopes, app.conditional_scopes = [OWNERS_SCOPE, "automation"], ["automation"]
    assert granted(sandbox, person, optional_scope=OWNERS_SCOPE)[0] == list(MINIMUM_SCOPES)
    person.open(install_url("/1234567", scope=f"{LINK['scope']} automation"))
    assert person.answer.status_code == 400
    assert "doesn't have access to some HubSpot features" in person.words
    account.lacking_scopes = []
    assert "automation" in granted(sandbox, person, scope=f"{LINK['scope']} automation")[0]


def test_an_unknown_account_stops_at_a_page(person: Browser) -> None:
    person.open(install_url("/42"))
    assert (person.answer.status_code, "There is no account 42" in person.words) == (400, True)


def test_consent_cannot_be_given_signed_out_or_from_another_site(sandbox: SandboxServer, person: Browser) -> None:
    url = sandbox.url + install_url("/1234567")
    signed_out = requests.post(url, data={"answer": "connect"}, timeout=10, allow_redirects=False)
    assert "code=" not in signed_out.headers["Location"]
    person.open(install_url("/1234567")).press("Sign in")
    foreign = person.post(
        url, data={"answer": "connect"}, headers={"Origin": "https://evil.test"}, timeout=10, allow_redirects=False
    )
    assert foreign.status_code == 403
    assert len(sandbox.state.installs) == 0


def test_the_session_cookie_has_a_name_of_its_own_and_stays_with_the_site(person: Browser) -> None:
    person.open(install_url())
    answer = person.post(person.base + "/sandbox/sign-in", data={"next": "/"}, timeout=10, allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("hubspot_sandbox_session=")
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test/", "/\\evil.test/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(person: Browser, wanted: str) -> None:
    answer = person.post(
        person.base + "/sandbox/sign-in", data={"next": wanted}, timeout=10, allow_redirects=False
    )
    assert answer.headers["Location"] == "/"
