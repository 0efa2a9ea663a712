"""Nobody meets a sentence in another language than their own: one walk over all pages, and one over all mails."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from hubsync.domain.mails import MailKind
from hubsync.services.outbox.sender import WrittenMail
from hubsync.sources.registry import SOURCES
from tests.kit.calendar_files import read_event
from tests.kit.every_mail import write_every_mail
from tests.kit.reading import JAPANESE, NAMES, is_english, read
from tests.kit.settings import BASE_URL
from tests.web.role_matrix import MATRIX
from tests.web.role_matrix_app import WORKING_ON, MatrixApp, address, open_matrix_app

WHO = ("owner", "keeper", "outsider", "guest")
LIKE_ANOTHER = tuple(f" {name}." for name in SOURCES if name not in {"signed_webhook", "calendly", "timerex"})
"""Sources whose pages are the same views as those of the others."""
IN_THEIR_OWN_WORDS = {
    "GET timerex.try_sample": "a sample as TimeRex sends it, in Japanese",
    "GET no_company.show": "words of all languages, and hosts",
}
"""Pages that show what is no text of ours, and what that is."""


@pytest.fixture(scope="module")
def matrix_app(tmp_path_factory: pytest.TempPathFactory, own_database: dict[str, str]) -> Iterator[MatrixApp]:
    with open_matrix_app(tmp_path_factory.mktemp("languages"), **own_database) as made:
        yield made


def open_pages(matrix_app: MatrixApp, language: str, method: str) -> Iterator[tuple[str, TestResponse]]:
    """Every page as the first who may see it gets it, and what comes of every form as the matrix sends it."""
    matrix_app.restore()
    for row, rights in MATRIX.items():
        who = next((each for each in WHO if rights.of(each) in ("page", "public")), None)
        if who is None or row.split()[0] != method or any(x in row for x in LIKE_ANOTHER):
            continue
        if method == "POST":
            matrix_app.restore()
        client = matrix_app.app.test_client()
        client.set_cookie(*matrix_app.cookie(who), domain="localhost")
        form = None if method == "GET" else {"csrf_token": matrix_app.form_token(who), **rights.sent}
        usual = {"base_url": BASE_URL, "headers": {"Accept-Language": language}, "buffered": True}
        answer = client.open(address(matrix_app, row), method=method, data=form, **usual)
        for thread in threading.enumerate():
            if thread.name.startswith(WORKING_ON):
                thread.join()
        leads_to = answer.headers.get("Location", "")
        if method == "POST" and leads_to.startswith("/"):  # where it is said what came of it
            answer = client.get(leads_to, **usual)
        assert answer.status_code not in (404, 500), row
        if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
            yield row, answer


def read_mail(mail: WrittenMail, language: str) -> Iterator[str]:
    """What is read of a mail: subject, both bodies, and what a calendar shows of its file."""
    yield mail.subject
    yield from mail.text.splitlines()
    yield from read(mail.html or "", language).pieces
    if mail.calendar_file is not None:
        lines = read_event(mail.calendar_file.text).lines
        yield from (lines[name].value for name in ("SUMMARY", "DESCRIPTION"))


@pytest.mark.parametrize("method", ["GET", pytest.param("POST", marks=pytest.mark.slow)])
def test_no_page_has_a_sentence_without_japanese_for_a_japanese_reader(matrix_app: MatrixApp, method: str) -> None:
    looked_at, english = 0, {}
    for row, answer in open_pages(matrix_app, "ja", method):
        page = read(answer.text, "ja")
        looked_at += len(page.pieces)
        if row not in IN_THEIR_OWN_WORDS:
            english |= {each: row for each in page.pieces if is_english(each, page.quoted)}
    assert english == {}
    assert looked_at > 2000


def test_no_page_has_a_japanese_word_for_an_english_reader(matrix_app: MatrixApp) -> None:
    japanese = {}
    for row, answer in open_pages(matrix_app, "en", "GET"):
        if row not in IN_THEIR_OWN_WORDS:
            japanese |= {
                each: row for each in read(answer.text, "en").pieces if JAPANESE.search(NAMES.sub("", each))
            }
    assert japanese == {}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_mail_is_in_the_language_of_its_reader(matrix_app: MatrixApp, language: str) -> None:
    matrix_app.restore()
    with matrix_app.app.app_context():
        written = write_every_mail(matrix_app.things["acme"], language)
    assert set(written) == set(MailKind)
    other = []
    for kind, mail in written.items():
        assert mail is not None, kind
        pieces = list(read_mail(mail, language))
        other += [(kind, each) for each in pieces if (is_english if language == "ja" else JAPANESE.search)(each)]
    assert other == []
