"""Every page of the product, light and dark, before axe: no serious or critical violation.

The pages are the rows of the role matrix, so that a new page is looked at without being named here.
https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS
from playwright.sync_api import BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.kit.listening import listening
from tests.web.role_matrix import MATRIX
from tests.web.role_matrix_app import BASE_URL, MatrixApp, open_matrix_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_PAGES = {"GET static", "GET bootstrap.static", "GET health.healthz"}
SHOWN = [row for row in MATRIX if row.startswith("GET ") and row not in NO_PAGES]
"""What the quick run looks at: the largest page."""

GRAVE = {"serious", "critical"}
PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)


@pytest.fixture(scope="module")
def matrix_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatrixApp]:
    with open_matrix_app(tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture(scope="module")
def context(matrix_app: MatrixApp) -> Iterator[BrowserContext]:
    """A browser in which the app's address leads to the port where it is served."""
    with listening(matrix_app.app) as port, sync_playwright() as playwright:
        there = f"--host-resolver-rules=MAP localhost:8000 127.0.0.1:{port}"
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, there])
        yield browser.new_context()
        browser.close()


def who_reads(row: str) -> str:
    """The owner sees most of everything; pages for those who are not signed in are read by a guest."""
    return "guest" if MATRIX[row].of("guest") == "public" else "owner"


def open_page(matrix_app: MatrixApp, context: BrowserContext, row: str) -> Page | None:
    """The page of *row* in a window of its own; None where the address leads on or gives a file."""
    who, things = who_reads(row), asdict(matrix_app.things["acme"])
    rule = next(each for each in matrix_app.app.url_map.iter_rules() if f"GET {each.endpoint}" == row)
    values = {part: things[MATRIX[row].named.get(part, part)] for part in rule.arguments}
    where = matrix_app.app.url_map.bind("localhost:8000").build(rule.endpoint, values, method="GET")
    answer = matrix_app.ask(who, "GET", where)
    if answer.status_code in (301, 302, 303) or answer.mimetype != "text/html":
        return None
    matrix_app.restore()
    context.clear_cookies()
    name, value = matrix_app.cookie(who)
    context.add_cookies([{"name": name, "value": value, "url": BASE_URL}])
    page = context.new_page()
    shown = page.goto(f"{BASE_URL}{where}")
    assert shown is not None
    assert shown.status == answer.status_code
    return page


@pytest.mark.parametrize("row", SHOWN)
def test_no_page_has_a_serious_violation(matrix_app: MatrixApp, context: BrowserContext, row: str) -> None:
    page = open_page(matrix_app, context, row)
    if page is None:
        return
    found = [*violations(page, "light", DESKTOP), *violations(page, "dark", PHONE)]
    page.close()
    assert found == [], "\n".join(found)


def violations(page: Page, scheme: Literal["light", "dark"], size: ViewportSize) -> list[str]:
    """What is grave on the page in this colour scheme and size; both change while it is open, as a person's do."""
    # Without motion no colour is on its way to another one.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    shown = page.evaluate(f"axe.run({json.dumps(DEFAULT_OPTIONS)})")
    grave = [each for each in shown["violations"] if each["impact"] in GRAVE]
    return [f"{scheme} {size['width']}: {each['id']}: {each['help']}: {places_of(each)}" for each in grave]


def places_of(violation: dict[str, Any]) -> list[Any]:
    return [node["target"] for node in violation["nodes"]][:5]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('label').remove()", "label"),
        # Dark grey on what is white in the light and nearly black in the dark.
        ("document.querySelector('label').style.color = '#444'", "color-contrast"),
    ],
)
def test_axe_sees_a_violation_when_there_is_one(
    matrix_app: MatrixApp, context: BrowserContext, spoil: str, rule: str
) -> None:
    page = open_page(matrix_app, context, "GET signin.sign_in")
    assert page is not None
    page.evaluate(spoil)
    light, dark = violations(page, "light", DESKTOP), violations(page, "dark", PHONE)
    page.close()
    assert any(f": {rule}:" in each for each in dark), dark
    assert any(f": {rule}:" in each for each in light) is (rule == "label"), light
