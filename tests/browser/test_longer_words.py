"""Words longer by two fifths break no page on a phone: nothing is too wide, cut or covered, no mark begins a line.

Other languages need that room. The pages are those of the role matrix, one of every template, so that a new page
is looked at without being named here.
"""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask, template_rendered
from jinja2 import Template
from playwright.sync_api import Browser, Page, ViewportSize
from werkzeug.test import TestResponse

from tests.browser.test_accessibility import SHOWN, who_reads
from tests.kit.catalogues import in_place, longer_catalogue
from tests.kit.listening import listening
from tests.test_catalogue import JAPANESE
from tests.web.role_matrix_app import BASE_URL, MatrixApp, address, open_matrix_app
from tools import catalogue

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = ViewportSize(width=390, height=844)
FIND_BROKEN = """() => {
  const found = new Set();
  const clipped = element => element.closest(".visually-hidden, .visually-hidden-focusable, [hidden], template");
  const shown = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && element.getBoundingClientRect().width > 1 && !clipped(element);
  const named = element => `<${element.localName} class="${element.className}"> ${element.innerText.slice(0, 60)}`;
  const boxes = node => {
    if (node.nodeType === Node.ELEMENT_NODE) return shown(node) ? [...node.getClientRects()] : [];
    if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) return [];
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()];
  };
  const floats = node => node.nodeType === Node.ELEMENT_NODE
    && ["absolute", "fixed"].includes(getComputedStyle(node).position);
  const slack = 3; // a line's letters may be a little higher than the line

  const look = (state, neighbours) => {
    const width = document.scrollingElement.scrollWidth;
    if (width > innerWidth) {
      const widest = [...document.body.querySelectorAll("*")]
        .filter(each => shown(each) && each.getBoundingClientRect().right > innerWidth + 1);
      found.add(`${state}: ${width} px wide: ${widest.slice(-2).map(named).join(" | ")}`);
    }
    for (const each of document.querySelectorAll("button, .btn, .badge, summary, .nav-link")) {
      if (!shown(each) || getComputedStyle(each).display === "inline") continue;
      const outer = each.getBoundingClientRect(), text = document.createRange();
      text.selectNodeContents(each);
      const inner = [...each.childNodes].filter(child => !floats(child)).flatMap(boxes);
      const out = inner.some(box => box.left < outer.left - 1 || box.right > outer.right + 1
        || box.top < outer.top - slack || box.bottom > outer.bottom + slack);
      if (out || each.scrollWidth > each.clientWidth + 1) found.add(`${state}: cut: ${named(each)}`);
    }
    for (const each of document.querySelectorAll(".outward")) {
      if (!shown(each)) continue;
      const ends = [...each.getClientRects()].at(-1), letters = boxes(each.firstChild).at(-1);
      if (ends.right < letters.right + 10) found.add(`${state}: alone: ${named(each)}`);
    }
    if (!neighbours) return;
    const rows = new Set([...document.querySelectorAll("h1, h2, h3, button, .btn, .badge")]
      .filter(shown).flatMap(each => [each, each.parentElement]));
    for (const row of rows) {
      const parts = [...row.childNodes].filter(child => !floats(child)).map(child => [child, boxes(child)]);
      parts.forEach(([one, ours], index) => parts.slice(index + 1).forEach(([other, theirs]) => {
        const over = ours.some(a => theirs.some(b =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack));
        if (over) found.add(`${state}: covered: ${one.textContent.trim().slice(0, 40)} | `
          + `${other.textContent.trim().slice(0, 40)} in ${named(row)}`);
      }));
    }
  };

  look("as opened", true);
  for (const each of document.querySelectorAll("details:not([open])")) each.open = true;
  look("unfolded", false);
  return [...found];
}"""
"""What is wider than the window, cut, covered, or a mark alone; then but for the covered with every fold open."""

