"""What every answer carries, and which requests are turned away before any page sees them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

from hubspot_sandbox.server import SandboxServer
from hubsync.paths import FILES
from hubsync.store.teams import Team
from hubsync.web import CSRF_EXEMPT
from hubsync.web.shell.headers import content_security_policy
from tests.kit.apps import new_app
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.settings import BASE_URL, OWNER, make_settings

PAGES = ("/signin", "/nowhere", "/healthz", "/static/shell/shell.css", "/teams/acme/settings", "/book/nowhere")


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_keeps_foreign_content_out(owner: Browser, sandbox: SandboxServer, address: str) -> None:
    with owner.get(address) as answer:
        headers = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert (policy["require-trusted-types-for"], policy["trusted-types"]) == ("'script'", "hubsync")
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == f"'self' {sandbox.url}"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(), " in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers, "only an https installation may promise https"


def test_text_becomes_html_in_one_place_alone() -> None:
    sink = re.compile(
        r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|parseFromString|setHTMLUnsafe|srcdoc"
        r"|createContextualFragment|\beval\(|new Function"
    )
    found = [(path.name, len(sink.findall(path.read_text()))) for path in (FILES / "static").rglob("*.js")]
    assert [each for each in found if each[1]] == [("page.js", 1)]


def test_other_sites_may_load_what_is_made_for_them_alone(app: Flask) -> None:
    for name, policy in (("bookings/embed.js", "cross-origin"), ("bookings/embedded.js", "same-origin")):
        with Browser(app).get(f"/static/{name}") as answer:
            assert answer.headers["Cross-Origin-Resource-Policy"] == policy


def test_signing_out_empties_the_browsers_cache(owner: Browser) -> None:
    answer = owner.client.post("/signout", base_url=BASE_URL, data={"csrf_token": owner.token("/account")})
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_hubspots_regional_screens_may_take_over_the_redirect() -> None:
    assert "https://app.hubspot.com https://*.hubspot.com" in content_security_policy("https://app.hubspot.com")
    assert "*" not in content_security_policy("https://hubspot.com.evil.example")


def test_pages_behind_the_sign_in_are_not_kept_by_the_browser(owner: Browser) -> None:
    assert owner.get("/teams/acme/settings").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "address", "goes_to"),
    [
        ("http://127.0.0.1:8000", "/signin?a=b%20c", f"{BASE_URL}/signin?a=b%20c"),
        ("http://evil.example", "/a%3Fb%0d%0aSet-Cookie:%20x=y", f"{BASE_URL}/a%3Fb%0D%0ASet-Cookie%3A%20x%3Dy"),
        ("http://localhost:9999", "/", f"{BASE_URL}/"),
    ],
)
def test_another_host_name_leads_to_the_base_url(app: Flask, asked: str, address: str, goes_to: str) -> None:
    answer = app.test_client().get(address, base_url=asked)
    assert answer.status_code == 302
    assert answer.headers["Location"] == goes_to


def test_a_path_that_looks_like_a_host_stays_a_path(app: Flask) -> None:
    environment = EnvironBuilder(base_url="http://127.0.0.1:8000").get_environ()
    _, status, headers = run_wsgi_app(app, {**environment, "PATH_INFO": "//evil.example/x"})
    assert status.startswith("302")
    assert headers["Location"] == f"{BASE_URL}/evil.example/x"


def test_health_checks_may_come_by_another_name(app: Flask) -> None:
    answer = app.test_client().get("/healthz", base_url="http://10.0.0.7:8000")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


FOREIGN = (
    "evil.test",
    "localhost",
    "localhost:9000",
    "localhost:8000.evil.test",
    "127.0.0.1:8000",
    "local host",
    "",
)


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.quick_cases(3)
def test_nothing_is_changed_under_another_host_name(app: Flask, host: str) -> None:
    for address in ("/signin", "/signout", "/book/nobody", "/nowhere", "/static/shell/shell.css"):
        for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
            answer = app.test_client().open(address, method=method, headers={"Host": host})
            assert answer.status_code == 400, (address, method)
            assert "a host name that HubSync does not go by" in words(answer)


def test_webhooks_may_come_by_an_internal_name(app: Flask) -> None:
    for host in FOREIGN:
        assert app.test_client().post("/intake/json/nobody", headers={"Host": host}).status_code == 401
        at_home, abroad = (
            app.test_client().post("/healthz", headers={"Host": at}) for at in ("localhost:8000", host)
        )
        told = abroad.text.replace(abroad.headers["X-Request-ID"], at_home.headers["X-Request-ID"])
        assert (abroad.status_code, told) == (at_home.status_code, at_home.text)


@pytest.mark.sqlite("makes an app of its own; it is about the addresses of requests")
@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://hubsync.acme.example", "hubsync.acme.example"),
        ("https://hubsync.acme.example:443", "hubsync.acme.example"),
        ("https://HubSync.Acme.Example:8443", "hubsync.acme.example:8443"),
        ("http://localhost:80", "LOCALHOST"),
    ],
)
def test_a_proxy_hands_on_the_host_and_no_other_header_can_change_it(
    tmp_path: Path, base_url: str, host: str
) -> None:
    settings = make_settings(BASE_URL=base_url, TRUSTED_PROXIES="1")
    with new_app(settings, tmp_path / "instance") as app:
        client = app.test_client()
        forwarded = {"X-Forwarded-Proto": base_url.split(":")[0], "X-Forwarded-Host": "evil.test", "Host": host}
        assert client.get("/nowhere", headers=forwarded).status_code == 404
        assert "no longer valid" in words(client.post("/signin", headers=forwarded))
        swapped = {**forwarded, "Host": "evil.test", "X-Forwarded-Host": host}
        assert "does not go by" in words(client.post("/signin", headers=swapped))
        assert client.get("/nowhere", headers=swapped).status_code == 302


def unsafe_rules(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint.split(".")[0] not in CSRF_EXEMPT
    ]


def address_of(rule: Rule) -> str:
    values = {name: "acme" if name == "team_slug" else 1 for name in rule.arguments}
    built = rule.build(values, append_unknown=False)
    assert built is not None, rule
    return built[1]


def test_no_form_is_taken_without_its_token(app: Flask, owner: Browser) -> None:
    rules = unsafe_rules(app)
    assert len(rules) > 15
    for rule in rules:
        answer = owner.client.post(address_of(rule), base_url=BASE_URL, data={"name": "x"})
        assert answer.status_code == 400, rule
        assert "This form is no longer valid" in words(answer), rule


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_form_is_taken_from_another_site(app: Flask, owner: Browser, site: str) -> None:
    token = owner.token("/teams/acme/settings")
    for rule in unsafe_rules(app):
        answer = owner.client.post(
            address_of(rule),
            base_url=BASE_URL,
            data={"csrf_token": token},
            headers={"Sec-Fetch-Site": site},
        )
        assert answer.status_code == 400, rule
        assert "from another site" in words(answer), rule


def test_another_sessions_token_is_refused(app: Flask, owner: Browser) -> None:
    stolen = Browser(app).token("/signin")
    answer = owner.client.post("/signout", base_url=BASE_URL, data={"csrf_token": stolen})
    assert answer.status_code == 400


def test_what_is_exempt_is_webhooks_and_booking_pages(app: Flask, team: Team) -> None:
    assert set(CSRF_EXEMPT) == {"bookings", "intake"}
    assert set(CSRF_EXEMPT) <= set(app.blueprints)


def test_a_mistake_of_ours_is_a_page_with_a_reference(
    tmp_path: Path, database: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    def break_down() -> str:
        raise RuntimeError(f"secret of {OWNER}")

    with new_app(make_settings(**database), tmp_path / "instance") as app:
        app.add_url_rule("/broken", "broken", break_down)
        answer = Browser(app).get("/broken")
    assert answer.status_code == 500
    reference = re.search(r"name the reference (\w+)", words(answer))
    assert reference is not None
    assert words(answer).count(reference[1]) == 1
    assert reference[1] in caplog.text
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_wrong_method_says_which_ones_there_are(owner: Browser) -> None:
    answer = owner.get("/teams/acme/settings/name")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
