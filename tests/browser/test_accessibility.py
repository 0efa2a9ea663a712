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
from playwright.sync_api import Browser, Page, ViewportSize

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
def only_window(matrix_app: MatrixApp, chromium: Browser, port_of_pages: int) -> Iterator[Page]:
    """A window with axe in it; opening one costs as much as looking at a page."""
    with listening(matrix_app.app, port_of_pages):
        context = chromium.new_context()
        context.add_init_script(AXE_SCRIPT)
        yield context.new_page()
        context.close()


@pytest.fixture
def window(only_window: Page) -> Iterator[Page]:
    """The window, in which no page goes on asking when its test has ended."""
    yield only_window
    only_window.goto(f"{BASE_URL}/static/theme.js")  # not about:blank, which is another process and costs one


def who_reads(row: str) -> str:
    """The owner sees most of everything; pages for those who are not signed in are read by a guest."""
    return "guest" if MATRIX[row].of("guest") == "public" else "owner"


def open_page(matrix_app: MatrixApp, window: Page, row: str) -> bool:
    """Open the page of *row*; False where the address leads on or gives a file."""
    who, things = who_reads(row), asdict(matrix_app.things["acme"])
    rule = next(each for each in matrix_app.app.url_map.iter_rules() if f"GET {each.endpoint}" == row)
    values = {part: things[MATRIX[row].named.get(part, part)] for part in rule.arguments}
    where = matrix_app.app.url_map.bind("localhost:8000").build(rule.endpoint, values, method="GET")
    answer = matrix_app.ask(who, "GET", where)
    if answer.status_code in (301, 302, 303) or answer.mimetype != "text/html":
        return False
    matrix_app.restore()
    window.context.clear_cookies()
    name, value = matrix_app.cookie(who)
    window.context.add_cookies([{"name": name, "value": value, "url": BASE_URL}])
    shown = window.goto(f"{BASE_URL}{where}")
    assert shown is not None
    assert shown.status == answer.status_code
    return True


@pytest.mark.sqlite("shows pages of a file; the same pages are asked for on both in tests/web")
@pytest.mark.parametrize("row", SHOWN)
def test_no_page_has_a_serious_violation(matrix_app: MatrixApp, window: Page, row: str) -> None:
    if not open_page(matrix_app, window, row):
        return
    found = [*violations(window, "light", DESKTOP), *violations(window, "dark", PHONE)]
    assert found == [], "\n".join(found)


def violations(page: Page, scheme: Literal["light", "dark"], size: ViewportSize) -> list[str]:
    """What is grave on the page in this colour scheme and size; both change while it is open, as a person's do."""
    # Without motion no colour is on its way to another one.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)
    shown = page.evaluate(f"axe.run({json.dumps(DEFAULT_OPTIONS)}).then(found => found.violations)")
    grave = [each for each in shown if each["impact"] in GRAVE]
    return [f"{scheme} {size['width']}: {each['id']}: {each['help']}: {places_of(each)}" for each in grave]


def places_of(violation: dict[str, Any]) -> list[Any]:
    return [node["target"] for node in violation["nodes"]][:5]


@pytest.mark.sqlite("shows pages of a file; the same pages are asked for on both in tests/web")
@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('label').remove()", "label"),
        # Dark grey on what is white in the light and nearly black in the dark.
        ("document.querySelector('label').style.color = '#444'", "color-contrast"),
    ],
)
def test_axe_sees_a_violation_when_there_is_one(
    matrix_app: MatrixApp, window: Page, spoil: str, rule: str
) -> None:
    assert open_page(matrix_app, window, "GET signin.sign_in")
    window.evaluate(spoil)
    light, dark = violations(window, "light", DESKTOP), violations(window, "dark", PHONE)
    assert any(f": {rule}:" in each for each in dark), dark
    assert any(f": {rule}:" in each for each in light) is (rule == "label"), light
