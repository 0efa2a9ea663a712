"""What a text from outside costs grows with its length only, whatever it holds: expressions, and functions."""

from __future__ import annotations

import ast

import pytest

from hubsync.domain.matching import FoundCompany, choose_company, company_keys, search_alternatives
from tests.kit.hostile_texts import (
    MADE_WHEN_ASKED,
    MOST,
    OWN_FILES,
    PACKAGE,
    Shape,
    Used,
    cost,
    functions,
    grows_too_fast,
    patterns,
    shapes_against,
    text_of,
    worst_of,
)
from tests.kit.source_code import nodes_of

USED = sorted(patterns(), key=str)
FUNCTIONS = dict(functions())
SHORT, LONG = 4_096, 65_536  # HubSpot keeps 65,536 characters of a text
LONG_TOO = pytest.mark.parametrize("length", [SHORT, pytest.param(LONG, marks=pytest.mark.slow)])

PIECES = (
    "a", "A", "1", "あ", "ﷺ", "ß", "ａ", "\u0301\u0316", "a\u0301\u0316", "a\u0301",
    "\u200b", "\u202e", "\u3000", "\ud800", " ", "\n", "\t", "\x00", ".", "a.", "@", "a@",
    "a@a.com,", "<a@a.com>", "www.", "https://", "a:", "a:@", "mailto:", "xn--", "xn--a.",
    "/", "//", "?", "<", ">", "(", "(a", '"', "\\", '"\\', "(a)", "%41", "&", "&amp;",
    "1,", "1,000", "-", "--", ";", "no ", "none/", "n/a ", "なし", "個人 ", "記入", "記入して",
    "please enter ", "the ", "会社の", "bearer ", "token=", "token=a", "/deliveries",
    "/deliveries?", "/deliveries?a=1&", "/deliveries?q=", "/callback?", "/intake/",
    "eyJaaaaaaaa.", "pat-a-", "Version/1 ", "Safari", "{{name}}", "{{", "${a}", "[a]",
    "%s", "N/A", "Existing ID: 1", '{"a":', "[", "\u1100\u1161",
)  # fmt: skip
SHAPES = {
    SHORT: [Shape(piece) for piece in PIECES],
    LONG: [Shape(piece, end=end) for piece in PIECES for end in ("", "!", "@a.com")],
}


def test_there_is_something_to_try() -> None:
    assert len(USED) > 60
    assert len(FUNCTIONS) > 40
    assert {"hubsync.domain.email_domains.host_of", "hubsync.redacting.redact"} <= FUNCTIONS.keys()


@pytest.mark.slow  # a hundred expressions; the functions that use them are tried in the quick part
@pytest.mark.parametrize("used", USED, ids=str)
def test_no_expression_costs_more_than_its_text_is_long(used: Used) -> None:
    call = used.call()
    shapes = shapes_against(used.source, used.flags)
    assert [shape for shape in shapes if grows_too_fast(call, shape, LONG)] == []
    worst = worst_of(call, shapes)
    assert min(cost(call, worst.text(LONG)) for _ in range(3)) < MOST, worst


def test_every_expression_that_is_made_is_tried() -> None:
    tried = {used.source for used in USED}
    left_out = {
        f"{path.relative_to(PACKAGE)}: {ast.unparse(node)}"
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).as_posix() not in {*MADE_WHEN_ASKED, *OWN_FILES}
        for node in nodes_of(path, {"compile"})
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
        if text_of(node.args[0]) not in tried
    }
    assert left_out == set()


@LONG_TOO
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_function_costs_more_than_its_text_is_long(name: str, length: int) -> None:
    assert [shape for shape in SHAPES[length] if grows_too_fast(FUNCTIONS[name], shape, length)] == []


@LONG_TOO
@pytest.mark.parametrize("kind", ["name", "domain"])
def test_companies_of_a_hostile_account_cost_what_they_are_long(kind: str, length: int) -> None:
    keys = company_keys({"name": "Acme", "domain": "acme.com"})

    def compare(text: str) -> object:
        found = [FoundCompany(str(number), **{kind: text}, additional_domains=(text, text)) for number in range(3)]
        return choose_company(found, keys), search_alternatives({kind: text})

    assert [shape for shape in SHAPES[length] if grows_too_fast(compare, shape, length)] == []


def test_normal_forms_are_made_in_one_place() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in nodes_of(path, {"normalize"})
        if isinstance(node, ast.Attribute)
        and node.attr == "normalize"
        and ast.unparse(node.value) == "unicodedata"
    }
    assert users == {"domain/normal_forms.py"}
