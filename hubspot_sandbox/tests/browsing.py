"""A browser without JavaScript: opens pages, follows links by their words, presses buttons by theirs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag


class Browser(requests.Session):
    """Stays on one site: a redirect to another host is where it stops, to be looked at in ``answer``."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.trust_env = False
        self.base = base
        self.answer: requests.Response

    def open(self, path: str) -> Browser:
        """Go to an address, following redirects within the site."""
        return self._go("GET", urljoin(self.base, path))

    def _go(self, method: str, url: str, **named: Any) -> Browser:
        self.answer = self.request(method, url, timeout=10, allow_redirects=False, **named)
        while self.answer.is_redirect:
            target = urljoin(self.answer.url, self.answer.headers["Location"])
            if not target.startswith(self.base + "/"):
                break
            self.answer = self.get(target, timeout=10, allow_redirects=False)
        return self

    @property
    def page(self) -> BeautifulSoup:
        """The page in front of us."""
        return BeautifulSoup(self.answer.text, "html.parser")

    @property
    def words(self) -> str:
        """What a person reads on it, in one line."""
        main = self.page.find("main")
        return " ".join((main or self.page).get_text(" ").split())

    def follow(self, words: str) -> Browser:
        """Press the link with these words."""
        link = self.page.find(lambda tag: tag.name == "a" and words in tag.get_text())
        assert isinstance(link, Tag), f"no link {words!r} on the page"
        return self.open(str(link["href"]))

    def press(self, words: str, **typed: Any) -> Browser:
        """Send the form with this button, as it stands on the page but for what is typed."""
        button = self.page.find(lambda tag: tag.name == "button" and words in tag.get_text())
        assert isinstance(button, Tag), f"no button {words!r} on the page"
        form = button.find_parent("form")
        assert isinstance(form, Tag)
        fields = {**_standing(form), **typed}
        if button.get("name"):
            fields[str(button["name"])] = button.get("value", "")
        url = urljoin(self.answer.url, str(form.get("action") or self.answer.url))
        if str(form.get("method", "get")).lower() == "post":
            return self._go("POST", url, data=fields, headers={"Origin": self.base})
        return self._go("GET", url.partition("?")[0], params=fields)


def _standing(form: Tag) -> dict[str, Any]:
    """The fields of a form as a browser would send them untouched."""
    fields: dict[str, Any] = {}
    for field in form.find_all("input"):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        value = field.get("value", "on" if kind in ("checkbox", "radio") else "")
        fields.setdefault(name, []).append(value)
    for field in form.find_all("select"):
        chosen = field.find("option", selected=True) or field.find("option")
        fields[field["name"]] = chosen.get("value", chosen.get_text())
    return fields
