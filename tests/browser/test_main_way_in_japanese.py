"""The main way of somebody whose browser speaks Japanese: from signing in to a booking that is posted by Retry.

What is pressed is found by its Japanese words, and no page of HubSync and no mail has a sentence without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from hubsync.services.operations.background_jobs import do_due_work
from tests.browser.windows import uncomplaining_window
from tests.kit.installation import Installation, installation
from tests.kit.mail_server import MailServer, body
from tests.kit.reading import is_english, read
from tests.kit.settings import OWNER

__all__ = ["installation"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

DATE = re.compile(r"20\d\d年1?\d月[1-3]?\d日")
SHORT_DATE = re.compile(r"20\d\d/1?\d/[1-3]?\d")
LINK = re.compile(r"http://localhost:\S+")
HUBSPOTS = "There was a problem with the request."
IN_HUBSPOT = ("サンドボックスにログイン", "アカウントを選択", "アプリを接続")


@pytest.fixture
def given(smtp: MailServer) -> dict[str, str]:
    """Mails go to the server of the tests."""
    return {"MAIL_PORT": str(smtp.port)}


@pytest.fixture
def page(chromium: Browser, installation: Installation) -> Iterator[Page]:
    """A Japanese window, closed before the installation is; the test fails if its console complained."""
    with uncomplaining_window(chromium, locale="ja-JP", reduced_motion="reduce") as window:
        yield window


def look(page: Page, *words: str | re.Pattern[str]) -> None:
    """The page has these *words*, is marked as Japanese, and has no sentence of another language."""
    for each in words:
        expect(page.locator("main")).to_contain_text(each)
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    shown = read(page.content(), "ja")
    english = [each for each in shown.pieces if is_english(each, shown.quoted)]
    assert english in ([], [HUBSPOTS]), page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, *names: str) -> None:
    for each in names:
        with page.expect_navigation():
            page.get_by_role("link", name=each).locator("visible=true").first.click()
        look(page)


def sent(smtp: MailServer, to: str, subject: str) -> EmailMessage:
    """The only mail with *subject* to somebody, which is in Japanese throughout."""
    (mail,) = [each for each in smtp.mails if subject in each["Subject"] and to in each["To"]]
    pieces = [mail["Subject"], *body(mail).splitlines()]
    if mail.get_body(("html",)):
        pieces += read(body(mail, "html"), "ja").pieces
    assert [each for each in pieces if is_english(each)] == []
    return mail


def sign_in(page: Page, installation: Installation, smtp: MailServer) -> None:
    page.goto(f"{installation.url}/signin")
    look(page, "ログイン")
    page.get_by_label("メールアドレス").fill(OWNER)
    page.locator("main form button").first.click()
    look(page, OWNER)
    smtp.wait_for_mail()
    page.goto(LINK.findall(body(sent(smtp, OWNER, "HubSyncのログインリンク")))[0])
    look(page, "ログイン")
    page.locator("main form button").first.click()
    page.wait_for_url("**/teams/**")


def connect(page: Page) -> None:
    follow(page, "チーム設定", "サービス連携", "HubSpot")
    press(page, "接続")
    for each in IN_HUBSPOT:
        press(page, each)
    look(page, "に接続済み")


def map_answers(page: Page) -> None:
    follow(page, "カレンダー", "新規カレンダー")
    page.fill("[name=name]", "製品デモ")
    page.select_option("[name=time_zone]", "Asia/Tokyo")
    page.locator("main form button").first.click()
    follow(page, "詳細設定")
    page.get_by_text("サービス連携を追加").first.click()
    follow(page, "HubSpot")
    page.select_option("[name=email]", label="メールアドレス（質問）")
    look(page, "HubSpotプロパティ名", "取得する情報")
    press(page, "保存")
    expect(page.locator(".notice").first).to_contain_text("保存しました")
    look(page)


def book(page: Page) -> None:
    """Book the first free time, as 森 花 of 北風株式会社."""
    follow(page, "製品デモ")
    page.goto(str(page.locator('a[href*="/book/"]').first.get_attribute("href")))
    look(page, DATE)
    page.locator("a.btn-time").first.click()
    look(page, DATE, "（必須）")
    page.get_by_label("会社名").fill("北風株式会社")
    page.get_by_label(re.compile("^名前")).fill("森 花")
    page.get_by_label(re.compile("^メールアドレス")).fill("hana@kitakaze.co.jp")
    press(page, "予約を確定")
    page.wait_for_url("**/confirmed/**")
    look(page, "ご予約が確定しました", DATE)


def test_from_signing_in_to_a_booking_that_is_posted_by_retry(
    page: Page, installation: Installation, smtp: MailServer
) -> None:
    sign_in(page, installation, smtp)
    connect(page)
    map_answers(page)
    faults = f"{installation.sandbox.url}/sandbox/api/faults"
    refusal = {"action": "status", "status": 400, "path": "objects", "times": None}
    requests.post(faults, json=refusal, timeout=60).raise_for_status()
    book(page)
    with installation.app.app_context():
        list(do_due_work())
    smtp.wait_for_mail(4)  # the sign-in link, the notice, and those to guest and host

    notice = sent(smtp, OWNER, "HubSpotに登録できていない予約があります")
    assert "1件の予約を登録できませんでした。" in body(notice)
    assert DATE.search(body(notice))
    to_guest = body(sent(smtp, "hana@kitakaze.co.jp", "製品デモ"))
    assert "ご予約が確定しました。" in to_guest
    assert DATE.search(to_guest)
    to_host = body(sent(smtp, OWNER, "製品デモ"))
    assert "ゲスト：森 花様" in to_host
    assert DATE.search(to_host)

    requests.delete(faults, timeout=60).raise_for_status()
    page.goto(LINK.findall(body(notice))[0])
    look(page, "失敗")
    follow(page, "森 花")
    look(page, SHORT_DATE)
    expect(page.locator(".badge-state").first).to_have_text("失敗")
    press(page, "再試行")
    expect(page.locator(".badge-state").first).to_have_text("登録済み")
    look(page, "コンタクトを会社に関連付けました。")
    (contact,) = installation.records("contacts")
    assert contact["properties"]["lastname"] == "森"