ADD_RULES = """rules => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
}"""
"""As the policy of the pages lets a script do it."""


class Phone:
    """A narrow window, shown what the test client got: the pages are rendered once, not for both of them."""

    def __init__(self, matrix_app: MatrixApp) -> None:
        self._matrix_app = matrix_app
        self._answers: dict[str, TestResponse] = {}
        self._template: str | None = None
        self.page: Page
        template_rendered.connect(self._see_template, matrix_app.app)

    def _see_template(self, sender: Flask, template: Template, **more: Any) -> None:
        if threading.current_thread() is threading.main_thread():  # not what an open page asks for meanwhile
            self._template = template.name

    def serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the window, as a WSGI app."""
        return self._answers.pop(environ["PATH_INFO"], self._matrix_app.app)(environ, start_response)

    def open(self, row: str, but: Container[str | None] = ()) -> str | None:
        """Open the page of *row* and name its template.

        None is opened where the address leads on or gives a file, nor where the template is one of *but*.
        """
        where = address(self._matrix_app, row)
        answer = self._matrix_app.ask(who_reads(row), "GET", where)
        if answer.status_code in (301, 302, 303) or answer.mimetype != "text/html" or self._template in but:
            return None
        self._answers = {where: answer}
        self.page.goto(f"{BASE_URL}{where}")
        return self._template

    def find_broken(self) -> list[str]:
        found: list[str] = self.page.evaluate(FIND_BROKEN)
        return found


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory, chromium: Browser, port_of_pages: int) -> Iterator[Phone]:
    """The matrix's app, whose English has longer words, on a phone."""
    folder = tmp_path_factory.mktemp("longer")
    longer = longer_catalogue("en", catalogue.read(JAPANESE))
    with open_matrix_app(folder) as matrix_app, in_place(matrix_app.app, folder, [longer]):
        matrix_app.app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 600  # asking for styles anew costs as much as pages
        made = Phone(matrix_app)
        with listening(made.serve, port_of_pages):
            usual = {"locale": "en-US", "timezone_id": "Asia/Tokyo", "reduced_motion": "reduce"}
            context = chromium.new_context(viewport=PHONE, **usual)
            name, value = matrix_app.cookie("owner")
            context.add_cookies([{"name": name, "value": value, "url": BASE_URL}])
            made.page = context.new_page()
            yield made
            context.close()


@pytest.mark.sqlite("shows pages of a file; the same pages are asked for on both in tests/web")
def test_no_page_breaks_on_a_phone(phone: Phone) -> None:
    assert phone.open("GET signin.sign_in")
    assert phone.page.locator("h1").inner_text() == "SignSi ini"
    looked_at: set[str] = set()
    broken = {}
    for row in SHOWN:
        if template := phone.open(row, but=looked_at):
            looked_at.add(template)
            if found := phone.find_broken():
                broken[row] = found
    assert broken == {}
    assert len(looked_at) > 50


@pytest.mark.sqlite("shows pages of a file; the same pages are asked for on both in tests/web")
@pytest.mark.parametrize(
    ("row", "spoil", "kind"),
    [
        ("GET signin.sign_in", "h1 { width: 500px }", "px wide"),
        (
            "GET signin.sign_in",
            ".btn { width: 60px !important; white-space: nowrap !important; overflow: hidden }",
            "cut",
        ),
        ("GET signin.sign_in", ".btn { width: 60px !important; white-space: nowrap !important }", "cut"),
        ("GET signin.sign_in", "h1 { margin-bottom: -40px !important }", "covered"),
        ("GET hubspot_domains.edit", ".outward::after { display: block }", "alone"),
    ],
)
def test_what_breaks_is_seen(phone: Phone, row: str, spoil: str, kind: str) -> None:
    assert phone.open(row)
    assert phone.find_broken() == []
    phone.page.evaluate(ADD_RULES, spoil)
    found = phone.find_broken()
    assert any(kind in each for each in found), found
