"""The page of the HubSpot app project: what it shows, and what it gives away."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from flask import Flask

from hubsync.config import settings
from hubsync.hubspot.oauth import SCOPES
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import Element, read_page, words

PAGE = "/teams/acme/settings/integrations/hubspot/app"
REDIRECT = "http://localhost:8000/integrations/hubspot/callback"


def find_marks(guide: Element) -> list[str]:
    """The marks of Markdown that are read on the page, instead of having taken effect."""
    return [mark for mark in ("**", "##", "| ", "`", "<https", "<a") if mark in words(guide.select_one("main"))]


def unpacked(owner: Browser) -> dict[str, str]:
    page = owner.open(PAGE)
    (button,) = page.select("a.btn-primary")
    answer = owner.get(str(button["href"]))
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name.split("/", 1)[1]: archive.read(name).decode() for name in archive.namelist()}


def test_the_page_shows_every_file_exactly_as_it_is_in_the_download(owner: Browser) -> None:
    files = unpacked(owner)
    shown = {block["id"]: block.get_text() for block in owner.open(PAGE).select("code[id^=file-]")}
    assert list(shown.values()) == [text for path, text in files.items() if path.endswith(".json")]
    headings = [heading.get_text() for heading in owner.open(PAGE).select("h3")]
    assert headings == ["hsproject.json", "src/app/app-hsmeta.json"]


def test_the_project_is_filled_in_for_this_installation(app: Flask, owner: Browser) -> None:
    files = unpacked(owner)
    auth = json.loads(files["src/app/app-hsmeta.json"])["config"]["auth"]
    assert auth["redirectUrls"] == [REDIRECT]
    assert auth["requiredScopes"] == list(SCOPES)
    page = owner.open(PAGE)
    assert page.select_one("#redirect-url")["value"] == REDIRECT
    assert all(scope in words(page) for scope in SCOPES)
    for command in ("npm install -g @hubspot/cli@latest", "hs account auth", "hs project upload"):
        assert page.select(f'input[value="{command}"]')
        assert command in files["README.md"]
    for setting in ("HUBSYNC_HUBSPOT_CLIENT_ID", "HUBSYNC_HUBSPOT_CLIENT_SECRET"):
        assert setting in words(page)
        assert setting in files["README.md"]


def test_what_connect_sends_is_what_the_project_declares(app: Flask, owner: Browser) -> None:
    """HubSpot compares both with the app, letter by letter."""
    auth = json.loads(unpacked(owner)["src/app/app-hsmeta.json"])["config"]["auth"]
    page = "/teams/acme/settings/integrations/hubspot"
    leaving = owner.post(f"{page}/connect", page=page)
    asked = dict(pair.split("=", 1) for pair in leaving.headers["Location"].split("?", 1)[1].split("&"))
    assert asked["redirect_uri"] == auth["redirectUrls"][0].replace(":", "%3A").replace("/", "%2F")
    assert asked["scope"].split("%20") == auth["requiredScopes"]


def test_no_secret_is_in_the_download_or_on_the_page(app: Flask, owner: Browser) -> None:
    with app.app_context():
        secrets = [app.config["SECRET_KEY"], settings().hubspot_client_id]
    secrets.append("client_secret")
    everything = "".join(unpacked(owner).values()) + owner.get(PAGE).text
    assert [secret for secret in secrets if secret in everything] == []


def test_the_same_download_twice_is_the_same_bytes(owner: Browser) -> None:
    assert owner.get(f"{PAGE}/project.zip").data == owner.get(f"{PAGE}/project.zip").data


def test_the_guide_can_be_read_from_the_page(owner: Browser) -> None:
    (link,) = [link for link in owner.open(PAGE).select("main a") if link.get_text() == "the guide"]
    guide = owner.open(str(link["href"]))
    assert [words(heading) for heading in guide.select("h1")] == ["From nothing to Connected"]
    steps = [words(heading) for heading in guide.select("main h3")]
    assert (steps[0], len(steps)) == ("1. Download the project", 9)
    assert "hs project upload" in words(guide.select("main pre")[3])
    assert "HUBSYNC_HUBSPOT_CLIENT_ID=<the client ID>" in words(guide)
    assert len(guide.select("main table")) == 2
    assert "crm.objects.contacts.read" in words(guide.select_one("main li pre"))
    assert not find_marks(guide)


def test_the_guide_is_in_the_readers_language_and_says_so(owner: Browser) -> None:
    guide = owner.open(f"{PAGE}/guide", headers={"Accept-Language": "ja"})
    assert words(guide.select_one("h1")) == "HubSpotアプリの作成から「接続済み」まで"
    assert [part.get("lang") for part in guide.select("[lang]:has(h2)")] == ["ja"]
    assert not find_marks(guide)


def test_an_address_that_hubspot_takes_is_not_warned_of(owner: Browser) -> None:
    assert "will not take" not in words(owner.open(PAGE))


class TestAtAnAddressThatHubSpotDoesNotTake:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"BASE_URL": "http://192.168.1.10:8000", "ALLOW_HTTP": "on"}

    def test_the_page_says_so_first(self, owner: Browser) -> None:
        answer = owner.client.get(PAGE, base_url="http://192.168.1.10:8000")
        page = read_page(answer.text)
        notice = page.select_one("main .notice")
        assert notice is not None
        assert "HubSpot will not take this redirect URL." in words(notice)
        assert "http://192.168.1.10:8000" in words(notice)
        assert page.select("a.btn-primary") == []

    @pytest.fixture
    def owner(self, app: Flask, team: Team) -> Browser:
        from hubsync.services.signin import links

        visitor = Browser(app)
        with app.app_context():
            token = links.redeem(links.make_link("owner@acme.example").rsplit("/", 1)[-1])
        with visitor.client.session_transaction(base_url="http://192.168.1.10:8000") as session:
            session["signed_in"] = token
        return visitor
