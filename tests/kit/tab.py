"""A tab of a browser: it stays on a page, follows links and redirects, and presses what is there by its words."""

from __future__ import annotations

from urllib.parse import urljoin

from werkzeug.test import TestResponse

from tests.kit.browser import Browser
from tests.kit.forms import find_button, form_of, names_of
from tests.kit.page import read_page

MOST_REDIRECTS = 10


class Tab:
    """The page in front of somebody; a browser without an app goes from one host to another as a real one does."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.url = ""
        self.page = read_page("<html></html>")
        self.status = 0

    @property
    def text(self) -> str:
        return self.page.words

    def open(self, url: str) -> Tab:
        return self._show(self.browser.get(urljoin(self.url, url)))

    def follow(self, words: str) -> Tab:
        """Press the first link with these *words*."""
        links = [link for link in self.page.select("a") if words in link.words]
        assert links, f"no link {words!r} on {self.url}: {self.text[:500]}"
        return self.open(links[0]["href"])

    def press(self, words: str, *, sends: str = "", **fields: str | list[str]) -> Tab:
        """Press the first button with these *words*, with *fields* filled in by their names.

        *sends* is as `find_button` takes it.
        """
        button = find_button(self.page, words, sends)
        known = names_of(form_of(button))
        assert set(fields) <= known, f"{set(fields) - known} are no fields of this form, which has {known}"
        return self._show(self.browser.push(button, fields, self.url))

    def option(self, words: str, select: str) -> str:
        """The value of the option with *words* in the select named *select*."""
        box = self.page.select_one(f"select[name={select}]")
        assert box is not None, f"no pull-down {select} on {self.url}"
        options = {each.words: str(each.get("value")) for each in box.select("option")}
        found = [value for text, value in options.items() if words in text]
        assert found, f"{words!r} is none of {sorted(options)}"
        return found[0]

    def _show(self, answer: TestResponse) -> Tab:
        for _ in range(MOST_REDIRECTS):
            if answer.status_code not in (301, 302, 303):
                break
            answer = self.browser.get(urljoin(answer.request.url, answer.headers["Location"]))
        self.url, self.status = answer.request.url, answer.status_code
        self.page = read_page(answer.text)
        for hidden in self.page.select("template"):  # a browser shows nothing of these
            hidden.remove()
        return self
